"""How long what is confirmed counts as fresh: vacancies thirty days, prices ninety. What is older is marked and sinks.

A listing says nothing of its own freshness: it follows from what it states and from the day it was last confirmed (a
listing is confirmed when it is published, and whenever its organisation says that it is still right).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

FRESH_FOR = {"vacancies": timedelta(days=30), "price": timedelta(days=90)}


def stale_facts(content: Mapping[str, Any], confirmed_at: datetime | None, now: datetime) -> tuple[str, ...]:
    """The keys of the facts that were last confirmed too long ago.

    Nothing where the listing states none of them, or rests on a public source, which nobody here confirms.
    """
    if confirmed_at is None or content.get("source"):
        return ()
    facts = content.get("facts") or {}
    return tuple(
        key
        for key, period in FRESH_FOR.items()
        if facts.get(key) not in (None, "", [], {}) and confirmed_at + period < now
    )


def fresh_until(content: Mapping[str, Any], confirmed_at: datetime | None) -> datetime | None:
    """The moment after which a fact of it is stale; None where nothing of it ages."""
    facts = {} if confirmed_at is None or content.get("source") else content.get("facts") or {}
    ages = [period for key, period in FRESH_FOR.items() if facts.get(key) not in (None, "", [], {})]
    return confirmed_at + min(ages) if confirmed_at is not None and ages else None


def is_stale(row: Any, now: datetime) -> bool:
    """Whether a `ListingRow` states something that was last confirmed too long ago."""
    return bool(stale_facts(row.content, row.confirmed_at or row.opens_at, now))


def fresh_first(rows: Iterable[Any], now: datetime) -> list[Any]:
    """The rows in their order, those that are stale after those that are not."""
    return sorted(rows, key=lambda row: is_stale(row, now))
