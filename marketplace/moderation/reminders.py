"""Reminders of credentials that run out: 60, 30 and 7 days before, each once, none for what was renewed."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

import sqlalchemy as sa

from catalogue.credentials import day
from marketplace import clock
from marketplace.extensions import db
from marketplace.notifications import service as notifications
from marketplace.organisations.models import Credential
from marketplace.transaction import transaction
from marketplace.types import fold_key

DAYS = (60, 30, 7)


def remind() -> int:
    """Tell organisations what runs out soon; how many were told. Safe to run at any time and as often as one likes:
    whoever runs it late tells of the nearest of the days alone."""
    today = day(clock.now())
    told = 0
    with transaction():
        soon = list(db.session.scalars(
            sa.select(Credential)
            .where(Credential.expires_on >= today, Credential.expires_on <= today + timedelta(days=max(DAYS)))
            .order_by(Credential.id)))
        later = _latest({credential.organisation_id for credential in soon})
        for credential in soon:
            end = credential.expires_on
            if end is None or later[_thing(credential)] > end:
                continue
            nearest = min(days for days in DAYS if (end - today).days <= days)
            told += notifications.notify(
                organisation_id=credential.organisation_id, kind="credential_expiring",
                params={"organisation_id": credential.organisation_id, "credential": credential.kind,
                        "expires_on": end.isoformat(), "days": nearest},
                dedupe_key=f"credential_expiring:{credential.id}:{end.isoformat()}:{nearest}")
    return told


def _thing(credential: Credential) -> tuple[int, str, str | None]:
    """What a renewed credential has in common with the one before it."""
    return credential.organisation_id, fold_key(credential.kind), credential.place_id


def _latest(organisation_ids: set[int]) -> dict[tuple[int, str, str | None], date]:
    """The last day on which an organisation has each thing; one without an end lasts for ever."""
    found: dict[tuple[int, str, str | None], date] = defaultdict(lambda: date.min)
    for one in db.session.scalars(sa.select(Credential).where(Credential.organisation_id.in_(organisation_ids))):
        found[_thing(one)] = max(found[_thing(one)], one.expires_on or date.max)
    return found
