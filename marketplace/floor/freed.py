"""Freed slots go at once to the best pair that waits for each other and is here; both accept by one tap."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from marketplace import clock
from marketplace.errors import ErrorCode, Invalid, NotFound
from marketplace.events.models import Person
from marketplace.extensions import db
from marketplace.floor import delays
from marketplace.floor.models import FreedOffer
from marketplace.matchmaking import calendar, sessions
from marketplace.matchmaking.grid import Slot, slots_of
from marketplace.matchmaking.models import (
    MatchmakingSession,
    Meeting,
    MeetingRequest,
    Participation,
    ParticipationPerson,
    Preference,
)
from marketplace.matchmaking.places import free_place, parts_of
from marketplace.matchmaking.standing import Standing
from marketplace.notifications.service import notify
from marketplace.transaction import transaction

MINUTES_TO_ANSWER = 10
AHEAD = timedelta(hours=4)
AT_ONCE = 40


def offer_freed(session_id: int) -> int:
    """Offer the free slots of the next hours to waiting pairs, the best first; at most one offer waits for each.
    Returns how many offers were made."""
    with transaction():
        session = sessions.lock(session_id)
        _lapse(session_id)
        now = clock.now()
        slots = [one for one in slots_of(session, parts_of(session_id))
                 if one.part_id is not None and now < one.starts_at <= now + AHEAD]
        pairs = _waiting(session_id) if slots else []
        if not pairs:
            return 0
        standing = Standing(session, {one.id: one for pair in pairs for one in pair}.values())
        late = delays.late(session_id)
        made = 0
        served: set[int] = set()
        for slot in slots:
            for a, b in pairs:
                if a.id in served or b.id in served or made >= AT_ONCE:
                    continue
                if any(one.id in late and late[one.id] > slot.starts_at for one in (a, b)):
                    continue
                if standing.stops(a.id, b.id, slot):
                    continue
                if _offer(session, slot, a, b):
                    served |= {a.id, b.id}
                    made += 1
    return made


def _offer(session: MatchmakingSession, slot: Slot, a: Participation, b: Participation) -> bool:
    try:
        free_place(session.id, a, b, slot.ticks)
    except Invalid:
        return False
    now = clock.now()
    offer = FreedOffer(
        session_id=session.id, part_id=slot.part_id, a_id=a.id, b_id=b.id, starts_at=slot.starts_at,
        ends_at=slot.ends_at, created_at=now,
        expires_at=min(now + timedelta(minutes=MINUTES_TO_ANSWER), slot.starts_at))
    db.session.add(offer)
    db.session.flush()
    for own, other in ((a, b), (b, a)):
        notify(kind="slot_freed", organisation_id=own.organisation_id, dedupe_key=f"freed:{offer.id}:{own.id}",
               params={"session_id": session.id, "names": other.organisation.names,
                       "at": slot.starts_at.isoformat(), "zone": session.event.time_zone})
    return True


def _waiting(session_id: int) -> list[tuple[Participation, Participation]]:
    """Buyer and supplier who wish for each other (or agreed to meet), are here, do not meet and have no offer waiting;
    those who wish most come first."""
    arrived = (sa.select(ParticipationPerson.participation_id)
               .join(Person, Person.id == ParticipationPerson.person_id).where(Person.arrived_at.is_not(None)))
    busy = sa.select(FreedOffer.a_id).where(FreedOffer.session_id == session_id, FreedOffer.closed_at.is_(None)).union(
        sa.select(FreedOffer.b_id).where(FreedOffer.session_id == session_id, FreedOffer.closed_at.is_(None)))
    people = {one.id: one for one in db.session.scalars(
        sa.select(Participation).where(
            Participation.session_id == session_id, Participation.withdrawn_at.is_(None),
            Participation.no_show_at.is_(None), Participation.id.in_(arrived), Participation.id.not_in(busy))
        .options(selectinload(Participation.people), joinedload(Participation.organisation)))}
    wishes: dict[tuple[int, int], str] = {(own, other): choice for own, other, choice in db.session.execute(
        sa.select(Preference.participation_id, Preference.other_id, Preference.choice).where(
            Preference.participation_id.in_(list(people))))}
    agreed = {(own, other) for own, other in db.session.execute(
        sa.select(MeetingRequest.from_id, MeetingRequest.to_id).where(
            MeetingRequest.session_id == session_id, MeetingRequest.accepted_at.is_not(None)))}
    met = {(a, b) for a, b in db.session.execute(sa.select(Meeting.a_id, Meeting.b_id).where(
        Meeting.session_id == session_id, Meeting.kind == "meeting", Meeting.cancelled_at.is_(None)))}
    tried = {(a, b) for a, b in db.session.execute(sa.select(FreedOffer.a_id, FreedOffer.b_id).where(
        FreedOffer.session_id == session_id))}
    worth = {"must": 2, "would": 1}
    found = []
    for own, other in {*wishes, *agreed}:
        if own not in people or other not in people:
            continue
        a, b = (own, other) if people[own].side == "demand" else (other, own)
        both = (wishes.get((a, b)), wishes.get((b, a)))
        mutual = all(one in worth for one in both) or (a, b) in agreed or (b, a) in agreed
        if not mutual or "no" in both or (a, b) in met or (a, b) in tried:
            continue
        found.append((-sum(worth.get(one or "", 1) for one in both), a, b))
    return [(people[a], people[b]) for _worth, a, b in sorted(set(found))]


def _lapse(session_id: int) -> None:
    now = clock.now()
    db.session.execute(
        sa.update(FreedOffer).where(FreedOffer.session_id == session_id, FreedOffer.closed_at.is_(None),
                                    FreedOffer.expires_at <= now)
        .values(closed_at=now, outcome="lapsed").execution_options(synchronize_session=False))


def offers_of(participation_ids: list[int]) -> list[FreedOffer]:
    """What waits for an answer of these participations."""
    return list(db.session.scalars(
        sa.select(FreedOffer).where(
            sa.or_(FreedOffer.a_id.in_(participation_ids), FreedOffer.b_id.in_(participation_ids)),
            FreedOffer.closed_at.is_(None), FreedOffer.expires_at > clock.now())
        .options(joinedload(FreedOffer.a).joinedload(Participation.organisation),
                 joinedload(FreedOffer.b).joinedload(Participation.organisation))
        .order_by(FreedOffer.starts_at, FreedOffer.id)))


def answer(*, offer_id: int, participation_id: int, accepts: bool) -> FreedOffer:
    """Accept or decline, for whoever holds the participation's link. When both accepted, the meeting stands, unless
    somebody was quicker: `outcome` says "met" or "lost", and both are told.

    Raises NotFound for somebody else's offer, Invalid "offer_over" for one that is closed or too old.
    """
    with transaction():
        found = db.session.get(FreedOffer, offer_id)
        if found is None or participation_id not in (found.a_id, found.b_id):
            raise NotFound
        sessions.lock(found.session_id)
        offer = db.session.scalars(
            sa.select(FreedOffer).where(FreedOffer.id == offer_id).with_for_update()
            .execution_options(populate_existing=True)).one()
        now = clock.now()
        mine = "a_accepted_at" if participation_id == offer.a_id else "b_accepted_at"
        if offer.closed_at is not None or offer.expires_at <= now:
            if offer.outcome == "met":
                return offer
            raise Invalid({"offer": ErrorCode("offer_over")})
        if not accepts:
            offer.closed_at, offer.outcome = now, "declined"
        else:
            setattr(offer, mine, getattr(offer, mine) or now)
            if offer.a_accepted_at and offer.b_accepted_at:
                _book(offer)
        session_id, closed = offer.session_id, offer.closed_at is not None
    if closed and offer.outcome != "met":
        offer_freed(session_id)
    return offer


def _book(offer: FreedOffer) -> None:
    """Make the meeting of an offer that both accepted; of two who want one place or person, the calendar takes one."""
    offer.closed_at = clock.now()
    try:
        with db.session.begin_nested():
            _require_both(offer)
            offer.meeting_id = meet(offer.session_id, offer.a, offer.b, offer.starts_at).id
        offer.outcome = "met"
    except Invalid:
        offer.meeting_id, offer.outcome = None, "lost"
    for own, other in ((offer.a, offer.b), (offer.b, offer.a)):
        notify(kind="slot_taken", organisation_id=own.organisation_id,
               dedupe_key=f"freed:{offer.id}:{own.id}:{offer.outcome}",
               params={"session_id": offer.session_id, "names": other.organisation.names,
                       "at": offer.starts_at.isoformat(), "zone": offer.session.event.time_zone,
                       "met": offer.outcome == "met"})


def _require_both(offer: FreedOffer) -> None:
    """Raises Invalid at "slot" where one of the two left, does not come, or said "no thanks" since it was offered."""
    pair = (offer.a_id, offer.b_id)
    gone = sa.select(Participation.id).where(
        Participation.id.in_(pair),
        sa.or_(Participation.withdrawn_at.is_not(None), Participation.no_show_at.is_not(None)))
    refused = sa.select(Preference.participation_id).where(
        Preference.participation_id.in_(pair), Preference.other_id.in_(pair), Preference.choice == "no")
    if db.session.scalar(gone.limit(1)) is not None or db.session.scalar(refused.limit(1)) is not None:
        raise Invalid({"slot": ErrorCode("double_booked", {"kind": calendar.PERSON})})


def meet(session_id: int, a: Participation, b: Participation, starts_at: datetime) -> Meeting:
    """A meeting of a pair that stands from now on, in the open transaction. Raises Invalid at "slot" where a rule of
    the plan stands against it, or no table is free."""
    meets = sa.select(Meeting.id).where(Meeting.kind == "meeting", Meeting.cancelled_at.is_(None),
                                        Meeting.a_id == a.id, Meeting.b_id == b.id)
    standing = Standing(db.session.get_one(MatchmakingSession, session_id), (a, b))
    slot = next((one for one in standing.slots if one.part_id is not None and one.starts_at == starts_at), None)
    if slot is None or db.session.scalar(meets) is not None:
        raise Invalid({"slot": ErrorCode("double_booked", {"kind": calendar.PERSON})})
    meeting = Meeting(session_id=session_id, kind="meeting", origin="request", pinned=True, a_id=a.id, b_id=b.id,
                      part_id=slot.part_id, starts_at=slot.starts_at, ends_at=slot.ends_at,
                      interpreter_id=standing.require_open(a.id, b.id, slot))
    meeting.zone_id, meeting.table_id = free_place(session_id, a, b, slot.ticks)
    db.session.add(meeting)
    db.session.flush()
    calendar.occupy([meeting])
    return meeting
