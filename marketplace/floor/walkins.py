"""Who comes without a registration, and the openings of one counterpart: free now, or free if a meeting moved."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from marketplace import clock
from marketplace.actor import Actor
from marketplace.errors import ErrorCode, Invalid, NotFound
from marketplace.events import people as event_people
from marketplace.events import registration
from marketplace.events.people import PersonValues
from marketplace.extensions import db
from marketplace.floor import arrivals, freed
from marketplace.matchmaking import calendar, policy, problem, queries, sessions, wishes
from marketplace.matchmaking.grid import Slot, slots_of
from marketplace.matchmaking.models import Meeting, Participation, Preference
from marketplace.matchmaking.places import parts_of
from marketplace.matchmaking.standing import Standing
from marketplace.notifications.service import notify
from marketplace.organisations import service as organisations
from marketplace.organisations.profile import Profile
from marketplace.transaction import transaction
from scheduling import Opening, openings

MOST_SHOWN = 20


def walk_in(
    *, actor: Actor, session_id: int, side: str, name: str, lang: str, person: str, mobile: str = "",
    languages: dict[str, str] | None = None, organisation_id: int | None = None,
) -> Participation:
    """Register, seat and check in somebody who just came: an organisation known already, or a new one by its name.

    Raises NotAllowed, NotFound; Invalid by field.
    """
    policy.require_organise(actor)
    if side not in ("supply", "demand"):
        raise Invalid({"side": ErrorCode("unknown_choice")})
    with transaction():
        session = queries.session(session_id)
        if organisation_id is None:
            if not name:
                raise Invalid({"name": ErrorCode("required")})
            organisation_id = organisations.create_from_public_source(actor=actor, profile=Profile(
                names={lang: name}, is_supplier=True, is_institution=True)).id
        row = registration.register(actor=actor, event_id=session.event_id, organisation_id=organisation_id, side=side)
        guest = event_people.add_person(
            actor=actor, event_id=session.event_id, organisation_id=organisation_id,
            values=PersonValues(name=person, mobile=mobile, languages=languages or {}))
        made = sessions.join(actor=actor, session_id=session_id, registration_id=row.id, person_ids=[guest.id])[0]
        code, event_id = guest.code, session.event_id
    event_people.check_in(actor=actor, event_id=event_id, code=code)
    return made


@dataclass(frozen=True)
class Free:
    """A counterpart who is free with `own` in `slot`; `score`: of the stored match, None where there is none."""

    other: Participation
    slot: Slot
    score: float | None
    here: bool


def free_openings(own: Participation) -> list[Free]:
    """Counterparts with a first common free slot from now on, those who fit best and are here first; who said "no
    thanks" to the other, or meets them already, is left out."""
    session = queries.session(own.session_id)
    now = clock.now()
    slots = [one for one in slots_of(session, parts_of(session.id)) if one.part_id is not None and one.starts_at > now]
    if not slots:
        return []
    best = wishes.best_matches(session.id, own)
    here = set(db.session.scalars(arrivals.here()))
    refused = {other if mine == own.id else mine for mine, other in db.session.execute(
        sa.select(Preference.participation_id, Preference.other_id).where(
            Preference.choice == "no",
            sa.or_(Preference.participation_id == own.id, Preference.other_id == own.id)))}
    met = {b if a == own.id else a for a, b in db.session.execute(sa.select(Meeting.a_id, Meeting.b_id).where(
        Meeting.kind == "meeting", Meeting.cancelled_at.is_(None),
        sa.or_(Meeting.a_id == own.id, Meeting.b_id == own.id)))}
    others = [one for one in queries.participations_of(session.id)
              if one.side != own.side and one.organisation_id != own.organisation_id and one.no_show_at is None
              and one.id not in refused | met]
    standing = Standing(session, [own, *others])
    found = []
    for other in others:
        key = (own.organisation_id, other.organisation_id)
        match = best.get(key if own.side == "demand" else key[::-1])
        buyer, supplier = (own.id, other.id) if own.side == "demand" else (other.id, own.id)
        for slot in slots:
            if not standing.stops(buyer, supplier, slot):
                score = None if match is None or isinstance(match, float) else float(match.score)
                found.append(Free(other, slot, score, other.id in here))
                break
    return sorted(found, key=lambda one: (-(one.score or 0), not one.here, one.slot.index))[:MOST_SHOWN]


def if_moved(own: Participation) -> list[Opening]:
    """What a counterpart would gain if one named meeting moved; the published plan stays as it is."""
    framed = problem.problem_for(own.session_id, mode="newcomers", now=clock.now())
    return openings(framed.problem, framed.problem.published, problem.name_of(own.id))


def book(*, actor: Actor, own_id: int, other_id: int, slot_index: int) -> Meeting:
    """Give two counterparts a free slot, and tell both. Raises NotAllowed, NotFound; Invalid at "slot"."""
    policy.require_organise(actor)
    with transaction():
        found = queries.participation(own_id)
        session = sessions.lock(found.session_id)
        pair = sorted((sessions.locked(own_id), sessions.locked(other_id)), key=lambda one: one.side)
        if [one.side for one in pair] != ["demand", "supply"] or pair[0].session_id != pair[1].session_id:
            raise NotFound
        slot = next((one for one in slots_of(session, parts_of(session.id))
                     if one.index == slot_index and one.part_id is not None and one.starts_at > clock.now()), None)
        refused = db.session.scalar(sa.select(Preference.participation_id).where(
            Preference.choice == "no", sa.or_(
                sa.and_(Preference.participation_id == own_id, Preference.other_id == other_id),
                sa.and_(Preference.participation_id == other_id, Preference.other_id == own_id))).limit(1))
        if slot is None or refused is not None:
            raise Invalid({"slot": ErrorCode("double_booked", {"kind": calendar.PERSON})})
        meeting = freed.meet(session.id, pair[0], pair[1], slot.starts_at)
        for one in pair:
            notify(kind="timetable_changed", organisation_id=one.organisation_id,
                   dedupe_key=f"booked:{meeting.id}:{one.id}",
                   params={"session_id": session.id, "names": session.names, "changes": 1, "provisional": False})
        sessions.note(actor, "session.opening_booked", session.id, meeting=meeting.id)
    return meeting
