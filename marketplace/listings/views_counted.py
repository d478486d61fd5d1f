"""How often the page of a listing was opened, by day: a number and nothing about anybody.

Programs are not counted, nor are the listing's own people, nor the organisers.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask, current_app, request
from werkzeug.wrappers import Response

from marketplace import clock
from marketplace.actor import Actor
from marketplace.extensions import db
from marketplace.listings import policy
from marketplace.listings.models import ListingView
from marketplace.transaction import transaction

# What programs call themselves that read pages for an index, a preview in a chat, or a watch over the site.
PROGRAM = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|preview|facebookexternalhit|whatsapp/|curl|wget|python|go-http|java/|okhttp"
    r"|headless|monitor|feed|scrap|axios|node-fetch|libwww|baiduspider|sogou|bytespider|yisou",
    re.IGNORECASE,
)
SHOWN_DAYS = 30
_log = logging.getLogger(__name__)


def counts(actor: Actor, listing: Any) -> bool:
    """Whether this request is somebody's visit."""
    agent = request.headers.get("User-Agent", "")
    if request.method != "GET" or not agent or PROGRAM.search(agent):
        return False
    if "prefetch" in request.headers.get("Sec-Purpose", request.headers.get("Purpose", "")):
        return False
    return not actor.is_organiser and not policy.may_read_drafts(actor, listing)


def count_when_sent(response: Response, side: str, listing_id: int) -> None:
    """Count one view once the page has been sent, so that no reader waits for it."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # Werkzeug's way to a proxy's object

    def count() -> None:
        with app.app_context():
            try:
                add(side, listing_id)
            except sa.exc.SQLAlchemyError:  # a view is not worth an error
                db.session.rollback()
                _log.warning("a view was not counted", exc_info=True)

    response.call_on_close(count)


def add(side: str, listing_id: int) -> None:
    """One view more of an "offer" or "demand" today."""
    key = {"side": side, "listing_id": listing_id, "day": clock.now().date()}
    more = sa.update(ListingView).where(*(getattr(ListingView, name) == value for name, value in key.items())).values(
        views=ListingView.views + 1
    )
    with transaction():
        if db.session.execute(more).rowcount:  # type: ignore[attr-defined]  # an update's result counts
            return
        try:
            with db.session.begin_nested():
                db.session.add(ListingView(**key, views=1))
        except sa.exc.IntegrityError:  # another wrote the first of the day in this moment
            db.session.execute(more)


def views_of(side: str, listing_ids: Iterable[int], *, since: date | None = None) -> dict[int, int]:
    """Views of listings in the last thirty days (or since a day); those without any are left out."""
    ids = list(listing_ids)
    if not ids:
        return {}
    first = since or clock.now().date() - timedelta(days=SHOWN_DAYS)
    found = db.session.execute(
        sa.select(ListingView.listing_id, sa.func.sum(ListingView.views))
        .where(ListingView.side == side, ListingView.listing_id.in_(ids), ListingView.day >= first)
        .group_by(ListingView.listing_id)
    )
    return {listing_id: int(number) for listing_id, number in found}


def forget_old() -> int:
    """Take away what is older than a year; how many rows."""
    with transaction():
        done = db.session.execute(
            sa.delete(ListingView).where(ListingView.day < clock.now().date() - timedelta(days=366))
        )
    return int(done.rowcount)  # type: ignore[attr-defined]
