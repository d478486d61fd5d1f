"""What the pages about matches read, each in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, contains_eager, joinedload

from marketplace import clock
from marketplace.actor import Actor
from marketplace.demands.desk import DESK as DEMAND_DESK
from marketplace.demands.models import Demand
from marketplace.demands.queries import published_demands
from marketplace.extensions import db
from marketplace.listings.freshness import is_stale
from marketplace.listings.queries import ListingRow, row_of
from marketplace.listings.states import is_open
from marketplace.matches.models import Answer, Match
from marketplace.offers.desk import DESK as OFFER_DESK
from marketplace.offers.models import Offer
from marketplace.offers.queries import published_offers
from marketplace.organisations.models import Organisation

PER_PAGE = 10
Pair = tuple[int, int]


@dataclass(frozen=True)
class Judged:
    """One pair as a page shows it. `demand`, `offer`: rows whose `content` is what this reader may know."""

    demand: ListingRow
    offer: ListingRow
    match: dict[str, Any] | None
    computed_at: datetime | None
    supplier_answer: Answer | None
    institution_answer: Answer | None

    @property
    def contacts_open(self) -> bool:
        """Whether both sides say that they are interested."""
        return all(a is not None and a.answer == "interested" for a in (self.supplier_answer, self.institution_answer))


def matches_of_demand(demand_id: int, *, actor: Actor, limit: int = 100) -> list[Judged]:
    """The kept matches of an open demand in the matcher's order; offers no longer open are left out, and an offer whose
    price or vacancies were last confirmed too long ago comes after the others, near misses apart."""
    matches = db.session.scalars(
        sa.select(Match).where(Match.demand_id == demand_id).order_by(Match.order_key, Match.offer_id).limit(limit)
    ).all()
    now = clock.now()
    found = _judged(matches, actor)
    return sorted(found, key=lambda one: ((one.match or {}).get("band") == "near miss", is_stale(one.offer, now)))


def matches_of_supplier(organisation_id: int, *, actor: Actor, page: int = 1) -> tuple[list[Judged], int]:
    """Open demands that an organisation's open offers answer, near misses left out, the best first; and how many."""
    fits = _fits(organisation_id, sa.select(Match))
    total = db.session.scalar(sa.select(sa.func.count()).select_from(fits.subquery())) or 0
    matches = db.session.scalars(
        fits.order_by(Match.order_key, Match.demand_id, Match.offer_id).limit(PER_PAGE).offset((page - 1) * PER_PAGE)
    ).all()
    return _judged(matches, actor), total


def _fits(organisation_id: int, statement: sa.Select[Any]) -> sa.Select[Any]:
    """Narrow a statement over matches to those that an organisation's open offers have with others' open demands."""
    buyer, owner = aliased(Organisation), aliased(Organisation)
    now = clock.now()
    return (
        statement.join(Match.demand)
        .join(buyer, Demand.organisation_id == buyer.id)
        .join(Match.offer)
        .join(owner, Offer.organisation_id == owner.id)
        .where(
            Offer.organisation_id == organisation_id,
            Demand.organisation_id != organisation_id,
            Match.band != "near miss",
            is_open(Demand, buyer, now),
            is_open(Offer, owner, now),
        )
    )


def _judged(matches: Sequence[Match], actor: Actor) -> list[Judged]:
    if not (actor.is_organiser or actor.is_verified):
        return []  # they were judged by what approved counterparts may know
    demands = {row.id: row for row in published_demands([m.demand_id for m in matches], actor=actor)}
    offers = {row.id: row for row in published_offers([m.offer_id for m in matches], actor=actor)}
    answers = answers_of({(m.demand_id, m.offer_id) for m in matches})
    return [
        Judged(
            demand=demands[m.demand_id],
            offer=offers[m.offer_id],
            match=m.explanation,
            computed_at=m.computed_at,
            supplier_answer=answers.get((m.demand_id, m.offer_id, "supplier")),
            institution_answer=answers.get((m.demand_id, m.offer_id, "institution")),
        )
        for m in matches
        if m.demand_id in demands and m.offer_id in offers
    ]


