"""What the pages of this room read, each in a fixed number of statements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from marketplace.demands.models import Demand
from marketplace.errors import NotFound
from marketplace.events.models import Registration, Zone
from marketplace.extensions import db
from marketplace.matchmaking.models import (
    MatchmakingSession,
    Meeting,
    MeetingRequest,
    Participation,
    Preference,
)
from marketplace.offers.models import Offer
from marketplace.organisations.models import Organisation


def session(session_id: int) -> MatchmakingSession:
    """The session of an id. Raises NotFound."""
    found = db.session.get(MatchmakingSession, session_id)
    if found is None:
        raise NotFound
    return found


def sessions_of(event_id: int, *, only_open: bool) -> list[MatchmakingSession]:
    """The sessions of an event by day."""
    statement = sa.select(MatchmakingSession).where(MatchmakingSession.event_id == event_id)
    if only_open:
        statement = statement.where(MatchmakingSession.opened_at.is_not(None))
    return list(db.session.scalars(
        statement.order_by(MatchmakingSession.held_on.asc().nulls_last(), MatchmakingSession.id)))


def participation(participation_id: int) -> Participation:
    """The participation of an id. Raises NotFound."""
    found = db.session.get(Participation, participation_id)
    if found is None:
        raise NotFound
    return found


def participations_of(session_id: int, *, organisation_id: int | None = None) -> list[Participation]:
    """Who takes part, by name of the organisation; of one organisation, if given."""
    statement = sa.select(Participation).join(Participation.organisation).where(
        Participation.session_id == session_id, Participation.withdrawn_at.is_(None))
    if organisation_id is not None:
        statement = statement.where(Participation.organisation_id == organisation_id)
    loads = (joinedload(Participation.organisation), selectinload(Participation.people),
             joinedload(Participation.registration).joinedload(Registration.booth))
    return list(db.session.scalars(
        statement.options(*loads).order_by(Organisation.name_folded, Participation.id)))


def requests_of(participation_ids: list[int]) -> list[MeetingRequest]:
    """Requests that these participations sent or got, the newest first. One whose receiver said "no thanks" to its
    sender, or takes requests by invitation only and has no wish for the sender, is not shown to the receiver."""
    wished = sa.select(Preference.choice).where(
        Preference.participation_id == MeetingRequest.to_id, Preference.other_id == MeetingRequest.from_id)
    by_invitation = sa.exists().where(
        Participation.id == MeetingRequest.to_id, Participation.side == "demand", Participation.accepts == "invited")
    refused = sa.or_(sa.exists(wished.where(Preference.choice == "no")), sa.and_(by_invitation, ~sa.exists(wished)))
    return list(db.session.scalars(
        sa.select(MeetingRequest)
        .where(sa.or_(MeetingRequest.from_id.in_(participation_ids),
                      sa.and_(MeetingRequest.to_id.in_(participation_ids), ~refused)))
        .options(joinedload(MeetingRequest.sender).joinedload(Participation.organisation),
                 joinedload(MeetingRequest.receiver).joinedload(Participation.organisation))
        .order_by(MeetingRequest.id.desc())))


@dataclass(frozen=True)
class Entry:
    """One line of somebody's timetable. `other`: the counterpart, None for a turn of one's own."""

    meeting: Meeting
    other: Participation | None

    @property
    def cancelled(self) -> bool:
        """Whether it fell away."""
        return self.meeting.cancelled_at is not None


def timetable(participation_ids: list[int], *, with_cancelled: bool = False) -> list[Entry]:
    """What these participations have, in the order of time."""
    if not participation_ids:
        return []
    statement = sa.select(Meeting).where(
        sa.or_(Meeting.a_id.in_(participation_ids), Meeting.b_id.in_(participation_ids)))
    if not with_cancelled:
        statement = statement.where(Meeting.cancelled_at.is_(None))
    rows = db.session.scalars(statement.options(*loads()).order_by(Meeting.starts_at, Meeting.id))
    return [Entry(one, one.b if one.a_id in participation_ids else one.a) for one in rows]


def loads() -> tuple[Any, ...]:
    """What a line of a timetable shows, read along."""
    return (
        joinedload(Meeting.a).joinedload(Participation.organisation),
        joinedload(Meeting.b).joinedload(Participation.organisation),
        joinedload(Meeting.b).joinedload(Participation.registration).joinedload(Registration.booth),
        joinedload(Meeting.zone).joinedload(Zone.hall),
        joinedload(Meeting.table),
    )


def meetings_of(session_id: int) -> list[Meeting]:
    """All that stands in a session, in the order of time, zone and table."""
    rows = db.session.scalars(
        sa.select(Meeting).where(Meeting.session_id == session_id, Meeting.cancelled_at.is_(None))
        .options(*loads()).order_by(Meeting.starts_at, Meeting.id)).all()
    return sorted(rows, key=lambda one: (one.starts_at, one.zone.code if one.zone else "",
                                         one.table.number if one.table else 0, one.id))


def meetings_between(session_id: int, now: datetime, ahead: timedelta = timedelta(hours=3)) -> list[Meeting]:
    """What is under way at `now` or begins within `ahead`, in the order of time, zone and table."""
    rows = db.session.scalars(
        sa.select(Meeting).where(
            Meeting.session_id == session_id, Meeting.cancelled_at.is_(None), Meeting.ends_at > now,
            Meeting.starts_at <= now + ahead).options(*loads()).order_by(Meeting.starts_at, Meeting.id)).all()
    return sorted(rows, key=lambda one: (one.starts_at, one.zone.code if one.zone else "",
                                         one.table.number if one.table else 0, one.id))


def turns_of(session_id: int) -> dict[int, list[Meeting]]:
    """Part to its turns in their order."""
    found: dict[int, list[Meeting]] = {}
    for one in db.session.scalars(
        sa.select(Meeting).where(Meeting.session_id == session_id, Meeting.origin == "turn",
                                 Meeting.cancelled_at.is_(None)).options(*loads())
        .order_by(Meeting.starts_at, Meeting.id)
    ):
        found.setdefault(one.part_id or 0, []).append(one)
    return found


@dataclass(frozen=True)
class Name:
    """A participation on the board."""

    id: int
    names: dict[str, str]
    side: str
    away: bool


def names_of(session_id: int) -> dict[str, Name]:
    """Participations as a plan names them ("p12"), those who left included: two columns, one statement."""
    rows = db.session.execute(
        sa.select(Participation.id, Organisation.names, Participation.side, Participation.no_show_at)
        .join(Organisation, Organisation.id == Participation.organisation_id)
        .where(Participation.session_id == session_id).order_by(Organisation.name_folded, Participation.id))
    return {f"p{number}": Name(number, names, side, no_show is not None) for number, names, side, no_show in rows}


def listing_ids(event_id: int) -> tuple[list[int], list[int]]:
    """(offers of the exhibitors, demands of the buyers) that take part; whether they are open is asked when shown."""
    approved = sa.select(Registration.organisation_id).where(
        Registration.event_id == event_id, Registration.approved_at.is_not(None), Registration.withdrawn_at.is_(None))
    offers = db.session.scalars(
        sa.select(Offer.id).where(
            Offer.organisation_id.in_(approved.where(Registration.side == "supply")),
            Offer.live_version_id.is_not(None)).order_by(Offer.id.desc()))
    demands = db.session.scalars(
        sa.select(Demand.id).where(
            Demand.organisation_id.in_(approved.where(Registration.side == "demand")),
            Demand.live_version_id.is_not(None)).order_by(Demand.id.desc()))
    return list(offers), list(demands)


def next_meeting_after(entries: list[Entry], now: datetime) -> Entry | None:
    """The line of a timetable that comes next, or is under way."""
    return next((one for one in entries if one.meeting.ends_at > now and not one.cancelled), None)
