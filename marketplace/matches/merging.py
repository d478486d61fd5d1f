"""Answers and joined quantities follow what was merged."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from marketplace.demands.models import Demand
from marketplace.extensions import db
from marketplace.matches.models import Answer
from marketplace.matches.pooling_models import DemandJoin
from marketplace.organisations.merging import Moved, move


def follow_listing(kind: str, *, kept_id: int, merged_id: int, moved: Moved) -> None:
    """Take over the answers of each pair in which nobody answered about the listing that stays, in the open
    transaction: both sides of a pair together, so that no interest is made up of two halves."""
    own: Any = Answer.offer_id if kind == "offer" else Answer.demand_id
    other: Any = Answer.demand_id if kind == "offer" else Answer.offer_id
    known = set(db.session.scalars(sa.select(other).where(own == kept_id)))
    rows = db.session.scalars(sa.select(Answer).where(own == merged_id).order_by(Answer.id).with_for_update()).all()
    changed = [row for row in rows if getattr(row, other.key) not in known]
    for row in changed:
        setattr(row, own.key, kept_id)
    moved["answers"] = [row.id for row in changed]
    if kind == "demand":
        joined = set(db.session.scalars(sa.select(DemandJoin.organisation_id).where(DemandJoin.demand_id == kept_id)))
        joins = [one for one in db.session.scalars(
            sa.select(DemandJoin).where(DemandJoin.demand_id == merged_id).order_by(DemandJoin.id))
            if one.organisation_id not in joined]
        for one in joins:
            one.demand_id = kept_id
        moved["joined quantities"] = [one.id for one in joins]


def follow_organisation(*, kept_id: int, merged_id: int, moved: Moved) -> None:
    """Give its shares in others' demands to the organisation that stays, in the open transaction; not where that has
    a share of its own or is the demander. Called when the demands have moved already."""
    taken = sa.select(DemandJoin.demand_id).where(DemandJoin.organisation_id == kept_id).union(
        sa.select(Demand.id).where(Demand.organisation_id == kept_id))
    moved["joined quantities"] = move(
        DemandJoin, DemandJoin.organisation_id, kept_id=kept_id, merged_id=merged_id,
        unless=DemandJoin.demand_id.in_(taken))
