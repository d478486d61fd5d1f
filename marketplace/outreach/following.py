"""Following up: who looks after whom, what was said, when to call again, what was sent, dates and targets."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.actor import Actor
from marketplace.audit import service as audit
from marketplace.errors import AlreadyDone, ErrorCode, Invalid, NotFound
from marketplace.events.models import Event, Registration
from marketplace.extensions import db
from marketplace.outreach import policy
from marketplace.outreach.models import NOTE_KINDS, CallNote, Goals, Invitee
from marketplace.outreach.names import locale_for
from marketplace.outreach.stages import STAGES
from marketplace.transaction import transaction


def follow(*, actor: Actor, registration_id: int) -> Invitee:
    """The follow-up of a registration, begun where there is none with the contact its organisation gave."""
    policy.require_organise(actor)
    with transaction():
        registration = db.session.scalar(
            sa.select(Registration).where(Registration.id == registration_id).with_for_update())
        if registration is None:
            raise NotFound
        invitee = db.session.scalar(sa.select(Invitee).where(Invitee.registration_id == registration_id))
        if invitee is None:
            contact = registration.organisation.contact or {}
            invitee = Invitee(
                event_id=registration.event_id, registration_id=registration_id, name=contact.get("person", "")[:120],
                email=contact.get("email", "")[:254], mobile=contact.get("phone", "")[:40],
                locale=locale_for(registration.organisation.names))
            db.session.add(invitee)
            db.session.flush()
    return invitee


def get(actor: Actor, invitee_id: int) -> Invitee:
    """A follow-up, to the organisers. Raises NotAllowed, NotFound."""
    policy.require_organise(actor)
    found = db.session.get(Invitee, invitee_id)
    if found is None:
        raise NotFound
    return found


def notes_of(invitee_id: int) -> list[CallNote]:
    """What was said and sent, the newest first."""
    return list(db.session.scalars(
        sa.select(CallNote).where(CallNote.invitee_id == invitee_id).options(joinedload(CallNote.user))
        .order_by(CallNote.id.desc())))


def note(
    *, actor: Actor, invitee_id: int, kind: str, text: str, next_call_on: date | None, owner_id: int | None,
    submission_id: str | None = None,
) -> None:
    """Note what was said; an empty text only moves the next call and who looks after it.

    Raises: NotAllowed, NotFound; Invalid at "kind" or "owner"; AlreadyDone for the same form again.
    """
    policy.require_organise(actor)
    if kind not in NOTE_KINDS:
        raise Invalid({"kind": ErrorCode("unknown_choice")})
    with transaction():
        invitee = _locked(invitee_id)
        if submission_id and (made := db.session.scalar(
                sa.select(CallNote.id).where(CallNote.submission_id == submission_id))):
            raise AlreadyDone(made)
        owner = db.session.get(User, owner_id) if owner_id is not None else None
        if owner_id is not None and (owner is None or not owner.is_organiser):
            raise Invalid({"owner": ErrorCode("unknown_choice")})
        invitee.next_call_on = next_call_on
        invitee.registration.owner_id = owner_id
        if text:
            db.session.add(CallNote(invitee_id=invitee_id, user_id=actor.user_id, kind=kind, text=text,
                                    submission_id=submission_id))


def sent_by_hand(*, actor: Actor, invitee_id: int) -> None:
    """Note that the ready message was sent, outside this site. Raises NotFound to others than organisers and the
    coordinator of the delegation."""
    with transaction():
        invitee = _locked(invitee_id)
        if not (actor.is_organiser or actor.is_system):
            policy.require_coordinate(actor, invitee.delegation)
        invitee.invited_at = invitee.invited_at or clock.now()
        db.session.add(CallNote(invitee_id=invitee_id, user_id=actor.user_id, kind="sent"))


def edit_contact(*, actor: Actor, invitee_id: int, name: str, email: str, mobile: str) -> None:
    """Change whom the organisers write to. Raises NotAllowed, NotFound."""
    policy.require_organise(actor)
    with transaction():
        invitee = _locked(invitee_id)
        before = (invitee.name, invitee.email, invitee.mobile)
        invitee.name, invitee.email, invitee.mobile = name, email, mobile
        audit.record(actor=actor, action="outreach.contact_changed", subject_kind="event",
                     subject_id=invitee.event_id, changes={
                         name_: (old, new, "personal") for name_, old, new in zip(
                             ("name", "email", "mobile"), before, (name, email, mobile), strict=True) if old != new})


def _locked(invitee_id: int) -> Invitee:
    row = db.session.scalar(sa.select(Invitee).where(Invitee.id == invitee_id).with_for_update())
    if row is None:
        raise NotFound
    return row


def set_days(*, actor: Actor, event_id: int, days: Mapping[str, str]) -> None:
    """Say how many days before the event each stage is due. Raises NotAllowed, NotFound, Invalid by stage."""
    policy.require_organise(actor)
    errors = {stage: ErrorCode("not_a_day") for stage in STAGES if _whole(days.get(stage, ""), 365) is None}
    if errors:
        raise Invalid(errors)
    with transaction():
        _goals(event_id).days = {stage: int(days[stage]) for stage in STAGES}
        audit.record(actor=actor, action="outreach.days_set", subject_kind="event", subject_id=event_id)


def set_targets(*, actor: Actor, event_id: int, zones: Mapping[str, str], districts: Mapping[str, str]) -> None:
    """Say how many should take part in each zone and district; an empty text takes a target away. Raises NotAllowed,
    NotFound, Invalid at "targets"."""
    policy.require_organise(actor)
    given = {"zones": zones, "districts": districts}
    if any(text and _whole(text, 100_000) is None for some in given.values() for text in some.values()):
        raise Invalid({"targets": ErrorCode("not_a_number")})
    with transaction():
        goals = _goals(event_id)
        for name, some in given.items():
            kept = {key: value for key, value in (getattr(goals, name) or {}).items() if key not in some}
            setattr(goals, name, kept | {key[:20]: int(text) for key, text in some.items() if text})
        audit.record(actor=actor, action="outreach.targets_set", subject_kind="event", subject_id=event_id)


def _whole(text: str, most: int) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 and int(text) <= most else None


def _goals(event_id: int) -> Goals:
    if db.session.get(Event, event_id, with_for_update=True) is None:
        raise NotFound
    goals = db.session.get(Goals, event_id)
    if goals is None:
        goals = Goals(event_id=event_id, days={}, zones={}, districts={})
        db.session.add(goals)
    return goals
