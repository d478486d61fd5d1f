"""Ask a counterpart to meet; accept, decline, propose another time. A request that waits holds nobody's slot."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from marketplace import clock
from marketplace.actor import Actor
from marketplace.errors import AlreadyDone, ErrorCode, Invalid, NotFound
from marketplace.extensions import db
from marketplace.matchmaking import calendar, policy, telling, wishes
from marketplace.matchmaking.grid import Slot, slots_of
from marketplace.matchmaking.models import (
    DECLINE_REASONS,
    MatchmakingSession,
    Meeting,
    MeetingRequest,
    Participation,
    Preference,
)
from marketplace.matchmaking.places import free_place, parts_of
from marketplace.matchmaking.sessions import lock, locked, note
from marketplace.matchmaking.standing import Standing
from marketplace.transaction import transaction


def ask(
    *, actor: Actor, from_id: int, to_id: int, message: str = "", starts_at: datetime | None = None,
    submission_id: str | None = None,
) -> MeetingRequest:
    """Ask to meet, with a message and perhaps a time.

    Raises:
        NotFound, NotAllowed, AlreadyDone.
        Invalid: at "to" where the two are no counterparts, "requests_closed" where the other takes no such request
            (a wish or a "no thanks" decides nothing here: such a request simply lapses, so that nobody learns of
            either), "request_open" where one
            waits already, "quota_reached"; at "message"; at "slot" for no slot of the session.
    """
    with transaction():
        again = sa.select(MeetingRequest.id).where(MeetingRequest.submission_id == submission_id)
        if submission_id and (made := db.session.scalar(again)):
            raise AlreadyDone(made)
        found = policy.require_act(actor, db.session.get(Participation, from_id))
        session = lock(found.session_id)
        own, other = locked(from_id), locked(to_id)
        if own.session_id != other.session_id or own.side == other.side or own.withdrawn_at or other.withdrawn_at:
            raise Invalid({"to": ErrorCode("unknown_choice")})
        if len(message) > 1000:
            raise Invalid({"message": ErrorCode("too_long", {"maximum": 1000, "length": len(message)})})
        if starts_at is not None:
            _slot(session, starts_at)
        _check_open(session, own, other, moves=starts_at is not None)
        now = clock.now()
        request = MeetingRequest(
            session_id=session.id, from_id=own.id, to_id=other.id, turn_id=other.id, message=message,
            starts_at=starts_at, expires_at=now + timedelta(hours=session.request_hours), created_at=now,
            submission_id=submission_id)
        db.session.add(request)
        db.session.flush()
        if hears(other, own.id):
            telling.tell_of_request(request, turn="new")
        note(actor, "session.requested", session.id, request=request.id)
    return request


def hears(receiver: Participation, sender_id: int) -> bool:
    """Whether a counterpart gets to see a request of the sender: not after a "no thanks", and, where it takes
    requests by invitation only, not without a wish of its own. The sender is told neither."""
    choice = db.session.scalar(sa.select(Preference.choice).where(
        Preference.participation_id == receiver.id, Preference.other_id == sender_id))
    if choice is None:
        return not (receiver.side == "demand" and receiver.accepts == "invited")
    return choice != "no"


def _standing(one: int, other: int) -> Meeting | None:
    """The meeting of two counterparts that stands."""
    sides = sa.or_(sa.and_(Meeting.a_id == one, Meeting.b_id == other),
                   sa.and_(Meeting.a_id == other, Meeting.b_id == one))
    return db.session.scalar(sa.select(Meeting).where(
        Meeting.kind == "meeting", Meeting.cancelled_at.is_(None), sides))


def _check_open(session: MatchmakingSession, own: Participation, other: Participation, *, moves: bool) -> None:
    """Raises Invalid where `own` may not ask `other` now. `moves`: it asks for a time, so that a meeting that stands
    may be asked to another."""
    now = clock.now()
    between = sa.or_(sa.and_(MeetingRequest.from_id == own.id, MeetingRequest.to_id == other.id),
                     sa.and_(MeetingRequest.from_id == other.id, MeetingRequest.to_id == own.id))
    waits = sa.and_(MeetingRequest.accepted_at.is_(None), MeetingRequest.declined_at.is_(None),
                    MeetingRequest.withdrawn_at.is_(None), MeetingRequest.expires_at > now)
    closed = waits if moves and _standing(own.id, other.id) else sa.or_(MeetingRequest.accepted_at.is_not(None), waits)
    if db.session.scalar(sa.select(MeetingRequest.id).where(between, closed).limit(1)):
        raise Invalid({"to": ErrorCode("request_open")})
    if not _takes(session, own, other):
        raise Invalid({"to": ErrorCode("requests_closed")})
    if own.side == "supply" and session.request_quota is not None:
        sent = db.session.scalar(sa.select(sa.func.count(MeetingRequest.id)).where(
            MeetingRequest.from_id == own.id, MeetingRequest.withdrawn_at.is_(None)))
        if (sent or 0) >= session.request_quota:
            raise Invalid({"to": ErrorCode("quota_reached", {"maximum": session.request_quota})})


def _takes(session: MatchmakingSession, own: Participation, other: Participation) -> bool:
    """Whether `other` takes a request of `own`, by what both know: its terms, and whether the two match. What it
    wishes is its own: see `hears`."""
    if other.side == "supply" or other.accepts in ("all", "invited"):
        return True
    if other.accepts == "none":
        return False
    return (other.organisation_id, own.organisation_id) in wishes.best_matches(session.id, other)


def _slot(session: MatchmakingSession, starts_at: datetime) -> Slot:
    for slot in slots_of(session, parts_of(session.id)):
        if slot.part_id is not None and slot.starts_at == starts_at:
            return slot
    raise Invalid({"slot": ErrorCode("unknown_choice")})


def accept(*, actor: Actor, request_id: int) -> Meeting | None:
    """Accept; with a time the meeting stands at once, without one the plan places it. Returns the meeting.

    Raises:
        NotFound, NotAllowed; Invalid "request_over", "not_your_turn", or at "slot" "double_booked", "tables_full" or
        the code of another hard rule of the plan (`standing.CODES`): of two who accept for the same moment one wins,
        and the other is told so.
    """
    with transaction():
        request, own = _answering(actor, request_id)
        meeting = None
        if request.starts_at is not None:
            session = lock(request.session_id)
            meeting = _book(session, request, _slot(session, request.starts_at))
        request.accepted_at = clock.now()
        telling.tell_of_answer(request, by=own, answer="accepted")
        note(actor, "session.request_accepted", request.session_id, request=request.id)
    return meeting


def _book(session: MatchmakingSession, request: MeetingRequest, slot: Slot) -> Meeting:
    """The meeting of a request at its time. Raises Invalid at "slot" where a hard rule of the plan stands against it:
    see `Standing.require_open`."""
    sides = sorted((request.sender, request.receiver), key=lambda one: one.side)  # demand before supply
    if slot.starts_at <= clock.now():
        raise Invalid({"slot": ErrorCode("in_the_past")})
    meeting = _standing(sides[0].id, sides[1].id)
    standing = Standing(session, sides, leave_out=meeting.id if meeting is not None else None)
    interpreter = standing.require_open(sides[0].id, sides[1].id, slot)
    if meeting is None:
        meeting = Meeting(session_id=session.id, kind="meeting", a_id=sides[0].id, b_id=sides[1].id)
    else:  # the two ask it to another time
        calendar.release([meeting.id])
        meeting.revision += 1
    meeting.origin, meeting.pinned, meeting.part_id = "request", True, slot.part_id
    meeting.starts_at, meeting.ends_at, meeting.interpreter_id = slot.starts_at, slot.ends_at, interpreter
    meeting.zone_id, meeting.table_id = free_place(session.id, sides[0], sides[1], slot.ticks)
    db.session.add(meeting)
    db.session.flush()
    calendar.occupy([meeting])
    return meeting


def decline(*, actor: Actor, request_id: int, reason: str, answer: str = "") -> None:
    """Decline with a reason. Raises as `accept`, and Invalid at "reason"."""
    if reason not in DECLINE_REASONS:
        raise Invalid({"reason": ErrorCode("required" if not reason else "unknown_choice")})
    with transaction():
        request, own = _answering(actor, request_id)
        request.declined_at, request.reason, request.answer = clock.now(), reason, answer[:1000]
        telling.tell_of_answer(request, by=own, answer="declined")
        note(actor, "session.request_declined", request.session_id, request=request.id)


def propose(*, actor: Actor, request_id: int, starts_at: datetime) -> None:
    """Propose another time: the other side answers next, and has the whole time to do so."""
    with transaction():
        request, own = _answering(actor, request_id)
        session = lock(request.session_id)
        request.starts_at = _slot(session, starts_at).starts_at
        request.turn_id = request.from_id if own.id == request.to_id else request.to_id
        request.expires_at = clock.now() + timedelta(hours=session.request_hours)
        telling.tell_of_request(request, turn=f"{own.id}:{starts_at.isoformat()}")
        note(actor, "session.request_countered", request.session_id, request=request.id)


def withdraw(*, actor: Actor, request_id: int) -> None:
    """Take an own request back while it waits."""
    with transaction():
        request = _open(request_id)
        policy.require_act(actor, request.sender)
        request.withdrawn_at = clock.now()
        note(actor, "session.request_withdrawn", request.session_id, request=request.id)


def _open(request_id: int) -> MeetingRequest:
    """The request, locked after its session: everybody locks in this order."""
    found = db.session.get(MeetingRequest, request_id)
    if found is not None:
        lock(found.session_id)
    request = db.session.scalar(sa.select(MeetingRequest).where(MeetingRequest.id == request_id).with_for_update())
    if request is None:
        raise NotFound
    return request


def _answering(actor: Actor, request_id: int) -> tuple[MeetingRequest, Participation]:
    request = _open(request_id)
    mine = [one for one in (request.sender, request.receiver)
            if actor.is_organiser or actor.is_system or one.organisation_id == actor.organisation_id]
    if not mine:
        raise NotFound
    own = next((one for one in mine if one.id == request.turn_id), None)
    policy.require_act(actor, own or mine[0])
    if request.state != "open":
        raise Invalid({"form": ErrorCode("request_over")})
    if own is None:
        raise Invalid({"form": ErrorCode("not_your_turn")})
    return request, own
