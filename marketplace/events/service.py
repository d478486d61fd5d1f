"""Make events and furnish them: halls, zones, tables, booths, interpreters."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from marketplace import clock
from marketplace.actor import Actor
from marketplace.audit import service as audit
from marketplace.errors import AlreadyDone, Conflict, ErrorCode, Invalid, NotFound
from marketplace.events import policy
from marketplace.events.models import Booth, Event, Hall, Interpreter, Table, Zone
from marketplace.events.values import EventValues, booth_codes
from marketplace.extensions import db
from marketplace.transaction import transaction

MOST_TABLES = 500


def create_event(*, actor: Actor, values: EventValues, submission_id: str | None = None) -> Event:
    """Make an event that only organisers see until it is published.

    Raises:
        NotAllowed: anybody but an organiser.
        Invalid: by field; the address may be taken.
        AlreadyDone: this submission made an event before.
    """
    policy.require_organise(actor)
    columns = values.checked()
    with transaction():
        again = sa.select(Event.id).where(Event.submission_id == submission_id)
        if submission_id and (made := db.session.scalar(again)):
            raise AlreadyDone(made)
        event = Event(**columns, submission_id=submission_id)
        _keep(event)
        _note(actor, "event.created", event.id, names=event.names)
    return event


def edit_event(*, actor: Actor, event_id: int, values: EventValues, base_version: int) -> Event:
    """Change an event. Raises as `create_event`, NotFound, and Conflict where somebody saved in between."""
    policy.require_organise(actor)
    columns = values.checked()
    with transaction():
        event = lock(event_id)
        if event.lock_version != base_version:
            raise Conflict(event.lock_version, event)
        changed = {name: value for name, value in columns.items() if getattr(event, name) != value}
        for name, value in changed.items():
            setattr(event, name, value)
        event.lock_version += 1
        _keep(event)
        _note(actor, "event.edited", event.id, **{name: str(value) for name, value in changed.items()})
    return event


def _keep(event: Event) -> None:
    try:
        with db.session.begin_nested():
            db.session.add(event)
            db.session.flush()  # the unique address answers here
    except sa.exc.IntegrityError:
        raise Invalid({"slug": ErrorCode("taken")}) from None


def publish_event(*, actor: Actor, event_id: int) -> Event:
    """Let everybody see the event and organisations register."""
    policy.require_organise(actor)
    with transaction():
        event = lock(event_id)
        if event.published_at is None:
            event.published_at = clock.now()
            _note(actor, "event.published", event.id)
    return event


def lock(event_id: int) -> Event:
    """The event, locked for this transaction. Raises NotFound."""
    event = db.session.scalar(sa.select(Event).where(Event.id == event_id).with_for_update())
    if event is None:
        raise NotFound
    return event


def add_zone(
    *, actor: Actor, event_id: int, hall: str, code: str, tables: int, hall_name: str = "", name: str = ""
) -> Zone:
    """Add a zone with its tables; its hall is made where there is none of that code yet."""
    policy.require_organise(actor)
    errors = {field: ErrorCode("required") for field, text in (("hall", hall), ("code", code)) if not text}
    if not 0 <= tables <= MOST_TABLES:
        errors["tables"] = ErrorCode("too_large", {"maximum": MOST_TABLES})
    if errors:
        raise Invalid(errors)
    with transaction():
        lock(event_id)
        if db.session.scalar(sa.select(Zone.id).where(Zone.event_id == event_id, Zone.code == code)):
            raise Invalid({"code": ErrorCode("taken")})
        row = db.session.scalar(sa.select(Hall).where(Hall.event_id == event_id, Hall.code == hall))
        if row is None:
            row = Hall(event_id=event_id, code=hall, name=hall_name)
        elif hall_name:
            row.name = hall_name
        zone = Zone(event_id=event_id, hall=row, code=code, name=name)
        db.session.add(zone)
        db.session.flush()  # the tables carry its id
        _furnish(zone.id, tables)
        _note(actor, "event.zone_added", event_id, zone=code, tables=tables)
    return zone


def set_tables(*, actor: Actor, zone_id: int, tables: int) -> None:
    """Have a zone hold `tables` tables. Those beyond go out of use; what was planned at them shows as broken."""
    policy.require_organise(actor)
    if not 0 <= tables <= MOST_TABLES:
        raise Invalid({"tables": ErrorCode("too_large", {"maximum": MOST_TABLES})})
    with transaction():
        zone = db.session.get(Zone, zone_id, with_for_update=True)
        if zone is None:
            raise NotFound
        _furnish(zone_id, tables)
        _note(actor, "event.tables_set", zone.event_id, zone=zone.code, tables=tables)


def _furnish(zone_id: int, tables: int) -> None:
    there = {row.number: row for row in db.session.scalars(sa.select(Table).where(Table.zone_id == zone_id))}
    for number, row in there.items():
        row.in_use = number <= tables
    db.session.add_all(Table(zone_id=zone_id, number=number) for number in range(1, tables + 1) if number not in there)


def add_booths(*, actor: Actor, zone_id: int, codes: str) -> int:
    """Add stands such as "A01-A40, B7" to a zone; returns how many are new. Raises Invalid at "codes", NotFound."""
    policy.require_organise(actor)
    wanted = booth_codes(codes)
    with transaction():
        zone = db.session.get(Zone, zone_id)
        if zone is None:
            raise NotFound
        lock(zone.event_id)
        there = set(db.session.scalars(sa.select(Booth.code).where(Booth.event_id == zone.event_id)))
        new = [code for code in wanted if code not in there]
        db.session.add_all(Booth(event_id=zone.event_id, zone_id=zone_id, code=code) for code in new)
        _note(actor, "event.booths_added", zone.event_id, booths=len(new))
    return len(new)


def add_interpreter(*, actor: Actor, event_id: int, name: str, languages: list[str]) -> Interpreter:
    """Add somebody who interprets between at least two languages."""
    policy.require_organise(actor)
    errors = {} if name else {"name": ErrorCode("required")}
    if len(set(languages)) < 2:
        errors["languages"] = ErrorCode("two_languages")
    if errors:
        raise Invalid(errors)
    with transaction():
        lock(event_id)
        row = Interpreter(event_id=event_id, name=name, languages=sorted(set(languages)))
        db.session.add(row)
        db.session.flush()
        _note(actor, "event.interpreter_added", event_id)
    return row


def _note(actor: Actor, action: str, event_id: int, **facts: Any) -> None:
    audit.record(actor=actor, action=action, subject_kind="event", subject_id=event_id,
                 changes={name: (None, value, "public") for name, value in facts.items()})
