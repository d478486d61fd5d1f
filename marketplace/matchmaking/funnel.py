"""From demand to outcome: what an event led to, in figures."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from marketplace.extensions import db
from marketplace.matchmaking import queries
from marketplace.matchmaking.after_models import STAGES, MeetingFeedback, Outcome
from marketplace.matchmaking.models import Meeting, MeetingRequest
from marketplace.matchmaking.wishes import best_matches


@dataclass(frozen=True)
class Amounts:
    """The outcomes of one stage: how many, how many of them both sides confirmed, and sums by currency."""

    count: int = 0
    confirmed: int = 0
    sums: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Funnel:
    """The steps of one event in order, and the amounts of each stage, never added together."""

    steps: list[tuple[str, int]]
    stages: dict[str, Amounts]


def funnel_of(event_id: int) -> Funnel:
    """Count what became of the demands of an event, in a number of statements fixed by its sessions."""
    sessions = queries.sessions_of(event_id, only_open=False)
    ids = [one.id for one in sessions]
    _offers, demands = queries.listing_ids(event_id)
    fitting = {pair for one in ids for pair in best_matches(one)}
    asked = _count(sa.select(MeetingRequest.id).where(MeetingRequest.session_id.in_(ids)))
    meetings = sa.select(Meeting.id).where(
        Meeting.session_id.in_(ids), Meeting.kind == "meeting", Meeting.cancelled_at.is_(None))
    answers: dict[int, set[str]] = {}
    for meeting_id, answer in db.session.execute(
        sa.select(MeetingFeedback.meeting_id, MeetingFeedback.answer).where(MeetingFeedback.meeting_id.in_(meetings))
    ):
        answers.setdefault(meeting_id, set()).add(answer)
    held = sum("not_held" not in one for one in answers.values())
    follow = sum("possible" in one for one in answers.values())
    rows = db.session.execute(
        sa.select(Outcome.stage, Outcome.currency, Outcome.confirmed_at.is_not(None), sa.func.count(),
                  sa.func.sum(Outcome.minor))
        .join(Meeting, Meeting.id == Outcome.meeting_id).where(Meeting.session_id.in_(ids))
        .group_by(Outcome.stage, Outcome.currency, Outcome.confirmed_at.is_not(None))).all()
    stages = {}
    for stage in STAGES:
        own = [row for row in rows if row[0] == stage]
        sums: dict[str, int] = {}
        for _stage, currency, _confirmed, _number, total in own:
            if currency is not None and total is not None:
                sums[currency] = sums.get(currency, 0) + int(total)
        stages[stage] = Amounts(sum(row[3] for row in own), sum(row[3] for row in own if row[2]), sums)
    led = db.session.scalar(
        sa.select(sa.func.count(sa.distinct(Outcome.meeting_id))).where(
            Outcome.meeting_id.in_(meetings), Outcome.stage != "lapsed")) or 0
    return Funnel(
        [("demands", len(demands)), ("matches", len(fitting)), ("requests", asked), ("meetings", _count(meetings)),
         ("held", held), ("follow_up", follow), ("outcomes", led)], stages)


def _count(ids: sa.Select[Any]) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(ids.subquery())) or 0
