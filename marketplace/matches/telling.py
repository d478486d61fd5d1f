"""Who is told of a match or an answer, once for each pair."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import Flask, current_app
from sqlalchemy.orm import joinedload

from marketplace.demands.models import Demand
from marketplace.extensions import db
from marketplace.matches.models import Answer
from marketplace.notifications import service as notifications
from marketplace.offers.models import Offer

News = tuple[int, int, Any]


def tell_of_matches(news: Iterable[News]) -> None:
    """Write one inbox row for each demand and organisation concerned, in the open transaction.

    Who published last knows already; the other side is told, whichever of the two listings was judged first. A
    supplier hears of a demand once, for the best of its offers, however many of them fit.
    """
    news = list(news)
    if not news:
        return
    demands = _rows(Demand, {demand_id for demand_id, _offer, _match in news})
    offers = _rows(Offer, {offer_id for _demand, offer_id, _match in news})
    for demand_id, offer_id, match in news:
        demand, offer = demands.get(demand_id), offers.get(offer_id)
        if demand is None or offer is None:
            continue
        to = "supplier" if _said_at(demand) >= _said_at(offer) else "institution"
        told = offer.organisation_id if to == "supplier" else demand.organisation_id
        other = demand.organisation_id if to == "supplier" else offer.organisation_id
        if told == other:
            continue
        pair = f"{demand_id}:{offer.organisation_id}"
        if to == "institution" and _is_told_elsewhere(demand_id, offer_id, match.band, f"new_match:{to}:{pair}"):
            continue
        notifications.notify(
            organisation_id=told,
            kind="new_match",
            dedupe_key=f"new_match:{to}:{pair}",
            params=_params(demand, offer) | {"band": match.band, "side": to},
        )


def let_tell(app: Flask, keeper: Callable[..., bool]) -> None:
    """Have `keeper(demand_id=, offer_id=, band=, told_under=)` asked first whether it tells an institution of a match
    itself, in its own time; `told_under` is the key of the notice that is written otherwise.
    """
    app.extensions["match_keeper"] = keeper


def _is_told_elsewhere(demand_id: int, offer_id: int, band: str, told_under: str) -> bool:
    keeper = current_app.extensions.get("match_keeper")
    return keeper is not None and keeper(
        demand_id=demand_id, offer_id=offer_id, band=band, told_under=told_under
    )


def _said_at(listing: Demand | Offer) -> datetime:
    """When its owner last said that it stands; a listing that was taken over came with its row."""
    return listing.confirmed_at or listing.created_at


def tell_of_answer(demand: Demand, offer: Offer, side: str, answer: Answer, *, opened: bool) -> None:
    """Tell the other side what was answered, and both sides when contacts are now open."""
    other = demand.organisation_id if side == "supplier" else offer.organisation_id
    params = _params(demand, offer) | {"side": side, "answer": answer.answer, "reason": answer.reason}
    # Whoever changes an answer back and forth is told of once a day.
    day = answer.answered_at.date().isoformat()
    notifications.notify(
        organisation_id=other,
        kind="answer_received",
        params=params,
        dedupe_key=f"answer:{side}:{demand.id}:{offer.id}:{answer.answer}:{day}",
    )
    if opened:
        for organisation_id, of_side in ((demand.organisation_id, "institution"), (offer.organisation_id, "supplier")):
            notifications.notify(
                organisation_id=organisation_id,
                kind="contacts_opened",
                params=params | {"side": of_side},
                dedupe_key=f"contacts:{of_side}:{demand.id}:{offer.id}",
            )


def _rows(model: type[Any], ids: set[int]) -> dict[int, Any]:
    rows = db.session.scalars(sa.select(model).where(model.id.in_(ids)).options(joinedload(model.live_version)))
    return {row.id: row for row in rows if row.live_version is not None}


def _params(demand: Demand, offer: Offer) -> dict[str, Any]:
    return {
        "demand_id": demand.id,
        "demand_title": demand.live_content["texts"]["title"],
        "offer_id": offer.id,
        "offer_title": offer.live_content["texts"]["title"],
    }
