"""What the desks count and list, each in a fixed number of statements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload

from catalogue.credentials import day
from marketplace import clock
from marketplace.accounts.models import User
from marketplace.demands.models import Demand
from marketplace.extensions import db
from marketplace.listings import views_counted
from marketplace.listings.freshness import stale_facts
from marketplace.listings.states import is_open
from marketplace.matches.models import Answer, Match
from marketplace.matches.pooling_models import DemandJoin
from marketplace.matchmaking.models import MeetingRequest, Participation
from marketplace.offers.models import Offer
from marketplace.organisations.models import Credential, Organisation
from marketplace.questions.models import Question

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
    until = day(clock.now() + EXPIRY_WARNING)
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


@dataclass(frozen=True)
class DemandLine:
    """One's own open demand: matches by band, views of its page in thirty days, suppliers who wait for an answer,
    and institutions that ask to join."""

    demand: Demand
    bands: dict[str, int]
    views: int
    due: int
    joins: int


@dataclass(frozen=True)
class OfferLine:
    """One's own open offer: demands it fits, views of its page in thirty days, institutions that wait for an answer,
    questions that were asked, and what of it was last confirmed too long ago (keys of facts)."""

    offer: Offer
    fits: int
    views: int
    due: int
    questions: int
    stale: tuple[str, ...]


def open_demands(organisation_id: int, limit: int = 20) -> list[DemandLine]:
    """The organisation's open demands, newest first, with what came of them; in a fixed number of statements."""
    rows = _own_open(Demand, organisation_id, limit)
    ids = [row.id for row in rows]
    bands: dict[int, dict[str, int]] = {row.id: {} for row in rows}
    for demand_id, band, number in db.session.execute(
        sa.select(Match.demand_id, Match.band, sa.func.count())
        .where(Match.demand_id.in_(ids))
        .group_by(Match.demand_id, Match.band)
    ):
        bands[demand_id][band] = number
    views, due = views_counted.views_of("demand", ids), _due(Answer.demand_id, ids, "institution")
    joins = _counted(
        sa.select(DemandJoin.demand_id, sa.func.count())
        .where(DemandJoin.demand_id.in_(ids), DemandJoin.state == "asked")
        .group_by(DemandJoin.demand_id)
    )
    return [
        DemandLine(row, bands[row.id], views.get(row.id, 0), due.get(row.id, 0), joins.get(row.id, 0)) for row in rows
    ]


def open_offers(organisation_id: int, limit: int = 20) -> list[OfferLine]:
    """The organisation's open offers, what is stale first, then newest first; in a fixed number of statements."""
    now = clock.now()
    rows = _own_open(Offer, organisation_id, limit)
    ids = [row.id for row in rows]
    fits = _counted(
        sa.select(Match.offer_id, sa.func.count())
        .where(Match.offer_id.in_(ids), Match.band != "near miss")
        .group_by(Match.offer_id)
    )
    asked = _counted(
        sa.select(Question.offer_id, sa.func.count()).where(Question.offer_id.in_(ids)).group_by(Question.offer_id)
    )
    views, due = views_counted.views_of("offer", ids), _due(Answer.offer_id, ids, "supplier")
    lines = [
        OfferLine(
            row,
            fits.get(row.id, 0),
            views.get(row.id, 0),
            due.get(row.id, 0),
            asked.get(row.id, 0),
            stale_facts(row.live_content, row.confirmed_at or row.opens_at, now),
        )
        for row in rows
    ]
    return sorted(lines, key=lambda line: not line.stale)


def _own_open(model: Any, organisation_id: int, limit: int) -> list[Any]:
    return list(
        db.session.scalars(
            sa.select(model)
            .join(Organisation, model.organisation_id == Organisation.id)
            .where(model.organisation_id == organisation_id, is_open(model, Organisation, clock.now()))
            .options(joinedload(model.live_version))
            .order_by(model.id.desc())
            .limit(limit)
        )
    )


def _due(column: Any, ids: list[int], side: str) -> dict[int, int]:
    """Of listings: in how many pairs the other side is interested and `side` has said nothing."""
    own = aliased(Answer)
    return _counted(
        sa.select(column, sa.func.count())
        .outerjoin(
            own,
            sa.and_(own.demand_id == Answer.demand_id, own.offer_id == Answer.offer_id, own.side == side),
        )
        .where(column.in_(ids), Answer.side != side, Answer.answer == "interested", own.id.is_(None))
        .group_by(column)
    )


def _counted(statement: sa.Select[int, int]) -> dict[int, int]:
    return {int(key): int(number) for key, number in db.session.execute(statement)}


def meeting_requests_waiting(organisation_id: int) -> list[tuple[int, int]]:
    """(session id, how many) of the open requests to meet that wait for the organisation's answer."""
    return [
        (int(session_id), int(number))
        for session_id, number in db.session.execute(
            sa.select(MeetingRequest.session_id, sa.func.count())
            .join(Participation, Participation.id == MeetingRequest.turn_id)
            .where(
                Participation.organisation_id == organisation_id,
                MeetingRequest.accepted_at.is_(None),
                MeetingRequest.declined_at.is_(None),
                MeetingRequest.withdrawn_at.is_(None),
                MeetingRequest.expires_at > clock.now(),
            )
            .group_by(MeetingRequest.session_id)
            .order_by(MeetingRequest.session_id)
        )
    ]
