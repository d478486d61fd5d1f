"""Who is here: check-in by badge, who did not come, and what their absence frees."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from marketplace import clock
from marketplace.accounts import tokens
from marketplace.actor import Actor
from marketplace.errors import NotFound
from marketplace.events.models import Person
from marketplace.extensions import db
from marketplace.floor import freed
from marketplace.matchmaking import calendar, policy, sessions, telling
from marketplace.matchmaking.models import Participation, ParticipationPerson
from marketplace.transaction import transaction


def badge_of(person: Person) -> str:
    """What the QR code of a badge carries: nobody guesses it, unlike the short code printed beside it."""
    return tokens.sign("badge", person.id, person.code)


def person_of(token: str) -> Person:
    """Whose badge it is. Raises NotFound."""
    number = tokens.row_id_of(token)
    person = db.session.get(Person, number) if number is not None else None
    if person is None or not tokens.matches(token, "badge", person.id, person.code):
        raise NotFound
    return person


def came(person_id: int) -> None:
    """In the transaction that checks a person in: its participations came after all, and may get freed slots at once.
    """
    rows = db.session.execute(
        sa.select(Participation.session_id, Participation.id)
        .join(ParticipationPerson, ParticipationPerson.participation_id == Participation.id)
        .where(ParticipationPerson.person_id == person_id, Participation.withdrawn_at.is_(None))
        .order_by(Participation.session_id, Participation.id)).all()
    for session_id in dict.fromkeys(session_id for session_id, _row in rows):
        sessions.lock(session_id)   # before its participations, as everybody does
        for number in (row for session, row in rows if session == session_id):
            sessions.locked(number).no_show_at = None
        freed.offer_freed(session_id)


def here() -> Any:
    """Participations of whom somebody is here."""
    return (sa.select(ParticipationPerson.participation_id).join(Person, Person.id == ParticipationPerson.person_id)
            .where(Person.arrived_at.is_not(None)))


def missing(session_id: int) -> list[int]:
    """Participations of whom nobody is here and who are not known to be absent."""
    return list(db.session.scalars(
        sa.select(Participation.id).where(
            Participation.session_id == session_id, Participation.withdrawn_at.is_(None),
            Participation.no_show_at.is_(None), Participation.id.not_in(here())).order_by(Participation.id)))


def mark_missing(*, actor: Actor, session_id: int) -> int:
    """Note as absent everybody of whom nobody has checked in; a repair then gives their slots to others. Returns how
    many."""
    policy.require_organise(actor)
    with transaction():
        sessions.lock(session_id)
        ids = missing(session_id)
        db.session.execute(sa.update(Participation).where(Participation.id.in_(ids)).values(no_show_at=clock.now()))
        sessions.note(actor, "session.missing_marked", session_id, count=len(ids))
    return len(ids)


def undo_absent(*, actor: Actor, participation_id: int) -> None:
    """Take back that somebody did not come: from now on they count as expected, and may be offered freed slots once
    they are here. Meetings cancelled meanwhile stay cancelled. Raises NotAllowed, NotFound."""
    policy.require_organise(actor)
    with transaction():
        found = db.session.get(Participation, participation_id)
        if found is None:
            raise NotFound
        sessions.lock(found.session_id)
        row = sessions.locked(participation_id)
        session_id, row.no_show_at = row.session_id, None
        sessions.note(actor, "session.absence_undone", session_id, participation=row.id)
    freed.offer_freed(session_id)


def release(*, actor: Actor, participation_id: int) -> int:
    """Give up the slots of somebody who does not come: their later meetings are cancelled, the others told, and what
    is free is offered at once. Returns how many meetings."""
    policy.require_organise(actor)
    with transaction():
        found = db.session.get(Participation, participation_id)
        if found is None:
            raise NotFound
        sessions.lock(found.session_id)
        row = sessions.locked(participation_id)
        now = clock.now()
        row.no_show_at = row.no_show_at or now
        meetings = [one for one in sessions.live_meetings(row.id) if one.starts_at > now and one.kind == "meeting"]
        for meeting in meetings:
            meeting.cancelled_at = now
            meeting.revision += 1
        calendar.release(meeting.id for meeting in meetings)
        telling.tell_cancelled(row, meetings, now)
        sessions.note(actor, "session.slots_released", row.session_id, participation=row.id, meetings=len(meetings))
        session_id = row.session_id
    freed.offer_freed(session_id)
    return len(meetings)
