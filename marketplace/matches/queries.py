"""What the pages about matches read, each in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, contains_eager, joinedload

from marketplace import clock
from marketplace.demands.models import Demand
from marketplace.extensions import db
from marketplace.listings.states import is_open
from marketplace.matches.models import Answer, Match
from marketplace.offers.models import Offer
from marketplace.organisations.models import Organisation

PER_PAGE = 20
Pair = tuple[int, int]


@dataclass(frozen=True)
class Judged:
    """One pair as a page shows it: the rows, how it was judged, and what each side answered (or None)."""

    demand: Any
    offer: Any
    match: dict[str, Any]
    computed_at: datetime
    supplier_answer: Answer | None
    institution_answer: Answer | None

    @property
    def contacts_open(self) -> bool:
        return all(a is not None and a.answer == "interested" for a in (self.supplier_answer, self.institution_answer))


def matches_of_demand(demand_id: int, *, limit: int = 100) -> list[Judged]:
    """The kept matches of a demand in the matcher's order; offers no longer open are left out."""
    supplier = aliased(Organisation)
    statement = (
        sa.select(Match)
        .join(Match.offer)
        .join(supplier, Offer.organisation_id == supplier.id)
        .join(Match.demand)
        .where(Match.demand_id == demand_id, is_open(Offer, supplier, clock.now()))
        .options(*_eager(supplier, "offer"))
        .order_by(Match.order_key, Match.offer_id)
        .limit(limit)
    )
    return _with_answers(db.session.scalars(statement).unique().all())


def matches_of_supplier(organisation_id: int, *, page: int = 1) -> tuple[list[Judged], int]:
    """Open demands that an organisation's open offers answer, near misses left out, the best first; and how many."""
    buyer = aliased(Organisation)
    owner = aliased(Organisation)
    now = clock.now()
    base = (
        sa.select(Match)
        .join(Match.demand)
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
    total = db.session.scalar(sa.select(sa.func.count()).select_from(base.subquery())) or 0
    statement = (
        base.options(*_eager(buyer, "demand"))
        .order_by(Match.order_key, Match.demand_id, Match.offer_id)
        .limit(PER_PAGE)
        .offset((page - 1) * PER_PAGE)
    )
    return _with_answers(db.session.scalars(statement).unique().all()), total


def _eager(joined: Any, side: str) -> tuple[Any, ...]:
    """Load rows, live versions and organisations of both sides in the same statement."""
    near, far = (Match.offer, Match.demand) if side == "offer" else (Match.demand, Match.offer)
    near_class, far_class = (Offer, Demand) if side == "offer" else (Demand, Offer)
    return (
        contains_eager(near).contains_eager(near_class.organisation.of_type(joined)),
        contains_eager(near).joinedload(near_class.live_version),
        contains_eager(far).joinedload(far_class.live_version),
        contains_eager(far).joinedload(far_class.organisation),
    )


def _with_answers(matches: Iterable[Match]) -> list[Judged]:
    matches = list(matches)
    answers = answers_of({(m.demand_id, m.offer_id) for m in matches})
    return [
        Judged(
            demand=m.demand,
            offer=m.offer,
            match=m.explanation,
            computed_at=m.computed_at,
            supplier_answer=answers.get((m.demand_id, m.offer_id, "supplier")),
            institution_answer=answers.get((m.demand_id, m.offer_id, "institution")),
        )
        for m in matches
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


def pair(demand_id: int, offer_id: int) -> Judged | None:
    """One pair with its answers; None where it was never judged and never answered."""
    match = db.session.scalar(
        sa.select(Match)
        .where(Match.demand_id == demand_id, Match.offer_id == offer_id)
        .options(
            joinedload(Match.demand).joinedload(Demand.organisation),
            joinedload(Match.offer).joinedload(Offer.organisation),
        )
    )
    return _with_answers([match])[0] if match else None


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
    buyer, owner = aliased(Organisation), aliased(Organisation)
    now = clock.now()
    return (
        db.session.scalar(
            sa.select(sa.func.count())
            .select_from(Match)
            .join(Match.demand)
            .join(buyer, Demand.organisation_id == buyer.id)
            .join(Match.offer)
            .join(owner, Offer.organisation_id == owner.id)
            .outerjoin(
                Answer,
                sa.and_(
                    Answer.demand_id == Match.demand_id, Answer.offer_id == Match.offer_id, Answer.side == "supplier"
                ),
            )
            .where(
                Offer.organisation_id == organisation_id,
                Demand.organisation_id != organisation_id,
                Match.band != "near miss",
                Answer.id.is_(None),
                is_open(Demand, buyer, now),
                is_open(Offer, owner, now),
            ),
        )
        or 0
    )
