"""What the day itself writes down: delays, freed slots on offer, and cards exchanged between badges."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace import clock
from marketplace.events.models import Person
from marketplace.extensions import db
from marketplace.matchmaking.models import MatchmakingSession, Participation
from marketplace.types import UTCDateTime, primary_key

OUTCOMES = ("met", "lost", "declined", "lapsed")
INTERESTS = ("strong", "some", "later")
STEPS = ("quote", "samples", "visit", "call", "none")


class Delay(db.Model):
    """That a participation comes to its tables only from `until` on."""

    __tablename__ = "floor_delays"

    id: Mapped[int] = primary_key()
    participation_id: Mapped[int] = mapped_column(
        sa.ForeignKey("session_participations.id", ondelete="CASCADE"), index=True)
    minutes: Mapped[int] = mapped_column()
    until: Mapped[datetime] = mapped_column(UTCDateTime)
    said_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)


class FreedOffer(db.Model):
    """A freed slot offered to a waiting pair who are both here. Open until `closed_at`; both must accept in time.

    `outcome`: met, lost (somebody else was quicker), declined or lapsed.
    """

    __tablename__ = "freed_offers"
    __table_args__ = (
        sa.UniqueConstraint("a_id", "b_id", "starts_at"),
        sa.Index("ix_freed_offers_open", "session_id", "closed_at"),
    )

    id: Mapped[int] = primary_key()
    session_id: Mapped[int] = mapped_column(sa.ForeignKey("matchmaking_sessions.id", ondelete="CASCADE"))
    part_id: Mapped[int | None] = mapped_column(sa.ForeignKey("session_parts.id", ondelete="CASCADE"))
    a_id: Mapped[int] = mapped_column(sa.ForeignKey("session_participations.id", ondelete="CASCADE"))
    b_id: Mapped[int] = mapped_column(sa.ForeignKey("session_participations.id", ondelete="CASCADE"), index=True)
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    a_accepted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    b_accepted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    outcome: Mapped[str] = mapped_column(sa.String(10), default="")
    meeting_id: Mapped[int | None] = mapped_column(sa.ForeignKey("meetings.id", ondelete="SET NULL"))
    a: Mapped[Participation] = relationship(foreign_keys=[a_id])
    b: Mapped[Participation] = relationship(foreign_keys=[b_id])
    session: Mapped[MatchmakingSession] = relationship()


class CardExchange(db.Model):
    """That somebody scanned a badge and offers their card. Both cards are shown from `agreed_at` on.

    `need`: a kind of the catalogue; need, interest, next step and date are the scanning side's own notes.
    """

    __tablename__ = "card_exchanges"
    __table_args__ = (sa.UniqueConstraint("scanner_id", "scanned_id"),)

    id: Mapped[int] = primary_key()
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id", ondelete="CASCADE"), index=True)
    scanner_id: Mapped[int] = mapped_column(sa.ForeignKey("event_people.id", ondelete="CASCADE"))
    scanned_id: Mapped[int] = mapped_column(sa.ForeignKey("event_people.id", ondelete="CASCADE"), index=True)
    need: Mapped[str] = mapped_column(sa.String(40), default="")
    interest: Mapped[str] = mapped_column(sa.String(10), default="")
    next_step: Mapped[str] = mapped_column(sa.String(10), default="")
    next_on: Mapped[date | None] = mapped_column(sa.Date)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    agreed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    refused_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    submission_id: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    scanner: Mapped[Person] = relationship(foreign_keys=[scanner_id])
    scanned: Mapped[Person] = relationship(foreign_keys=[scanned_id])
