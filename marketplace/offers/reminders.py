"""Reminders of what an offer states until a day: registrations, licences, the role of an agent."""

from __future__ import annotations

from datetime import date, timedelta

import sqlalchemy as sa

from catalogue.credentials import UNTIL, day
from marketplace import clock
from marketplace.extensions import db
from marketplace.listings.states import is_open
from marketplace.notifications import service as notifications
from marketplace.offers.models import Offer, OfferVersion
from marketplace.organisations.models import Organisation
from marketplace.transaction import transaction

DAYS = (60, 30, 7)


def remind() -> int:
    """Tell suppliers what their open offers state that runs out within 60, 30 and 7 days, each day once; how many
    were told. As safe to run at any time as the reminders of an organisation's own credentials."""
    now = clock.now()
    today, told = day(now), 0
    with transaction():
        open_offers = db.session.execute(
            sa.select(Offer.id, Offer.organisation_id, OfferVersion.content)
            .join(OfferVersion, OfferVersion.id == Offer.live_version_id)
            .join(Organisation, Organisation.id == Offer.organisation_id)
            .where(is_open(Offer, Organisation, now))
            .order_by(Offer.id)
            .execution_options(yield_per=500)
        )
        soon = [
            (offer_id, organisation_id, content["texts"].get("title", {}), end)
            for offer_id, organisation_id, content in open_offers
            for end in sorted(_ends(content.get("facts", {}), today))
        ]
        for offer_id, organisation_id, title, end in soon:
            nearest = min(days for days in DAYS if (end - today).days <= days)
            told += notifications.notify(
                organisation_id=organisation_id,
                kind="credential_expiring",
                params={
                    "organisation_id": organisation_id,
                    "offer_id": offer_id,
                    "title": title,
                    "expires_on": end.isoformat(),
                    "days": nearest,
                },
                dedupe_key=f"offer_lapsing:{offer_id}:{end.isoformat()}:{nearest}",
            )
    return told


def _ends(facts: dict[str, object], today: date) -> set[date]:
    """The last days, from today to the farthest that is told of, of what the facts state."""
    found = set()
    for key, until in UNTIL.items():
        if key in facts and isinstance(facts.get(until), str):
            end = date.fromisoformat(str(facts[until]))
            if today <= end <= today + timedelta(days=max(DAYS)):
                found.add(end)
    return found
