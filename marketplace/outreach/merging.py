"""Claim links and claims follow an organisation that was merged."""

from __future__ import annotations

from typing import Any

from marketplace.organisations.merging import Moved, move
from marketplace.outreach.models import ClaimCase, ClaimLink


def follow(*, kept_id: int, merged_id: int, moved: Moved) -> None:
    """Give both to the organisation that stays, in the open transaction."""
    both: Any = {"kept_id": kept_id, "merged_id": merged_id}
    moved["claim links"] = move(ClaimLink, ClaimLink.organisation_id, **both)
    moved["claims"] = move(ClaimCase, ClaimCase.organisation_id, **both)
