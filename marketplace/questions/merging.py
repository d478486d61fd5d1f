"""Questions follow a listing that was merged."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from marketplace.extensions import db
from marketplace.organisations.merging import Moved
from marketplace.questions.models import Question


def follow(kind: str, *, kept_id: int, merged_id: int, moved: Moved) -> None:
    """Ask of the one that stays what was asked of the other and of it not yet, in the open transaction."""
    own: Any = Question.offer_id if kind == "offer" else Question.demand_id
    other: Any = Question.demand_id if kind == "offer" else Question.offer_id
    known = {(row[0], row[1]) for row in db.session.execute(sa.select(other, Question.topic).where(own == kept_id))}
    rows = db.session.scalars(sa.select(Question).where(own == merged_id).order_by(Question.id)).all()
    changed = [row for row in rows if (getattr(row, other.key), row.topic) not in known]
    for row in changed:
        setattr(row, own.key, kept_id)
    moved["questions"] = [row.id for row in changed]
