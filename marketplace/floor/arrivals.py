"""Who is here: check-in by badge, who did not come, and what their absence frees."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from marketplace import clock
from marketplace.accounts import tokens
from marketplace.actor import Actor
from marketplace.errors import NotFound
from marketplace.events import people
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


def check_in(*, actor: Actor, event_id: int, code: str) -> Person:
    """Note that the person of a badge is here: its participations came after all, and may get freed slots at once.

    Raises NotAllowed, and Invalid at "code".
    """
    with transaction():
        person = people.check_in(actor=actor, event_id=event_id, code=code)
        rows = db.session.scalars(
            sa.select(Participation).join(ParticipationPerson, ParticipationPerson.participation_id == Participation.id)
            .where(ParticipationPerson.person_id == person.id, Participation.withdrawn_at.is_(None))
            .order_by(Participation.id)).all()
        for row in rows:
            row.no_show_at = None
    for session_id in {row.session_id for row in rows}:
        freed.offer_freed(session_id)
    return person


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
