"""Count what is open, and keep the count of the day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import sqlalchemy as sa

from catalogue import places
from marketplace import clock
from marketplace.demands.models import Demand, DemandVersion
from marketplace.extensions import db
from marketplace.insights.models import ELSEWHERE, EVERYWHERE, NOWHERE, MarketFigure
from marketplace.listings.content import REGION
from marketplace.listings.states import is_open
from marketplace.matches.models import Match
from marketplace.offers.models import Offer, OfferVersion
from marketplace.organisations.models import Organisation
from marketplace.transaction import transaction


def today() -> date:
    """The day in the region."""
    return clock.now().astimezone(REGION).date()


def count_market() -> None:
    """Count what is open now and keep it as the count of today, in place of an earlier one. Safe to run twice."""
    day = today()
    found = [
        {"day": day, "kind": kind, "place": place, **counts} for (kind, place), counts in sorted(_counted().items())
    ]
    with transaction():
        db.session.execute(sa.delete(MarketFigure).where(MarketFigure.day == day))
        if found:
            db.session.execute(sa.insert(MarketFigure), found)


def _counted() -> dict[tuple[str, str], dict[str, int]]:
    offers: Counter[tuple[str, str]] = Counter()
    demands: Counter[tuple[str, str]] = Counter()
    unmet: Counter[tuple[str, str]] = Counter()
    for _id, content, home in _open(Offer, OfferVersion):
        facts = content.get("facts") or {}
        stated = facts.get("serves") or facts.get("located") or ([home] if home else [])
        offers.update(_cells(content.get("kind"), stated))
    answered = set(db.session.scalars(sa.select(Match.demand_id).where(Match.band != "near miss").distinct()))
    for demand_id, content, _home in _open(Demand, DemandVersion):
        cells = list(_cells(content.get("kind"), content.get("places") or []))
        demands.update(cells)
        if demand_id not in answered:
            unmet.update(cells)
    return {
        cell: {"offers": offers[cell], "demands": demands[cell], "unmet": unmet[cell]} for cell in {*offers, *demands}
    }


def _open(listing: Any, version: Any) -> Any:
    """(id, content, home of its organisation) of every open listing."""
    return db.session.execute(
        sa.select(listing.id, version.content, Organisation.place_id)
        .join(version, version.id == listing.live_version_id)
        .join(Organisation, Organisation.id == listing.organisation_id)
        .where(is_open(listing, Organisation, clock.now()))
    )


def _cells(kind: str | None, stated: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Where a listing counts: everywhere once, and in each place it names or covers."""
    if not kind:
        return
    yield kind, EVERYWHERE
    for place in cities(stated):
        yield kind, place


def cities(stated: Iterable[str]) -> list[str]:
    """The cities of the Bay Area that places lie in or cover; ELSEWHERE for others, NOWHERE for none."""
    known = [place for place in stated if places.is_known(place)]
    if not known:
        return [NOWHERE]
    above = {ancestor for place in known for ancestor in places.ancestors(place)}
    found = [city for city in places.gba() if city in above or any(place in places.ancestors(city) for place in known)]
    return found or [ELSEWHERE]
