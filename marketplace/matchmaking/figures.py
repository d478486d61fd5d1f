"""The figures of one edition for those who decide about the next: who came, what came of it, what lacks."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import sqlalchemy as sa

from marketplace.demands.models import Demand, DemandVersion
from marketplace.events import queries as event_queries
from marketplace.events.models import Event, Person
from marketplace.extensions import db
from marketplace.matches.models import Match
from marketplace.matchmaking import funnel, queries
from marketplace.matchmaking.after_models import FEEDBACK, MeetingFeedback
from marketplace.matchmaking.models import Meeting, Participation


@dataclass(frozen=True)
class Figures:
    """`people`, `came`: named and checked in. `without`: side to organisations that had no meeting. `unmet`: (kind,
    demands of it that no offer of the edition fits), the most first. `answers`: feedback of both sides by word."""

    event: Event
    funnel: funnel.Funnel
    buyers: int
    suppliers: int
    people: int
    came: int
    without: dict[str, int]
    unmet: list[tuple[str, int]]
    answers: dict[str, int]
    silent: int


def figures_of(event_id: int) -> Figures:
    """Count, in a number of statements fixed by the sessions of the event."""
    event = event_queries.find(event_id)
    ids = [one.id for one in queries.sessions_of(event_id, only_open=False)]
    sides: dict[str, set[int]] = {"demand": set(), "supply": set()}
    for side, organisation_id in db.session.execute(
        sa.select(Participation.side, Participation.organisation_id)
        .where(Participation.session_id.in_(ids), Participation.withdrawn_at.is_(None))
    ):
        sides[side].add(organisation_id)
    met = set(db.session.scalars(
        sa.select(Participation.organisation_id)
        .join(Meeting, sa.or_(Meeting.a_id == Participation.id, Meeting.b_id == Participation.id))
        .where(Meeting.session_id.in_(ids), Meeting.kind == "meeting", Meeting.cancelled_at.is_(None)).distinct()))
    people, came = db.session.execute(
        sa.select(sa.func.count(), sa.func.count(Person.arrived_at)).where(Person.event_id == event_id)).one()
    words: Counter[str] = Counter()
    heard: set[int] = set()
    for meeting_id, answer in db.session.execute(
        sa.select(MeetingFeedback.meeting_id, MeetingFeedback.answer)
        .join(Meeting, Meeting.id == MeetingFeedback.meeting_id)
        .where(Meeting.session_id.in_(ids), Meeting.kind == "meeting", Meeting.cancelled_at.is_(None))
    ):
        words[answer] += 1
        heard.add(meeting_id)
    found = funnel.funnel_of(event_id)
    return Figures(
        event=event, funnel=found, buyers=len(sides["demand"]), suppliers=len(sides["supply"]), people=people,
        came=came, without={side: len(members - met) for side, members in sides.items()}, unmet=_unmet(event_id),
        answers={one: words[one] for one in FEEDBACK}, silent=dict(found.steps)["meetings"] - len(heard))


def _unmet(event_id: int) -> list[tuple[str, int]]:
    offers, demands = queries.listing_ids(event_id)
    here = set(offers)
    fitted = {demand for demand, offer in db.session.execute(
        sa.select(Match.demand_id, Match.offer_id).where(Match.demand_id.in_(demands), Match.band != "near miss"))
        if offer in here}
    kinds = Counter(content["kind"] for content in db.session.scalars(
        sa.select(DemandVersion.content).join(Demand, Demand.live_version_id == DemandVersion.id)
        .where(Demand.id.in_(set(demands) - fitted))))
    return sorted(kinds.items(), key=lambda one: (-one[1], one[0]))


def edition_before(event: Event) -> Event | None:
    """The last event of the same kind that ended before this one began."""
    earlier = [one for one in event_queries.all_events() if one.kind == event.kind and one.ends_on < event.starts_on]
    return max(earlier, key=lambda one: (one.ends_on, one.id), default=None)
