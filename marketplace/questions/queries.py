"""What is asked of offers, the most wanted first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from marketplace import clock
from marketplace.demands.models import Demand, DemandVersion
from marketplace.extensions import db
from marketplace.listings.content import title
from marketplace.listings.states import is_open
from marketplace.offers.models import Offer, OfferVersion
from marketplace.organisations.models import Membership, Organisation
from marketplace.questions.models import Question, UnknownRequirement

EXAMPLES = 3
# The question that somebody asked about an unknown requirement.
_SAME = sa.and_(
    Question.demand_id == UnknownRequirement.demand_id,
    Question.offer_id == UnknownRequirement.offer_id,
    Question.topic == UnknownRequirement.topic,
)


@dataclass(frozen=True)
class Wanted:
    """A topic of one offer. `demands`: how many open demands hang on it; `asked`: how many of them asked; `must`: for
    how many it is a must; `texts`: their own words, at most three; `titles`: of these demands, with their ids."""

    topic: str
    unit: str
    demands: int
    asked: int
    must: int
    texts: tuple[dict[str, str], ...]
    titles: tuple[tuple[int, dict[str, str]], ...]


@dataclass(frozen=True)
class OfferWanted:
    """An offer with how many topics are asked of it and how many open demands they hold up."""

    offer_id: int
    title: dict[str, str]
    topics: int
    demands: int
    asked: int


def has_joined(organisation_id: int) -> bool:
    """Whether anybody acts for the organisation here, so that a question to it can be answered."""
    return bool(db.session.scalar(sa.select(sa.exists().where(Membership.organisation_id == organisation_id))))


def wanted_of_offer(offer_id: int) -> list[Wanted]:
    """The topics that open demands ask of an offer, those that most demands hang on first; one statement."""
    buyer = Organisation
    rows = db.session.execute(
        sa.select(UnknownRequirement, DemandVersion.content, Question.id)
        .join(Demand, Demand.id == UnknownRequirement.demand_id)
        .join(DemandVersion, DemandVersion.id == Demand.live_version_id)
        .join(buyer, buyer.id == Demand.organisation_id)
        .outerjoin(Question, _SAME)
        .where(UnknownRequirement.offer_id == offer_id, is_open(Demand, buyer, clock.now()))
        .order_by(UnknownRequirement.demand_id.desc(), UnknownRequirement.position)
    )
    by_topic: dict[str, list[tuple[UnknownRequirement, dict[str, Any], int | None]]] = {}
    for row, content, asked in rows:
        by_topic.setdefault(row.topic, []).append((row, content, asked))
    found = [_wanted(topic, rows) for topic, rows in by_topic.items()]
    return sorted(found, key=lambda one: (-one.asked, -one.demands, -one.must, one.topic))


def _wanted(topic: str, rows: list[tuple[UnknownRequirement, dict[str, Any], int | None]]) -> Wanted:
    demands = {row.demand_id: title(content) for row, content, _asked in rows}
    texts = list({tuple(row.text.items()): row.text for row, _content, _asked in rows}.values())
    return Wanted(
        topic=topic,
        unit=rows[0][0].unit,
        demands=len(demands),
        asked=len({row.demand_id for row, _content, asked in rows if asked is not None}),
        must=len({row.demand_id for row, _content, _asked in rows if row.need == "must"}),
        texts=tuple(dict(text) for text in texts[:EXAMPLES]),
        titles=tuple(list(demands.items())[:EXAMPLES]),
    )


_DEMANDS = sa.func.count(sa.distinct(UnknownRequirement.demand_id))
_ASKED = sa.func.count(sa.distinct(Question.demand_id))


def _asked_of(organisation_id: int, *columns: Any) -> sa.Select[Any]:
    """What open demands ask of an organisation's published offers."""
    return (
        sa.select(*columns)
        .select_from(UnknownRequirement)
        .join(Offer, Offer.id == UnknownRequirement.offer_id)
        .join(Demand, Demand.id == UnknownRequirement.demand_id)
        .join(Organisation, Organisation.id == Demand.organisation_id)
        .outerjoin(Question, _SAME)
        .where(
            Offer.organisation_id == organisation_id,
            Offer.live_version_id.is_not(None),
            Offer.withdrawn_at.is_(None),
            is_open(Demand, Organisation, clock.now()),
        )
    )


def wanted_of_organisation(organisation_id: int) -> list[OfferWanted]:
    """The offers of an organisation of which something is asked, the most wanted first; one statement."""
    topics = sa.func.count(sa.distinct(UnknownRequirement.topic))
    rows = db.session.execute(
        _asked_of(organisation_id, Offer.id, OfferVersion.content, topics, _DEMANDS, _ASKED)
        .join(OfferVersion, OfferVersion.id == Offer.live_version_id)
        .group_by(Offer.id, OfferVersion.id)
        .order_by(_ASKED.desc(), _DEMANDS.desc(), Offer.id)
    )
    return [OfferWanted(offer_id, title(content), *counts) for offer_id, content, *counts in rows]


@dataclass(frozen=True)
class Waiting:
    """How many open demands wait for an answer of an organisation, and how many of them asked."""

    demands: int
    asked: int


def count_waiting(organisation_id: int) -> Waiting:
    """What waits for an organisation's answers; one statement."""
    return Waiting(*db.session.execute(_asked_of(organisation_id, _DEMANDS, _ASKED)).one())


def unknown_of_pair(demand_id: int, offer_id: int) -> Sequence[tuple[UnknownRequirement, bool]]:
    """What the match of a pair leaves unknown, in the demand's order, and whether it was asked already."""
    rows = db.session.execute(
        sa.select(UnknownRequirement, Question.id.is_not(None))
        .outerjoin(Question, _SAME)
        .where(UnknownRequirement.demand_id == demand_id, UnknownRequirement.offer_id == offer_id)
        .order_by(UnknownRequirement.position)
    )
    return [(row, asked) for row, asked in rows]
