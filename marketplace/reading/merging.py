"""Readings follow an organisation that was merged."""

from __future__ import annotations

from marketplace.organisations.merging import Moved, move
from marketplace.reading.models import Reading


def follow(*, kept_id: int, merged_id: int, moved: Moved) -> None:
    """Give them to the organisation that stays, in the open transaction."""
    moved["readings"] = move(Reading, Reading.organisation_id, kept_id=kept_id, merged_id=merged_id)
