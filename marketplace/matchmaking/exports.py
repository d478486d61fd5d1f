"""What organisers take along of an event as rows under headings in the reader's language; names are never converted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from catalogue import currencies
from marketplace.extensions import db
from marketplace.i18n import pick
from marketplace.matchmaking import queries, wording
from marketplace.matchmaking.after_models import MeetingFeedback, Outcome
from marketplace.matchmaking.models import MatchmakingSession, Meeting, Participation
from marketplace.matchmaking.moments import local_moment, local_time
from marketplace.organisations.models import Organisation

Rows = list[list[Any]]


def meetings(event_id: int) -> Rows:
    """The meetings of an event by time: place, sides, and the feedback of each side."""
    sessions = queries.sessions_of(event_id, only_open=False)
    told = {(one.meeting_id, one.participation_id): one.answer for one in db.session.scalars(
        sa.select(MeetingFeedback).join(Meeting, Meeting.id == MeetingFeedback.meeting_id)
        .where(Meeting.session_id.in_([one.id for one in sessions])))}
    rows: Rows = [[_("Session"), _("Begins"), _("Ends"), _("Hall"), _("Zone"), _("Table or stand"), _("Buyer"),
                   _("Exhibitor"), _("The buyer says"), _("The exhibitor says")]]
    for session, one in _meetings(sessions):
        feedback = [told.get((one.id, side), "") for side in (one.a_id, one.b_id or 0)]
        rows.append([_text(session.names), *_when(one, session), *place(one), _name(one.a), _name(one.b),
                     *(str(wording.FEEDBACK[answer]) if answer else "" for answer in feedback)])
    return rows


def halls(event_id: int) -> Rows:
    """The same by hall, then time: what hangs at the door of each hall."""
    rows: Rows = [[_("Hall"), _("Begins"), _("Ends"), _("Zone"), _("Table or stand"), _("Buyer"), _("Exhibitor"),
                   _("Session")]]
    found = [(place(one), one, session)
             for session, one in _meetings(queries.sessions_of(event_id, only_open=False))]
    for (hall, zone, table), one, session in sorted(
        found, key=lambda row: (row[0][0], row[1].starts_at, row[0][1], str(row[0][2]).zfill(8), row[1].id)
    ):
        rows.append([hall, *_when(one, session), zone, table, _name(one.a), _name(one.b), _text(session.names)])
    return rows


def participants(event_id: int) -> Rows:
    """Who takes part, one line a person: for organisers, who alone know everybody's number."""
    rows: Rows = [[_("Session"), _("Organisation"), _("Side"), _("Name"), _("Role"), _("Mobile number"),
                   _("Code on the badge"), _("Stand"), _("Confirmed"), _("Arrived")]]
    for session in queries.sessions_of(event_id, only_open=False):
        zone = session.event.time_zone
        for one in queries.participations_of(session.id):
            firm = [_text(session.names), _text(one.organisation.names, convert=False),
                    _("Buyer") if one.side == "demand" else _("Exhibitor")]
            booth = one.registration.booth.code if one.registration.booth is not None else ""
            confirmed = local_moment(one.confirmed_at, zone) if one.confirmed_at else ""
            for person in one.people:
                rows.append([*firm, person.name, person.role, person.mobile, person.code, booth, confirmed,
                             local_moment(person.arrived_at, zone) if person.arrived_at else ""])
            if not one.people:
                rows.append([*firm, "", "", "", "", booth, confirmed, ""])
    return rows


def outcomes(event_id: int) -> Rows:
    """The outcomes of an event, one a line, with who said so and whether the other side confirmed it; no sums."""
    buyer, supplier = sa.orm.aliased(Organisation), sa.orm.aliased(Organisation)
    a, b = sa.orm.aliased(Participation), sa.orm.aliased(Participation)
    found = db.session.execute(
        sa.select(Outcome, buyer.names, supplier.names, a.id)
        .join(Meeting, Meeting.id == Outcome.meeting_id)
        .join(MatchmakingSession, MatchmakingSession.id == Meeting.session_id)
        .join(a, a.id == Meeting.a_id).join(buyer, buyer.id == a.organisation_id)
        .join(b, b.id == Meeting.b_id).join(supplier, supplier.id == b.organisation_id)
        .where(MatchmakingSession.event_id == event_id).order_by(Outcome.happened_on.asc().nulls_last(), Outcome.id))
    rows: Rows = [[_("Buyer"), _("Exhibitor"), _("Stage"), _("Amount"), _("Currency"), _("Day"), _("Evidence"),
                   _("Said by"), _("confirmed by both")]]
    for one, buyer_names, supplier_names, a_id in found:
        amount = currencies.from_minor(one.minor, one.currency) if one.minor is not None else ""
        rows.append([_text(buyer_names, convert=False), _text(supplier_names, convert=False),
                     str(wording.OUTCOMES[one.stage]), amount, one.currency or "", one.happened_on, one.evidence,
                     _("Buyer") if one.said_by == a_id else _("Exhibitor"), _("yes") if one.confirmed_at else _("no")])
    return rows


def timetable(rows_of: list[Participation], session: MatchmakingSession) -> Rows:
    """One's own timetable."""
    rows: Rows = [[_("Begins"), _("Ends"), _("With"), _("Hall"), _("Zone"), _("Table or stand"), _("Note")]]
    for one in queries.timetable([row.id for row in rows_of]):
        other = _name(one.other) if one.other is not None else str(wording.PARTS[one.meeting.kind])
        rows.append([*_when(one.meeting, session), other, *place(one.meeting),
                     _("with an interpreter") if one.meeting.interpreter_id else ""])
    return rows


TABLES: dict[str, Callable[[int], Rows]] = {
    "meetings": meetings, "halls": halls, "participants": participants, "outcomes": outcomes}


def place(one: Meeting) -> tuple[str, str, Any]:
    """(hall, zone, table's number or stand's code) of a meeting, each "" where it has none."""
    booth = one.b.registration.booth if one.b is not None else None
    table = one.table.number if one.table is not None else booth.code if booth is not None else ""
    return (one.zone.hall.code, one.zone.code, table) if one.zone is not None else ("", "", table)


def _meetings(sessions: list[MatchmakingSession]) -> list[tuple[MatchmakingSession, Meeting]]:
    return [(session, one) for session in sessions for one in queries.meetings_of(session.id)
            if one.kind == "meeting" and one.b is not None]


def _when(one: Meeting, session: MatchmakingSession) -> tuple[str, str]:
    zone = session.event.time_zone
    return local_moment(one.starts_at, zone), local_time(one.ends_at, zone)


def _name(row: Participation | None) -> str:
    return _text(row.organisation.names, convert=False) if row is not None else ""


def _text(names: dict[str, str], *, convert: bool = True) -> str:
    return pick(names, convert=convert).text
