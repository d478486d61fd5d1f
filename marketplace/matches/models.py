"""Matches as they were judged, and the answers of both sides."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.demands.models import Demand
from marketplace.extensions import db
from marketplace.offers.models import Offer
from marketplace.types import JSONValue, UTCDateTime, primary_key

BANDS = ("strong", "partial", "near miss")
SIDES = ("supplier", "institution")
ANSWERS = ("interested", "declined")
# Why a side says no; worded in the templates.
REASONS = ("price", "place", "capacity", "time", "not_what_is_meant", "credential", "other")


class Match(db.Model):
    """How one offer answers one demand, as last judged. Judged anew whenever either changes."""

    __tablename__ = "matches"
    __table_args__ = (
        sa.UniqueConstraint("demand_id", "offer_id"),
        sa.Index("ix_matches_offer_order", "offer_id", "order_key"),
        sa.CheckConstraint("band IN ('strong', 'partial', 'near miss')", name="band"),
    )

    id: Mapped[int] = primary_key()
    demand_id: Mapped[int] = mapped_column(sa.ForeignKey("demands.id"), index=True)
    offer_id: Mapped[int] = mapped_column(sa.ForeignKey("offers.id"))
    band: Mapped[str] = mapped_column(sa.String(20))
    score: Mapped[float] = mapped_column(sa.Float)
    # The matcher's order within the demand: near misses last, then score, then the day's tie-breaker.
    order_key: Mapped[str] = mapped_column(sa.String(60))
    explanation: Mapped[Any] = mapped_column(JSONValue)
    ruleset: Mapped[str] = mapped_column(sa.String(60))
    computed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    demand: Mapped[Demand] = relationship()
    offer: Mapped[Offer] = relationship()


class Answer(db.Model):
    """What one side of a pair says: interested, or no and why. The newest word counts; the audit keeps the others."""

    __tablename__ = "answers"
    __table_args__ = (
        sa.UniqueConstraint("demand_id", "offer_id", "side"),
        sa.CheckConstraint("side IN ('supplier', 'institution')", name="side"),
        sa.CheckConstraint("answer IN ('interested', 'declined')", name="answer"),
    )

    id: Mapped[int] = primary_key()
    demand_id: Mapped[int] = mapped_column(sa.ForeignKey("demands.id"))
    offer_id: Mapped[int] = mapped_column(sa.ForeignKey("offers.id"), index=True)
    side: Mapped[str] = mapped_column(sa.String(20))
    answer: Mapped[str] = mapped_column(sa.String(20))
    reason: Mapped[str | None] = mapped_column(sa.String(40))
    message: Mapped[str | None] = mapped_column(sa.Text)
    answered_at: Mapped[datetime] = mapped_column(UTCDateTime)
    user_id: Mapped[int] = mapped_column(sa.BigInteger)
    demand: Mapped[Demand] = relationship()
    offer: Mapped[Offer] = relationship()
