"""What is asked of an offer and not known, and who asked for it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from marketplace import clock
from marketplace.extensions import db
from marketplace.types import JSONValue, UTCDateTime, primary_key


class UnknownRequirement(db.Model):
    """A requirement of a demand that its match with an offer could not judge. Follows the kept matches.

    `topic`: the question, the same for all who ask the same; `unit`: of the number that answers it, "" for yes or no;
    `text`: the requirement by language; `position`: its place among the demand's requirements.
    """

    __tablename__ = "unknown_requirements"
    __table_args__ = (sa.Index("ix_unknown_requirements_topic", "offer_id", "topic"),)

    demand_id: Mapped[int] = mapped_column(sa.ForeignKey("demands.id", ondelete="CASCADE"), primary_key=True)
    offer_id: Mapped[int] = mapped_column(sa.ForeignKey("offers.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    topic: Mapped[str] = mapped_column(sa.String(140))
    unit: Mapped[str] = mapped_column(sa.String(40))
    need: Mapped[str] = mapped_column(sa.String(10))
    text: Mapped[Any] = mapped_column(JSONValue)


class Question(db.Model):
    """That an institution asked a supplier about one topic, and when it was told the answer."""

    __tablename__ = "questions"
    __table_args__ = (sa.UniqueConstraint("demand_id", "offer_id", "topic"),)

    id: Mapped[int] = primary_key()
    demand_id: Mapped[int] = mapped_column(sa.ForeignKey("demands.id", ondelete="CASCADE"))
    offer_id: Mapped[int] = mapped_column(sa.ForeignKey("offers.id", ondelete="CASCADE"), index=True)
    topic: Mapped[str] = mapped_column(sa.String(140))
    text: Mapped[Any] = mapped_column(JSONValue)
    user_id: Mapped[int] = mapped_column(sa.BigInteger)
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    told_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
