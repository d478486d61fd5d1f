"""Personal links follow an organisation that was merged."""

from __future__ import annotations

from typing import Any

from marketplace.messages.models import PersonalLink
from marketplace.organisations.merging import Moved, move


def follow(*, kept_id: int, merged_id: int, moved: Moved) -> None:
    """Give those that it wrote and those to it to the organisation that stays, in the open transaction."""
    both: Any = {"kept_id": kept_id, "merged_id": merged_id}
    moved["personal links"] = move(PersonalLink, PersonalLink.organisation_id, **both)
    moved["personal links to it"] = move(PersonalLink, PersonalLink.to_organisation_id, **both)
