"""Rows of offers for pages; each statement repeats visibility and state."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from marketplace.actor import Actor
from marketplace.extensions import db
from marketplace.listings import queries
from marketplace.listings.queries import ListingRow, OwnRow
from marketplace.offers.desk import DESK


def published_offers(
    ids: Iterable[int | str], now: datetime | None = None, actor: Actor | None = None
) -> list[ListingRow]:
    """The open ones among `ids`, in that order, in one statement, as `actor` (None: a stranger) may know them."""
    return queries.published(DESK, ids, now, actor)


def newest_offers(
    limit: int,
    after: tuple[datetime, int] | None = None,
    offset: int = 0,
    now: datetime | None = None,
    actor: Actor | None = None,
) -> list[ListingRow]:
    """Open offers, the last opened first; `after`: (opens_at, id) of the last row of the page before, or `offset`."""
    return queries.newest(DESK, limit=limit, after=after, offset=offset, now=now, actor=actor)


newest = newest_offers


def get_offer(listing_id: int) -> Any:
    """The row, whoever may see it, or None."""
    return db.session.get(DESK.listing, listing_id)


def own_offers(organisation_id: int) -> list[OwnRow]:
    """All of an organisation's offers, drafts included: for its own members only."""
    return queries.of_organisation(DESK, organisation_id)


def offers_of(organisation_id: int, actor: Actor | None = None) -> list[ListingRow]:
    """What an organisation has open, for its public page."""
    return queries.published_of(DESK, organisation_id, actor=actor)
