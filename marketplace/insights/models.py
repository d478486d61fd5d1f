"""Counts of a day, kept so that they can be compared with other days."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.extensions import db

EVERYWHERE = ""  # every listing once, wherever it is
ELSEWHERE = "elsewhere"
NOWHERE = "unknown"


class MarketFigure(db.Model):
    """What was open on a day, of one kind, in one place.

    `place`: a city of the Bay Area, ELSEWHERE, NOWHERE (no place is stated), or EVERYWHERE. `unmet`: of the demands,
    those with no match that is strong or partial.
    """

    __tablename__ = "market_figures"

    day: Mapped[date] = mapped_column(sa.Date, primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    place: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    offers: Mapped[int] = mapped_column(sa.Integer)
    demands: Mapped[int] = mapped_column(sa.Integer)
    unmet: Mapped[int] = mapped_column(sa.Integer)
