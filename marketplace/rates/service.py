"""Add a rate, read the table of a day, and say about how much a sum is in another currency."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

import sqlalchemy as sa

from catalogue import currencies
from marketplace import clock
from marketplace.actor import Actor
from marketplace.audit import service as audit
from marketplace.errors import ErrorCode, Invalid
from marketplace.extensions import db
from marketplace.rates import policy
from marketplace.rates.models import BASE, ExchangeRate
from marketplace.transaction import transaction


class RateTable(dict[str, Decimal]):
    """What one unit of each currency is worth in the base currency; a currency without a rate is not in it.

    `valid_on`: currency to the day from which its rate counts.
    """

    def __init__(self) -> None:
        super().__init__({BASE: Decimal(1)})
        self.valid_on: dict[str, date] = {}


@dataclass(frozen=True)
class About:
    """A sum in another currency, by rates of which the older is of `valid_on`."""

    minor: int
    currency: str
    valid_on: date


def add_rate(*, actor: Actor, currency: str, rate: str, valid_on: str, source: str) -> ExchangeRate:
    """Add what one unit of `currency` is worth in the base currency from the day `valid_on` (ISO) on.

    Raises:
        NotAllowed: anybody but an organiser.
        Invalid: by field.
    """
    policy.require_keep(actor)
    errors: dict[str, ErrorCode] = {}
    if not currencies.is_known(currency):
        errors["currency"] = ErrorCode("unknown_currency", {"value": currency[:10]})
    elif currency == BASE:
        errors["currency"] = ErrorCode("rate_of_base", {"base": BASE})
    day = _day(valid_on, errors)
    value = _rate(rate, errors)
    if not source.strip():
        errors["source"] = ErrorCode("required")
    elif len(source) > 200:
        errors["source"] = ErrorCode("too_long", {"maximum": 200, "length": len(source)})
    if errors or day is None:
        raise Invalid(errors)
    with transaction():
        row = ExchangeRate(
            currency=currency,
            base=BASE,
            rate=value,
            valid_on=day,
            source=source.strip(),
            entered_by=actor.user_id,
            created_at=clock.now(),
        )
        db.session.add(row)
        db.session.flush()  # the audit row names it
        audit.record(
            actor=actor,
            action="rate.added",
            subject_kind="rate",
            subject_id=row.id,
            changes={
                "currency": (None, currency, "public"),
                "rate": (None, value, "public"),
                "valid_on": (None, day.isoformat(), "public"),
                "source": (None, row.source, "public"),
            },
        )
    return row


def rate_table(on: date) -> RateTable:
    """The rates that count on a day: for each currency the newest that is not later."""
    table = RateTable()
    rows = db.session.scalars(
        sa.select(ExchangeRate)
        .where(ExchangeRate.base == BASE, ExchangeRate.valid_on <= on)
        .order_by(ExchangeRate.valid_on.asc().nulls_last(), ExchangeRate.id)
    )
    for row in rows:
        table[row.currency] = Decimal(row.rate)
        table.valid_on[row.currency] = row.valid_on
    return table


def about(money: dict[str, Any], currency: str, table: RateTable) -> About | None:
    """About how much `money` ({"minor", "currency"}) is in `currency`; None where a rate is missing, or where it is in
    that currency already."""
    own = money["currency"]
    if own == currency or own not in table or currency not in table:
        return None
    amount = currencies.from_minor(money["minor"], own) * table[own] / table[currency]
    exponent = currencies.get(currency).exponent
    minor = int(amount.scaleb(exponent).to_integral_value(ROUND_HALF_UP))
    days = [table.valid_on[code] for code in (own, currency) if code != BASE]
    return About(minor, currency, min(days))


def history(limit: int = 500) -> list[ExchangeRate]:
    """All rates that were entered, those of the latest day first."""
    return list(
        db.session.scalars(
            sa.select(ExchangeRate)
            .order_by(ExchangeRate.valid_on.desc().nulls_last(), ExchangeRate.id.desc())
            .limit(limit)
        )
    )


def _day(text: str, errors: dict[str, ErrorCode]) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        errors["valid_on"] = ErrorCode("not_a_date")
        return None


def _rate(text: str, errors: dict[str, ErrorCode]) -> str:
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite():
        errors["rate"] = ErrorCode("not_a_number")
    elif value <= 0:
        errors["rate"] = ErrorCode("rate_not_positive")
    elif not Decimal("1e-9") < value < Decimal("1e9"):
        errors["rate"] = ErrorCode("too_large", {"maximum": "1,000,000,000"})
    return format(value.normalize(), "f")[:40]
