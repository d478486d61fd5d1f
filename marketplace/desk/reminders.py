"""Once a month at most: that something an organisation states was last confirmed too long ago."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from marketplace import clock
from marketplace.extensions import db
from marketplace.listings.freshness import FRESH_FOR, stale_facts
from marketplace.listings.states import is_open
from marketplace.notifications import service as notifications
from marketplace.offers.models import Offer
from marketplace.organisations.models import Organisation
from marketplace.transaction import transaction

AT_ONCE = 500


def remind() -> int:
    """Tell organisations which of their open offers wait to be confirmed; how many were told.

    Safe to run at any time and as often as one likes: an organisation is told once in a calendar month.
    """
    now = clock.now()
    stale: dict[int, list[Any]] = defaultdict(list)
    before = now - min(FRESH_FOR.values())
    last = 0
    while True:
        rows = list(
            db.session.scalars(
                sa.select(Offer)
                .join(Organisation, Offer.organisation_id == Organisation.id)
                .where(
                    is_open(Offer, Organisation, now),
                    Organisation.from_public_source.is_(False),
                    sa.func.coalesce(Offer.confirmed_at, Offer.opens_at) < before,
                    Offer.id > last,
                )
                .options(joinedload(Offer.live_version))
                .order_by(Offer.id)
                .limit(AT_ONCE)
            )
        )
        for row in rows:
            if stale_facts(row.live_content, row.confirmed_at or row.opens_at, now):
                stale[row.organisation_id].append(row.live_content["texts"]["title"])
        if len(rows) < AT_ONCE:
            break
        last = rows[-1].id
    with transaction():
        return sum(
            notifications.notify(
                organisation_id=organisation_id,
                kind="confirm_due",
                params={"count": len(titles), "titles": titles[:3]},
                dedupe_key=f"confirm_due:{organisation_id}:{now:%Y-%m}",
            )
            for organisation_id, titles in sorted(stale.items())
        )
