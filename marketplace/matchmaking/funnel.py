"""From demand to outcome: what an event led to, in figures and as tables to take along."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from catalogue import currencies
from marketplace.extensions import db
from marketplace.i18n import pick
from marketplace.matchmaking import queries
from marketplace.matchmaking.after_models import STAGES, MeetingFeedback, Outcome
from marketplace.matchmaking.models import MatchmakingSession, Meeting, MeetingRequest, Participation
from marketplace.matchmaking.wishes import best_matches
from marketplace.organisations.models import Organisation


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


def meetings_table(event_id: int) -> list[list[Any]]:
    """The meetings of an event: session, times, place, sides, feedback of each side."""
    rows: list[list[Any]] = [["session", "starts", "ends", "hall", "zone", "table", "buyer", "supplier",
                              "buyer_feedback", "supplier_feedback"]]
    sessions = queries.sessions_of(event_id, only_open=False)
    told = {
        (meeting_id, participation_id): answer for meeting_id, participation_id, answer in db.session.execute(
            sa.select(MeetingFeedback.meeting_id, MeetingFeedback.participation_id, MeetingFeedback.answer)
            .join(Meeting, Meeting.id == MeetingFeedback.meeting_id)
            .where(Meeting.session_id.in_([one.id for one in sessions])))}
    for session in sessions:
        for one in queries.meetings_of(session.id):
            if one.kind != "meeting" or one.b is None or one.b_id is None:
                continue
            rows.append([
                _name(session.names), one.starts_at.isoformat(), one.ends_at.isoformat(),
                one.zone.hall.code if one.zone else "", one.zone.code if one.zone else "",
                one.table.number if one.table else "", _name(one.a.organisation.names),
                _name(one.b.organisation.names), told.get((one.id, one.a_id), ""), told.get((one.id, one.b_id), "")])
    return rows


def outcomes_table(event_id: int) -> list[list[Any]]:
    """The outcomes of an event, one a line, with who said so and whether the other side confirmed it."""
    buyer, supplier = sa.orm.aliased(Organisation), sa.orm.aliased(Organisation)
    a, b = sa.orm.aliased(Participation), sa.orm.aliased(Participation)
    found = db.session.execute(
        sa.select(Outcome, buyer.names, supplier.names, a.id)
        .join(Meeting, Meeting.id == Outcome.meeting_id)
        .join(MatchmakingSession, MatchmakingSession.id == Meeting.session_id)
        .join(a, a.id == Meeting.a_id).join(buyer, buyer.id == a.organisation_id)
        .join(b, b.id == Meeting.b_id).join(supplier, supplier.id == b.organisation_id)
        .where(MatchmakingSession.event_id == event_id).order_by(Outcome.happened_on.asc().nulls_last(), Outcome.id))
    rows: list[list[Any]] = [["buyer", "supplier", "stage", "amount", "currency", "date", "evidence", "said_by",
                              "confirmed_by_both"]]
    for one, buyer_names, supplier_names, a_id in found:
        amount = currencies.from_minor(one.minor, one.currency) if one.minor is not None else ""
        rows.append([_name(buyer_names), _name(supplier_names), one.stage, amount, one.currency or "",
                     one.happened_on.isoformat(), one.evidence, "buyer" if one.said_by == a_id else "supplier",
                     "yes" if one.confirmed_at else "no"])
    return rows


def _name(names: dict[str, str]) -> str:
    """A name is never converted: in the reader's language where it has one, else as it is written."""
    return pick(names, convert=False).text
