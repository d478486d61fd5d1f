"""By what a thing is recognised again, and the pairs that look the same."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from marketplace import clock
from marketplace.extensions import db
from marketplace.types import UTCDateTime, primary_key

KINDS = ("offer", "demand", "organisation")
WHYS = ("number", "name", "model", "title")
DECISIONS = ("merged", "different")


class LikenessKey(db.Model):
    """A digest of something by which an offer, demand or organisation is recognised (`keys`); two that share one look
    the same. Follows what is published, or what an organisation is called."""

    __tablename__ = "likeness_keys"
    __table_args__ = (sa.Index("ix_likeness_keys_subject", "kind", "subject_id"),)

    kind: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    subject_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)


class DuplicateCase(db.Model):
    """That two things look the same, and what the organisers decided. `why`: the strongest sign (of `WHYS`); `kept_id`:
    which of the two stayed. A pair is noticed once, and what was decided on it stands."""

    __tablename__ = "duplicate_cases"
    __table_args__ = (
        sa.UniqueConstraint("kind", "first_id", "second_id"),
        sa.CheckConstraint("first_id <= second_id", name="order"),
        sa.CheckConstraint("kind IN ('offer', 'demand', 'organisation')", name="kind"),
        sa.CheckConstraint("decision IN ('merged', 'different')", name="decision"),
        sa.Index("ix_duplicate_cases_open", "decided_at", "noticed_at", "id"),
    )

    id: Mapped[int] = primary_key()
    kind: Mapped[str] = mapped_column(sa.String(20))
    first_id: Mapped[int] = mapped_column(sa.BigInteger)
    second_id: Mapped[int] = mapped_column(sa.BigInteger)
    why: Mapped[str] = mapped_column(sa.String(10))
    noticed_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id", ondelete="SET NULL"), index=True)
    decision: Mapped[str | None] = mapped_column(sa.String(10))
    kept_id: Mapped[int | None] = mapped_column(sa.BigInteger)
