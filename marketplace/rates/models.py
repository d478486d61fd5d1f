"""The table of rates. A rate is never changed: a later row of the same day counts instead."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.extensions import db
from marketplace.types import UTCDateTime, primary_key

BASE = "CNY"


class ExchangeRate(db.Model):
    """What one unit of a currency is worth in the base currency from a day on, and who says so.

    `rate` is a decimal number as text: the two databases keep decimals differently.
    """

    __tablename__ = "exchange_rates"
    __table_args__ = (sa.Index("ix_exchange_rates_currency", "currency", "valid_on", "id"),)

    id: Mapped[int] = primary_key()
    currency: Mapped[str] = mapped_column(sa.String(3))
    base: Mapped[str] = mapped_column(sa.String(3), default=BASE)
    rate: Mapped[str] = mapped_column(sa.String(40))
    valid_on: Mapped[date] = mapped_column(sa.Date)
    source: Mapped[str] = mapped_column(sa.String(200))
    entered_by: Mapped[int | None] = mapped_column(sa.BigInteger)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
