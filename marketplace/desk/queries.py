"""What the desks count and list, each in a fixed number of statements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.demands.models import Demand
from marketplace.extensions import db
from marketplace.listings.states import is_open
from marketplace.matches.models import Answer, Match
from marketplace.offers.models import Offer
from marketplace.organisations.models import Credential, Organisation

SOON = timedelta(days=7)
EXPIRY_WARNING = timedelta(days=60)


@dataclass(frozen=True)
class Counts:
    """What an organiser's desk shows in figures."""

    users: int
    organisations: int
    waiting: int
    offers: int
    demands: int
    matches: dict[str, int]
    answers: dict[str, int]
    agreed: int


def organiser_counts() -> Counts:
    """The figures of the whole site, as they stand now."""
    now = clock.now()
    bands = dict(db.session.execute(sa.select(Match.band, sa.func.count()).group_by(Match.band)).tuples().all())
    answers = dict(db.session.execute(sa.select(Answer.answer, sa.func.count()).group_by(Answer.answer)).tuples().all())
    both = (
        sa.select(Answer.demand_id)
        .where(Answer.answer == "interested")
        .group_by(Answer.demand_id, Answer.offer_id)
        .having(sa.func.count() == 2)
        .subquery()
    )
    return Counts(
        users=_count(sa.select(User.id)),
        organisations=_count(sa.select(Organisation.id).where(Organisation.approved_at.is_not(None))),
        waiting=_count(
            sa.select(Organisation.id).where(
                Organisation.submitted_at.is_not(None),
                Organisation.approved_at.is_(None),
                Organisation.rejected_at.is_(None),
            )
        ),
        offers=_count(_open(Offer, now)),
        demands=_count(_open(Demand, now)),
        matches=bands,
        answers=answers,
        agreed=db.session.scalar(sa.select(sa.func.count()).select_from(both)) or 0,
    )


def _open(model: Any, now: datetime) -> sa.Select[Any]:
    return (
        sa.select(model.id)
        .join(Organisation, model.organisation_id == Organisation.id)
        .where(is_open(model, Organisation, now))
    )


def _count(ids: sa.Select[Any]) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(ids.subquery())) or 0


def drafts(model: Any, organisation_id: int, limit: int = 20) -> list[Any]:
    """Listings with a draft that waits to be published, the newest first."""
    return list(
        db.session.scalars(
            sa.select(model)
            .where(
                model.organisation_id == organisation_id,
                model.draft_version_id.is_not(None),
                model.withdrawn_at.is_(None),
            )
            .options(joinedload(model.draft_version))
            .order_by(model.id.desc())
            .limit(limit)
        )
    )


def closing_soon(organisation_id: int, limit: int = 20) -> list[Demand]:
    """The organisation's open demands that close within a week, the soonest first."""
    now = clock.now()
    return list(
        db.session.scalars(
            sa.select(Demand)
            .join(Organisation, Demand.organisation_id == Organisation.id)
            .where(
                Demand.organisation_id == organisation_id,
                is_open(Demand, Organisation, now),
                Demand.closes_at <= now + SOON,
            )
            .options(joinedload(Demand.live_version))
            .order_by(Demand.closes_at.asc().nulls_last(), Demand.id)
            .limit(limit)
        )
    )


def expiring_credentials(organisation_id: int) -> list[Credential]:
    """Credentials that have expired or will within 60 days, the soonest first."""
    until = (clock.now() + EXPIRY_WARNING).date()
    return list(
        db.session.scalars(
            sa.select(Credential)
            .where(
                Credential.organisation_id == organisation_id,
                Credential.expires_on.is_not(None),
                Credential.expires_on <= until,
            )
            .order_by(Credential.expires_on.asc().nulls_last(), Credential.id)
        )
    )


def open_demands(organisation_id: int, limit: int = 20) -> list[tuple[Demand, dict[str, int]]]:
    """The organisation's open demands, newest first, each with its matches counted by band."""
    now = clock.now()
    rows = list(
        db.session.scalars(
            sa.select(Demand)
            .join(Organisation, Demand.organisation_id == Organisation.id)
            .where(Demand.organisation_id == organisation_id, is_open(Demand, Organisation, now))
            .options(joinedload(Demand.live_version))
            .order_by(Demand.id.desc())
            .limit(limit)
        )
    )
    counted: dict[int, dict[str, int]] = {row.id: {} for row in rows}
    for demand_id, band, number in db.session.execute(
        sa.select(Match.demand_id, Match.band, sa.func.count())
        .where(Match.demand_id.in_(list(counted)))
        .group_by(Match.demand_id, Match.band)
    ):
        counted[demand_id][band] = number
    return [(row, counted[row.id]) for row in rows]


def open_offers(organisation_id: int, limit: int = 20) -> list[tuple[Offer, int]]:
    """The organisation's open offers, newest first, each with how many demands it fits, near misses left out."""
    now = clock.now()
    fits = (
        sa.select(Match.offer_id, sa.func.count().label("fits"))
        .where(Match.band != "near miss")
        .group_by(Match.offer_id)
        .subquery()
    )
    return [
        (offer, number or 0)
        for offer, number in db.session.execute(
            sa.select(Offer, fits.c.fits)
            .join(Organisation, Offer.organisation_id == Organisation.id)
            .outerjoin(fits, fits.c.offer_id == Offer.id)
            .where(Offer.organisation_id == organisation_id, is_open(Offer, Organisation, now))
            .options(joinedload(Offer.live_version))
            .order_by(Offer.id.desc())
            .limit(limit)
        ).tuples()
    ]
