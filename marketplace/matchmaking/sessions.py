"""Make sessions, set their rules, lay out their parts, and take part in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa

from marketplace import clock, hooks
from marketplace.actor import Actor
from marketplace.audit import service as audit
from marketplace.errors import AlreadyDone, Conflict, ErrorCode, Invalid, NotAllowed, NotFound
from marketplace.events.models import Event, Person, Registration, Zone
from marketplace.extensions import db
from marketplace.matchmaking import calendar, policy, telling
from marketplace.matchmaking.grid import read_time
from marketplace.matchmaking.models import (
    ACCEPTS,
    PART_KINDS,
    WEIGHTS,
    MatchmakingSession,
    Meeting,
    Part,
    Participation,
    ParticipationPerson,
)
from marketplace.transaction import transaction


@dataclass(frozen=True)
class SessionValues:
    """The rules of a session as filled in."""

    names: dict[str, str]
    held_on: str
    slot_minutes: int = 20
    gap_minutes: int = 5
    breaks: str = ""
    zone_ids: list[int] = field(default_factory=list)
    most: int = 12
    fewest: int = 0
    in_a_row: int | None = None
    walking: bool = True
    request_quota: int | None = None
    request_hours: int = 72

    def checked(self, event: Event) -> dict[str, Any]:
        """The columns of the row. Raises Invalid by field."""
        errors: dict[str, ErrorCode] = {}
        names = {lang: text for lang, text in self.names.items() if text}
        if not names:
            errors["name_zh_hant"] = ErrorCode("name_needed")
        day = _day(self.held_on, event, errors)
        if self.slot_minutes not in range(5, 241, 5):
            errors["slot_minutes"] = ErrorCode("not_on_five_minutes")
        if self.gap_minutes not in range(0, 121, 5):
            errors["gap_minutes"] = ErrorCode("not_on_five_minutes")
        if self.fewest > self.most:
            errors["fewest"] = ErrorCode("fewest_above_most")
        breaks = _breaks(self.breaks, errors)
        known = set(db.session.scalars(sa.select(Zone.id).where(Zone.event_id == event.id)))
        if not set(self.zone_ids) <= known:
            errors["zone_ids"] = ErrorCode("unknown_choice")
        if errors:
            raise Invalid(errors)
        return {
            "names": names, "held_on": day, "slot_minutes": self.slot_minutes, "gap_minutes": self.gap_minutes,
            "breaks": breaks, "zone_ids": sorted(self.zone_ids), "most": self.most, "fewest": self.fewest,
            "in_a_row": self.in_a_row, "walking": self.walking, "request_quota": self.request_quota,
            "request_hours": self.request_hours,
        }


def _day(text: str, event: Event, errors: dict[str, ErrorCode]) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        errors["held_on"] = ErrorCode("not_a_date" if text else "required")
        return None
    if not event.starts_on <= day <= event.ends_on:
        errors["held_on"] = ErrorCode("outside_the_event")
    return day


def _breaks(text: str, errors: dict[str, ErrorCode]) -> list[list[str]]:
    found = []
    for line in filter(None, (one.strip() for one in text.replace("，", "\n").replace(",", "\n").splitlines())):
        first, dash, last = line.replace("–", "-").replace("—", "-").partition("-")
        span = [read_time("breaks", first, errors), read_time("breaks", last, errors)]
        if not dash or span[1] <= span[0]:
            errors["breaks"] = ErrorCode("not_a_time")
        found.append(span)
    return sorted(found)


def create_session(
    *, actor: Actor, event_id: int, values: SessionValues, submission_id: str | None = None
) -> MatchmakingSession:
    """Make a session that only organisers see until it opens. Raises NotAllowed, NotFound, Invalid, AlreadyDone."""
    policy.require_organise(actor)
    with transaction():
        again = sa.select(MatchmakingSession.id).where(MatchmakingSession.submission_id == submission_id)
        if submission_id and (made := db.session.scalar(again)):
            raise AlreadyDone(made)
        event = db.session.get(Event, event_id)
        if event is None:
            raise NotFound
        session = MatchmakingSession(event_id=event_id, submission_id=submission_id, **values.checked(event))
        db.session.add(session)
        db.session.flush()
        note(actor, "session.created", session.id)
    return session


def edit_session(*, actor: Actor, session_id: int, values: SessionValues, base_version: int) -> MatchmakingSession:
    """Change the rules; plans made before keep theirs. Raises as `create_session`, and Conflict."""
    policy.require_organise(actor)
    with transaction():
        session = lock(session_id)
        if session.lock_version != base_version:
            raise Conflict(session.lock_version, session)
        for name, value in values.checked(session.event).items():
            setattr(session, name, value)
        session.lock_version += 1
        note(actor, "session.edited", session.id)
    return session


def set_weights(*, actor: Actor, session_id: int, weights: dict[str, float]) -> None:
    """Say what wishes, requests and points of the match are worth in the plans to come."""
    policy.require_organise(actor)
    errors = {name: ErrorCode("too_large", {"maximum": 10_000}) for name, value in weights.items()
              if name not in WEIGHTS or not 0 <= value <= 10_000}
    if errors:
        raise Invalid(errors)
    with transaction():
        session = lock(session_id)
        session.weights = dict(weights)
        note(actor, "session.weights_set", session_id, **{name: str(value) for name, value in weights.items()})


def open_session(*, actor: Actor, session_id: int) -> None:
    """Let everybody see the session and registered organisations take part."""
    policy.require_organise(actor)
    with transaction():
        session = lock(session_id)
        if session.opened_at is None:
            session.opened_at = clock.now()
            note(actor, "session.opened", session_id)


def add_part(
    *, actor: Actor, session_id: int, kind: str, starts: str, ends: str, name: str = "", minutes: int = 5,
    participation_id: int | None = None,
) -> Part:
    """Add a part. Raises Invalid by field: a part in which one buyer meets several suppliers needs its buyer."""
    policy.require_organise(actor)
    errors: dict[str, ErrorCode] = {}
    first, last = read_time("starts", starts, errors), read_time("ends", ends, errors)
    if kind not in PART_KINDS:
        errors["kind"] = ErrorCode("unknown_choice")
    if first and last and last <= first:
        errors["ends"] = ErrorCode("end_before_start")
    if minutes not in range(5, 241, 5):
        errors["minutes"] = ErrorCode("not_on_five_minutes")
    with transaction():
        lock(session_id)
        buyer = db.session.get(Participation, participation_id) if participation_id else None
        if kind == "one_buyer" and (buyer is None or buyer.session_id != session_id or buyer.side != "demand"):
            errors["participation_id"] = ErrorCode("required")
        if errors:
            raise Invalid(errors)
        part = Part(session_id=session_id, kind=kind, name=name, starts=first, ends=last, minutes=minutes,
                    participation_id=buyer.id if buyer is not None and kind == "one_buyer" else None)
        db.session.add(part)
        db.session.flush()
        note(actor, "session.part_added", session_id, kind=kind)
    return part


def remove_part(*, actor: Actor, part_id: int) -> int:
    """Take a part away, its turns with it; returns the session's id. Raises NotFound, and Invalid while meetings
    stand in it."""
    policy.require_organise(actor)
    with transaction():
        part = db.session.get(Part, part_id, with_for_update=True)
        if part is None:
            raise NotFound
        if db.session.scalar(sa.select(Meeting.id).where(
            Meeting.part_id == part_id, Meeting.kind == "meeting", Meeting.cancelled_at.is_(None)).limit(1)):
            raise Invalid({"part": ErrorCode("part_has_meetings")})
        session_id = part.session_id
        note(actor, "session.part_removed", session_id, kind=part.kind)
        db.session.delete(part)
    return session_id


def lock(session_id: int) -> MatchmakingSession:
    """The session, locked for this transaction. Raises NotFound."""
    session = db.session.scalar(
        sa.select(MatchmakingSession).where(MatchmakingSession.id == session_id).with_for_update())
    if session is None:
        raise NotFound
    return session


def note(actor: Actor, action: str, session_id: int, **facts: Any) -> None:
    """Write into the audit what was done to a session."""
    audit.record(actor=actor, action=action, subject_kind="session", subject_id=session_id,
                 changes={name: (None, value, "public") for name, value in facts.items()})


def join(*, actor: Actor, session_id: int, registration_id: int, person_ids: list[int]) -> list[Participation]:
    """Take part with these people, as one counterpart, or each as one where the registration says so.

    Raises:
        NotFound: a session or registration that the actor may not know.
        NotAllowed: "role"; "registration" where the registration is not approved.
        Invalid: at "people" where nobody, or somebody of another organisation, is named, or who sits already.
    """
    with transaction():
        session = policy.require_see(actor, lock(session_id))
        registration = db.session.get(Registration, registration_id)
        if registration is None or registration.event_id != session.event_id:
            raise NotFound
        policy.require_act(actor, registration)
        if registration.state != "approved":
            raise NotAllowed("registration")
        people = _people(registration, person_ids)
        groups = [[one] for one in people] if registration.apart else [people]
        made = []
        for group in groups:
            key = group[0].id if registration.apart else 0
            row = db.session.scalar(sa.select(Participation).where(
                Participation.session_id == session_id, Participation.registration_id == registration_id,
                Participation.person_key == key))
            if row is None:
                row = Participation(session_id=session_id, registration_id=registration_id, person_key=key,
                                    organisation_id=registration.organisation_id, side=registration.side)
                db.session.add(row)
                db.session.flush()
            row.withdrawn_at = None
            _seat(row, [one.id for one in group])
            made.append(row)
        note(actor, "session.joined", session_id, organisation=registration.organisation_id)
    return made


def _people(registration: Registration, person_ids: list[int]) -> list[Person]:
    people = list(db.session.scalars(
        sa.select(Person).where(Person.id.in_(person_ids), Person.event_id == registration.event_id,
                                Person.organisation_id == registration.organisation_id).order_by(Person.id)))
    if not people:
        raise Invalid({"people": ErrorCode("required")})
    if len(people) != len(set(person_ids)):
        raise Invalid({"people": ErrorCode("unknown_choice")})
    return people


def _seat(row: Participation, person_ids: list[int]) -> None:
    """Have these people sit in the meetings of a participation; its meetings move to their calendars."""
    seated = sa.delete(ParticipationPerson).where(ParticipationPerson.participation_id == row.id)
    db.session.execute(seated)
    db.session.add_all(ParticipationPerson(participation_id=row.id, person_id=one) for one in person_ids)
    db.session.flush()
    meetings = live_meetings(row.id)
    calendar.release(meeting.id for meeting in meetings)
    calendar.occupy(meetings)
    db.session.expire(row, ["people"])


def live_meetings(participation_id: int) -> list[Meeting]:
    """The meetings of a participation that are not cancelled."""
    return list(db.session.scalars(
        sa.select(Meeting).where(sa.or_(Meeting.a_id == participation_id, Meeting.b_id == participation_id),
                                 Meeting.cancelled_at.is_(None)).order_by(Meeting.starts_at, Meeting.id)))


@dataclass(frozen=True)
class Terms:
    """How a participation takes part. `away`: [(from tick, to tick)]."""

    most: int | None = None
    fewest: int | None = None
    in_a_row: int | None = None
    away: list[tuple[int, int]] = field(default_factory=list)
    accepts: str = "all"
    manages: bool = False
    at_booth: bool = False


def set_terms(*, actor: Actor, participation_id: int, terms: Terms) -> Participation:
    """Say when one is away, how many meetings one wants, and which requests one takes.

    Raises:
        NotFound, NotAllowed; Invalid by field.
    """
    errors: dict[str, ErrorCode] = {}
    for name in ("most", "fewest", "in_a_row"):
        value = getattr(terms, name)
        if value is not None and not (1 if name == "in_a_row" else 0) <= value <= 200:
            errors[name] = ErrorCode("too_large", {"maximum": 200})
    if terms.accepts not in ACCEPTS:
        errors["accepts"] = ErrorCode("unknown_choice")
    with transaction():
        row = policy.require_act(actor, locked(participation_id))
        session = db.session.get_one(MatchmakingSession, row.session_id)
        if terms.fewest is not None and terms.fewest > (session.most if terms.most is None else terms.most):
            errors["fewest"] = ErrorCode("fewest_above_most")
        if terms.at_booth and row.registration.booth_id is None:
            errors["at_booth"] = ErrorCode("no_booth")
        if errors:
            raise Invalid(errors)
        for name in ("most", "fewest", "in_a_row", "accepts", "manages", "at_booth"):
            setattr(row, name, getattr(terms, name))
        row.away = [list(span) for span in terms.away]
        note(actor, "session.terms_set", row.session_id, participation=row.id)
    return row


def leave(*, actor: Actor, participation_id: int) -> None:
    """Take no part after all: what was planned with this counterpart is cancelled, and the others are told."""
    with transaction():
        found = db.session.get(Participation, participation_id)
        if found is not None:
            lock(found.session_id)
        row = policy.require_act(actor, locked(participation_id))
        now = clock.now()
        row.withdrawn_at = now
        meetings = [one for one in live_meetings(row.id) if one.starts_at > now]
        for meeting in meetings:
            meeting.cancelled_at = now
            meeting.revision += 1
        calendar.release(meeting.id for meeting in meetings)
        telling.tell_cancelled(row, meetings, now)
        note(actor, "session.left", row.session_id, participation=row.id)
        hooks.call("slots_freed", session_id=row.session_id)


def mark_no_show(*, actor: Actor, participation_id: int, missing: bool) -> Participation:
    """Note that a counterpart did not come, or that it did after all. Its slots are released only by a repair."""
    policy.require_organise(actor)
    with transaction():
        row = locked(participation_id)
        row.no_show_at = clock.now() if missing else None
        note(actor, "session.no_show" if missing else "session.came", row.session_id, participation=row.id)
    return row


def confirm(*, participation_id: int) -> None:
    """Note that a counterpart comes; a second press changes nothing. For whoever holds its link."""
    with transaction():
        row = locked(participation_id)
        if row.confirmed_at is None:
            row.confirmed_at = clock.now()
            note(Actor.anonymous(), "session.confirmed", row.session_id, participation=row.id)


def locked(participation_id: int) -> Participation:
    """The participation, locked for this transaction. Raises NotFound."""
    if participation_id.bit_length() > 63:  # no row's id: the databases refuse to look for it
        raise NotFound
    row = db.session.scalar(sa.select(Participation).where(Participation.id == participation_id).with_for_update())
    if row is None:
        raise NotFound
    return row


def keep_people_of_meetings(*, person_id: int, **_facts: Any) -> None:
    """Refuse that a person is taken off an event's list while meetings stand in their calendar (hook)."""
    if db.session.scalar(sa.select(calendar.Occupancy.meeting_id).where(
        calendar.Occupancy.resource_kind == calendar.PERSON, calendar.Occupancy.resource_id == person_id).limit(1)):
        raise Invalid({"person": ErrorCode("has_meetings")})
