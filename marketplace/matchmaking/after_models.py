"""What came of a meeting: the feedback of both sides, and outcomes."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace import clock
from marketplace.extensions import db
from marketplace.matchmaking.models import Meeting
from marketplace.types import UTCDateTime, primary_key

FEEDBACK = ("not_held", "no_interest", "informative", "possible")
STAGES = ("intent", "signed", "delivered", "in_use", "lapsed")


class MeetingFeedback(db.Model):
    """One side's answer after a meeting, in one of four words."""

    __tablename__ = "meeting_feedback"
    __table_args__ = (
        sa.CheckConstraint("answer IN ('not_held', 'no_interest', 'informative', 'possible')", name="answer"),)

    meeting_id: Mapped[int] = mapped_column(sa.ForeignKey("meetings.id", ondelete="CASCADE"), primary_key=True)
    participation_id: Mapped[int] = mapped_column(
        sa.ForeignKey("session_participations.id", ondelete="CASCADE"), primary_key=True, index=True)
    answer: Mapped[str] = mapped_column(sa.String(20))
    words: Mapped[str] = mapped_column(sa.Text, default="")
    answered_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)


class Outcome(db.Model):
    """What a meeting led to. Said by one side; `confirmed_at` once the other says so, too. Amounts of different stages
    are different things and are never added together."""

    __tablename__ = "outcomes"
    __table_args__ = (
        sa.CheckConstraint("stage IN ('intent', 'signed', 'delivered', 'in_use', 'lapsed')", name="stage"),)

    id: Mapped[int] = primary_key()
    meeting_id: Mapped[int] = mapped_column(sa.ForeignKey("meetings.id", ondelete="CASCADE"), index=True)
    stage: Mapped[str] = mapped_column(sa.String(12))
    minor: Mapped[int | None] = mapped_column(sa.BigInteger)
    currency: Mapped[str | None] = mapped_column(sa.String(3))
    happened_on: Mapped[date] = mapped_column(sa.Date)
    evidence: Mapped[str] = mapped_column(sa.Text, default="")
    said_by: Mapped[int] = mapped_column(sa.ForeignKey("session_participations.id", ondelete="CASCADE"), index=True)
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    submission_id: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    meeting: Mapped[Meeting] = relationship()
