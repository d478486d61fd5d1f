"""Rows of demands for pages; each statement repeats visibility and state."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from marketplace.actor import Actor
from marketplace.demands.desk import DESK
from marketplace.demands.pasted import pasted_need
from marketplace.extensions import db
from marketplace.listings import queries
from marketplace.listings.queries import ListingRow, OwnRow


def published_demands(
    ids: Iterable[int | str], now: datetime | None = None, actor: Actor | None = None
) -> list[ListingRow]:
    """The open ones among `ids`, in that order, in one statement, as `actor` (None: a stranger) may know them."""
    return queries.published(DESK, ids, now, actor)


def newest_demands(
    limit: int,
    after: tuple[datetime, int] | None = None,
    offset: int = 0,
    now: datetime | None = None,
    actor: Actor | None = None,
) -> list[ListingRow]:
    """Open demands, the last opened first; `after`: (opens_at, id) of the last row of the page before, or `offset`."""
    return queries.newest(DESK, limit=limit, after=after, offset=offset, now=now, actor=actor)


newest = newest_demands


def get_demand(listing_id: int) -> Any:
    """The row, whoever may see it, or None."""
    return db.session.get(DESK.listing, listing_id)


def own_demands(organisation_id: int) -> list[OwnRow]:
    """All of an organisation's demands, drafts included: for its own members only."""
    return queries.of_organisation(DESK, organisation_id)


def demands_of(organisation_id: int, actor: Actor | None = None) -> list[ListingRow]:
    """What an organisation has open, for its public page."""
    return queries.published_of(DESK, organisation_id, actor=actor)


__all__ = ["demands_of", "get_demand", "newest", "newest_demands", "own_demands", "pasted_need", "published_demands"]
