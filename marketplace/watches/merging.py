"""Watches follow what was merged, and nobody is told again of what they were told of."""

from __future__ import annotations

import sqlalchemy as sa

from marketplace.extensions import db
from marketplace.organisations.merging import Moved, move
from marketplace.watches.models import Sighting, Watch


def follow_organisation(*, kept_id: int, merged_id: int, moved: Moved) -> None:
    """Have the watches for the organisation that goes watch for the one that stays, in the open transaction."""
    moved["watches"] = move(Watch, Watch.organisation_id, kept_id=kept_id, merged_id=merged_id)


def follow_listing(kind: str, *, kept_id: int, merged_id: int, moved: Moved) -> None:
    """Have whoever was told of the listing that goes count as told of the one that stays; a demand's own watches
    watch on for the one that stays, where it has none of the same person. In the open transaction."""
    known = sa.select(Sighting.watch_id).where(Sighting.kind == kind, Sighting.listing_id == kept_id)
    rows = db.session.scalars(
        sa.select(Sighting).where(Sighting.kind == kind, Sighting.listing_id == merged_id,
                                  Sighting.watch_id.not_in(known)).order_by(Sighting.id)).all()
    for row in rows:
        row.listing_id = kept_id
    moved["sightings of watches"] = [row.id for row in rows]
    if kind == "demand":
        mine = sa.select(Watch.user_id).where(Watch.demand_id == kept_id)
        watches = db.session.scalars(
            sa.select(Watch).where(Watch.demand_id == merged_id, Watch.user_id.not_in(mine)).order_by(Watch.id)).all()
        for watch in watches:
            watch.demand_id = kept_id
        moved["watches of the demand"] = [watch.id for watch in watches]