def answers_of(pairs: set[Pair]) -> dict[tuple[int, int, str], Answer]:
    """What was answered in each pair, by demand, offer and side; one statement for all pairs."""
    if not pairs:
        return {}
    rows = db.session.scalars(
        sa.select(Answer).where(
            Answer.demand_id.in_({d for d, _o in pairs}), Answer.offer_id.in_({o for _d, o in pairs})
        )
    )
    return {(a.demand_id, a.offer_id, a.side): a for a in rows if (a.demand_id, a.offer_id) in pairs}


def pair(demand_id: int, offer_id: int, *, actor: Actor) -> tuple[Judged, Demand, Offer] | None:
    """One pair with its answers, and both rows; None where it was never judged and never answered.

    It stays readable after either side closed: what was agreed must not vanish.
    """
    answers = answers_of({(demand_id, offer_id)})
    match = db.session.scalar(sa.select(Match).where(Match.demand_id == demand_id, Match.offer_id == offer_id))
    demand = db.session.get(Demand, demand_id)
    offer = db.session.get(Offer, offer_id)
    if (match is None and not answers) or demand is None or offer is None:
        return None
    judged = Judged(
        demand=row_of(DEMAND_DESK, demand, actor),
        offer=row_of(OFFER_DESK, offer, actor),
        match=match.explanation if match and (actor.is_organiser or actor.is_verified) else None,
        computed_at=match.computed_at if match else None,
        supplier_answer=answers.get((demand_id, offer_id, "supplier")),
        institution_answer=answers.get((demand_id, offer_id, "institution")),
    )
    return judged, demand, offer


def answered_pairs(*, limit: int = 200) -> list[dict[str, Any]]:
    """The pairs in which anybody answered, newest answer first, for the organiser."""
    rows = db.session.scalars(
        sa.select(Answer)
        .options(
            joinedload(Answer.demand).joinedload(Demand.live_version),
            joinedload(Answer.demand).joinedload(Demand.organisation),
            joinedload(Answer.offer).joinedload(Offer.live_version),
            joinedload(Answer.offer).joinedload(Offer.organisation),
        )
        .order_by(Answer.answered_at.desc().nulls_last(), Answer.id.desc())
        .limit(limit * 2)
    ).all()
    found: dict[Pair, dict[str, Any]] = {}
    for row in rows:
        entry = found.setdefault(
            (row.demand_id, row.offer_id),
            {"demand": row.demand, "offer": row.offer, "supplier": None, "institution": None},
        )
        entry[row.side] = row
    return list(found.values())[:limit]


def waiting_for_answer(organisation_id: int, *, limit: int = 20) -> list[Answer]:
    """Pairs in which the other side is interested and this organisation has not answered, oldest first."""
    mine = aliased(Answer)
    other_side = sa.case((Demand.organisation_id == organisation_id, "supplier"), else_="institution")
    own_side = sa.case((Demand.organisation_id == organisation_id, "institution"), else_="supplier")
    return list(
        db.session.scalars(
            sa.select(Answer)
            .join(Answer.demand)
            .join(Answer.offer)
            .outerjoin(
                mine,
                sa.and_(mine.demand_id == Answer.demand_id, mine.offer_id == Answer.offer_id, mine.side == own_side),
            )
            .where(
                sa.or_(Demand.organisation_id == organisation_id, Offer.organisation_id == organisation_id),
                Answer.side == other_side,
                Answer.answer == "interested",
                mine.id.is_(None),
            )
            .options(
                contains_eager(Answer.demand).joinedload(Demand.live_version),
                contains_eager(Answer.offer).joinedload(Offer.live_version),
            )
            .order_by(Answer.answered_at.asc().nulls_last(), Answer.id)
            .limit(limit)
        ).unique()
    )


def count_unanswered(organisation_id: int) -> int:
    """How many matches of a supplier's offers it has not answered, near misses left out."""
    statement = _fits(organisation_id, sa.select(sa.func.count()).select_from(Match)).outerjoin(
        Answer,
        sa.and_(Answer.demand_id == Match.demand_id, Answer.offer_id == Match.offer_id, Answer.side == "supplier"),
    )
    return db.session.scalar(statement.where(Answer.id.is_(None))) or 0
