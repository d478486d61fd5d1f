"""What came of a meeting: the feedback of both sides, and outcomes."""

from __future__ import annotations

import secrets
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace import clock
from marketplace.extensions import db
from marketplace.matchmaking.models import Meeting, Participation
from marketplace.types import UTCDateTime, primary_key

FEEDBACK = ("not_held", "no_interest", "informative", "possible")
STAGES = ("intent", "signed", "delivered", "in_use", "lapsed")
# Months after the day at which both sides are asked what came of it.
MONTHS = (1, 3, 6, 12)


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
    file_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stored_files.id", ondelete="SET NULL"), index=True)
    submission_id: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    meeting: Mapped[Meeting] = relationship()


class OutcomeRound(db.Model):
    """That one side was asked what came of its meetings, so many months after the day. Its link is signed from `id` and
    `nonce`, answers for these meetings and this side alone, and works until `expires_at`."""

    __tablename__ = "outcome_rounds"
    __table_args__ = (
        sa.UniqueConstraint("participation_id", "month"),
        sa.CheckConstraint("month IN (1, 3, 6, 12)", name="month"),
    )

    id: Mapped[int] = primary_key()
    participation_id: Mapped[int] = mapped_column(sa.ForeignKey("session_participations.id", ondelete="CASCADE"))
    month: Mapped[int] = mapped_column()
    nonce: Mapped[str] = mapped_column(sa.String(43), default=lambda: secrets.token_urlsafe(16))
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    participation: Mapped[Participation] = relationship()
    asks: Mapped[list[OutcomeAsk]] = relationship(back_populates="round", order_by="OutcomeAsk.meeting_id")


class OutcomeAsk(db.Model):
    """One meeting of a round. `answer`: a stage, "nothing" for nothing new, "confirmed" for what the other side said;
    the first answer stands."""

    __tablename__ = "outcome_asks"

    round_id: Mapped[int] = mapped_column(sa.ForeignKey("outcome_rounds.id", ondelete="CASCADE"), primary_key=True)
    meeting_id: Mapped[int] = mapped_column(
        sa.ForeignKey("meetings.id", ondelete="CASCADE"), primary_key=True, index=True)
    answer: Mapped[str] = mapped_column(sa.String(12), default="")
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    round: Mapped[OutcomeRound] = relationship(back_populates="asks")
    meeting: Mapped[Meeting] = relationship()
