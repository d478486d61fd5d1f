"""What both sides said and did about a pair, as graded judgements: 0 to 3, as in `search.bench tune`.

Nobody is asked to grade. An answer, a meeting or an outcome says it: the last that was done weighs most.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import sqlalchemy as sa

from marketplace.demands.models import Demand
from marketplace.extensions import db
from marketplace.matches.models import Answer, Match
from marketplace.matchmaking.after_models import MeetingFeedback, Outcome
from marketplace.matchmaking.models import Meeting, Participation
from marketplace.offers.models import Offer

INTEREST, DECLINE, MEETING, AWARD = "interest", "decline", "meeting", "award"
SOURCES = (INTEREST, DECLINE, MEETING, AWARD)
# Declined because the thing is another: 0. Because of price, place or time it is still the thing: 2, as a judge who
# leaves these aside would say; the reason "other" says little.
_DECLINED = {"not_what_is_meant": 0, "other": 1}
_DECLINED_ELSE = 2
_FEEDBACK = {"no_interest": 1, "informative": 2, "possible": 3}
_INTERESTED = 2
_BEST = 3


@dataclass(frozen=True)
class Judgement:
    """What is known of a pair. `gain`: 0 to 3; `place`: "wrong" where it was declined for its place, else "unknown"."""

    demand_id: int
    offer_id: int
    gain: int
    place: str
    source: str


def judgements() -> list[Judgement]:
    """Every pair that somebody said or did something about, by demand and offer; four statements."""
    found = {(one.demand_id, one.offer_id): one for one in _answers()}
    pairs = _best_pairs()
    for sort, rows in ((MEETING, _feedback()), (AWARD, _awards())):
        for buyer, seller, gain in rows:
            pair = pairs.get((buyer, seller))
            if pair is None:
                continue
            before = found.get(pair)
            if before is None or before.source != AWARD:
                found[pair] = Judgement(*pair, gain, before.place if before else "unknown", sort)
    return [found[pair] for pair in sorted(found)]


def counts(rows: list[Judgement]) -> dict[str, int]:
    """How many judgements come of what."""
    counted = Counter(row.source for row in rows)
    return {source: counted[source] for source in SOURCES}


def _answers() -> list[Judgement]:
    rows = db.session.scalars(
        sa.select(Answer).order_by(Answer.demand_id, Answer.offer_id, Answer.answered_at, Answer.id)
    )
    found: dict[tuple[int, int], Judgement] = {}
    for row in rows:
        pair = (row.demand_id, row.offer_id)
        before = found.get(pair)
        if row.answer == "interested":
            agreed = before is not None and before.source == INTEREST
            gain = _BEST if agreed else _INTERESTED
            if before is None or before.source == INTEREST:
                found[pair] = Judgement(*pair, gain, "unknown", INTEREST)
            continue
        gain = _DECLINED.get(row.reason or "other", _DECLINED_ELSE)
        if before is None or before.source == INTEREST or gain < before.gain:
            found[pair] = Judgement(*pair, gain, "wrong" if row.reason == "place" else "unknown", DECLINE)
    return list(found.values())


def _best_pairs() -> dict[tuple[int, int], tuple[int, int]]:
    """Of two organisations that met, the demand and the offer that fit best: what the meeting was about."""
    rows = db.session.execute(
        sa.select(Demand.organisation_id, Offer.organisation_id, Match.demand_id, Match.offer_id)
        .select_from(Match)
        .join(Demand, Demand.id == Match.demand_id)
        .join(Offer, Offer.id == Match.offer_id)
        .where(Match.band != "near miss")
        .order_by(Match.order_key.desc(), Match.demand_id, Match.offer_id)
    )
    return {(buyer, seller): (demand, offer) for buyer, seller, demand, offer in rows}


def _sides() -> tuple[type[Participation], type[Participation]]:
    return sa.orm.aliased(Participation), sa.orm.aliased(Participation)


def _feedback() -> list[tuple[int, int, int]]:
    buyer, seller = _sides()
    rows = db.session.execute(
        sa.select(buyer.organisation_id, seller.organisation_id, MeetingFeedback.answer)
        .select_from(MeetingFeedback)
        .join(Meeting, Meeting.id == MeetingFeedback.meeting_id)
        .join(buyer, buyer.id == Meeting.a_id)
        .join(seller, seller.id == Meeting.b_id)
        .where(MeetingFeedback.answer.in_(list(_FEEDBACK)))
        .order_by(MeetingFeedback.answered_at, MeetingFeedback.participation_id)
    )
    return [(one, other, _FEEDBACK[answer]) for one, other, answer in rows]


def _awards() -> list[tuple[int, int, int]]:
    buyer, seller = _sides()
    rows = db.session.execute(
        sa.select(buyer.organisation_id, seller.organisation_id)
        .select_from(Outcome)
        .join(Meeting, Meeting.id == Outcome.meeting_id)
        .join(buyer, buyer.id == Meeting.a_id)
        .join(seller, seller.id == Meeting.b_id)
        .where(Outcome.stage.in_(["signed", "delivered", "in_use"]))
        .order_by(Outcome.id)
    )
    return [(one, other, _BEST) for one, other in rows]
