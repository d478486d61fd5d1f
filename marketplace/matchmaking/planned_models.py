"""A finished plan as rows, so that one edit on the board reads and writes only what it touches."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.extensions import db
from marketplace.types import JSONValue


def _version() -> Mapped[int]:
    return mapped_column(sa.ForeignKey("plan_versions.id", ondelete="CASCADE"), primary_key=True)


class PlannedMeeting(db.Model):
    """That a pair meets in a slot of a plan, at table `number` of `zone` (as the problem names it)."""

    __tablename__ = "planned_meetings"
    __table_args__ = (
        sa.Index("ix_planned_meetings_place", "version_id", "zone", "slot"),
        sa.Index("ix_planned_meetings_b", "version_id", "b_id"),
    )

    version_id: Mapped[int] = _version()
    a_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    b_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    slot: Mapped[int] = mapped_column()
    zone: Mapped[str] = mapped_column(sa.String(24))
    number: Mapped[int] = mapped_column()
    pinned: Mapped[bool] = mapped_column(default=False)


class PlannedPair(db.Model):
    """A pair that may meet, what it is worth and needs. `published_*`: where it met in the plan that is repaired."""

    __tablename__ = "planned_pairs"

    version_id: Mapped[int] = _version()
    a_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    b_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    weight: Mapped[float] = mapped_column(sa.Float)
    pinned_slot: Mapped[int | None] = mapped_column()
    interpreter: Mapped[str | None] = mapped_column(sa.String(120))
    published_slot: Mapped[int | None] = mapped_column()
    published_number: Mapped[int | None] = mapped_column()


class PlannedPerson(db.Model):
    """Who takes part in a plan; `facts` as the problem writes them, with "absent" for who did not come."""

    __tablename__ = "planned_people"

    version_id: Mapped[int] = _version()
    participation_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    facts: Mapped[Any] = mapped_column(JSONValue)


class PlannedLoad(db.Model):
    """How many tables of a zone ("z7", "b7"), or interpreters ("i:en+yue"), a slot uses, of how many."""

    __tablename__ = "planned_loads"

    version_id: Mapped[int] = _version()
    key: Mapped[str] = mapped_column(sa.String(130), primary_key=True)
    slot: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    used: Mapped[int] = mapped_column()
    size: Mapped[int] = mapped_column()
