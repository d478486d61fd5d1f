"""Cases: what was asked, and how it was decided."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.extensions import db
from marketplace.types import UTCDateTime, primary_key

DECISIONS = ("approved", "rejected", "suspended", "restored")


class Case(db.Model):
    """One question to the organisers about a subject, or one decision they took of themselves (`asked_by` None)."""

    __tablename__ = "moderation_cases"
    __table_args__ = (
        sa.CheckConstraint("decision IN ('approved', 'rejected', 'suspended', 'restored')", name="decision"),
        sa.Index("ix_moderation_cases_subject", "subject_kind", "subject_id", "id"),
        # One open question a subject: a second click finds the first.
        sa.Index("uq_moderation_cases_open", "subject_kind", "subject_id", unique=True,
                 sqlite_where=sa.text("decided_at IS NULL"), postgresql_where=sa.text("decided_at IS NULL")),
    )

    id: Mapped[int] = primary_key()
    subject_kind: Mapped[str] = mapped_column(sa.String(40))
    subject_id: Mapped[int] = mapped_column(sa.BigInteger)
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    asked_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id", ondelete="SET NULL"), index=True)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    decided_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id", ondelete="SET NULL"), index=True)
    decision: Mapped[str | None] = mapped_column(sa.String(20))
    reason: Mapped[str] = mapped_column(sa.Text, default="")
