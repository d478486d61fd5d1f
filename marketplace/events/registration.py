"""Organisations ask to take part, the organisers decide, place them and look after them."""

from __future__ import annotations

import sqlalchemy as sa

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.actor import Actor
from marketplace.audit import service as audit
from marketplace.errors import ErrorCode, Invalid, NotAllowed, NotFound
from marketplace.events import policy
from marketplace.events.models import SIDES, Booth, Event, Registration
from marketplace.events.values import zone_of
from marketplace.extensions import db
from marketplace.notifications.service import notify
from marketplace.organisations.models import Organisation
from marketplace.transaction import transaction


def is_open(event: Event) -> bool:
    """Whether organisations may still ask to take part, by the event's own day."""
    today = clock.now().astimezone(zone_of(event.time_zone)).date()
    return event.published_at is not None and today <= (event.registration_until or event.ends_on)


def register(
    *, actor: Actor, event_id: int, organisation_id: int, side: str, message: str = "", apart: bool = False
) -> Registration:
    """Ask to take part on a side; asking again after a refusal or a withdrawal asks anew. An organiser who registers
    somebody approves at once.

    Raises:
        NotAllowed: "role" for a viewer, "registration_closed", "approval" for an organisation not approved.
        NotFound: an event or organisation that the actor may not know.
        Invalid: at "side", where the organisation is not of that side.
    """
    policy.require_act_for(actor, organisation_id)
    with transaction():
        event = policy.require_see(actor, db.session.get(Event, event_id))
        organisation = db.session.get(Organisation, organisation_id, with_for_update=True)
        if organisation is None:
            raise NotFound
        by_organiser = actor.is_organiser or actor.is_system
        if not by_organiser and not is_open(event):
            raise NotAllowed("registration_closed")
        if not organisation.is_approved:
            raise NotAllowed("approval")
        if side not in SIDES or not (organisation.is_supplier if side == "supply" else organisation.is_institution):
            raise Invalid({"side": ErrorCode("unknown_choice")})
        if len(message) > 2000:
            raise Invalid({"message": ErrorCode("too_long", {"maximum": 2000, "length": len(message)})})
        row = db.session.scalar(
            sa.select(Registration).where(
                Registration.event_id == event_id, Registration.organisation_id == organisation_id,
                Registration.side == side).with_for_update())
        if row is None:
            row = Registration(event_id=event_id, organisation_id=organisation_id, side=side)
            db.session.add(row)
        if row.state in ("rejected", "withdrawn"):
            row.rejected_at = row.withdrawn_at = row.approved_at = None
            row.asked_at = clock.now()
        row.message, row.apart = message, apart
        if by_organiser and row.approved_at is None:
            row.approved_at = clock.now()
        db.session.flush()  # the audit row names it
        _note(actor, "event.registered", row)
    return row


def decide(*, actor: Actor, registration_id: int, approve: bool, reason: str = "") -> Registration:
    """Approve a registration, or refuse it with a reason; the organisation is told.

    Raises:
        NotAllowed, NotFound; Invalid at "reason" for a refusal without one.
    """
    policy.require_organise(actor)
    if not approve and not reason:
        raise Invalid({"reason": ErrorCode("required")})
    with transaction():
        row = _locked(registration_id)
        now = clock.now()
        row.approved_at, row.rejected_at = (now, None) if approve else (None, now)
        row.rejection_reason = "" if approve else reason
        _note(actor, "event.registration_approved" if approve else "event.registration_rejected", row)
        notify(kind="registration_decided", organisation_id=row.organisation_id,
               dedupe_key=f"registration:{row.id}:{now.isoformat()}",
               params={"slug": row.event.slug, "names": row.event.names, "approved": approve, "reason": reason})
    return row


def withdraw(*, actor: Actor, registration_id: int) -> None:
    """Take no part after all; the stand is free again."""
    with transaction():
        row = _locked(registration_id)
        policy.require_act_for(actor, row.organisation_id)
        row.withdrawn_at, row.booth_id = clock.now(), None
        _note(actor, "event.registration_withdrawn", row)


def place(*, actor: Actor, registration_id: int, booth_id: int | None, owner_id: int | None) -> None:
    """Give a registration its stand and the organiser who looks after it.

    Raises:
        Invalid: at "booth" where the stand is another's or of another event, at "owner" for no organiser.
    """
    policy.require_organise(actor)
    with transaction():
        row = _locked(registration_id)
        if booth_id is not None:
            booth = db.session.get(Booth, booth_id, with_for_update=True)
            taken = db.session.scalar(
                sa.select(Registration.id).where(Registration.booth_id == booth_id, Registration.id != row.id))
            if booth is None or booth.event_id != row.event_id:
                raise Invalid({"booth": ErrorCode("unknown_choice")})
            if taken:
                raise Invalid({"booth": ErrorCode("taken")})
        if owner_id is not None:
            owner = db.session.get(User, owner_id)
            if owner is None or not owner.is_organiser:
                raise Invalid({"owner": ErrorCode("unknown_choice")})
        row.booth_id, row.owner_id = booth_id, owner_id
        _note(actor, "event.registration_placed", row)


def _locked(registration_id: int) -> Registration:
    row = db.session.scalar(sa.select(Registration).where(Registration.id == registration_id).with_for_update())
    if row is None:
        raise NotFound
    return row


def _note(actor: Actor, action: str, row: Registration) -> None:
    audit.record(actor=actor, action=action, subject_kind="event", subject_id=row.event_id,
                 changes={"registration": (None, row.id, "public"),
                          "organisation": (None, row.organisation_id, "public")})
