"""What the pages about events read, each in a fixed number of statements."""

from __future__ import annotations

from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.errors import NotFound
from marketplace.events.models import Booth, Event, Hall, Interpreter, Person, Registration, Table, Zone
from marketplace.extensions import db
from marketplace.organisations import states
from marketplace.organisations.models import Organisation


def find(event_id: int) -> Event:
    """The event of an id. Raises NotFound."""
    event = db.session.get(Event, event_id)
    if event is None:
        raise NotFound
    return event


def by_slug(slug: str) -> Event:
    """The event of an address. Raises NotFound."""
    event = db.session.scalar(sa.select(Event).where(Event.slug == slug))
    if event is None:
        raise NotFound
    return event


def all_events() -> list[Event]:
    """All events, the latest first."""
    return list(db.session.scalars(sa.select(Event).order_by(Event.starts_on.desc().nulls_last(), Event.id.desc())))


def public_events() -> tuple[list[Event], list[Event]]:
    """Published events: those to come or under way, the next first; and those that are over, the last first."""
    today = clock.now().date()
    rows = db.session.scalars(
        sa.select(Event).where(Event.published_at.is_not(None)).order_by(Event.starts_on.asc().nulls_last(), Event.id)
    ).all()
    return [row for row in rows if row.ends_on >= today], [row for row in reversed(rows) if row.ends_on < today]


@dataclass
class ZoneRow:
    """A zone as pages show it."""

    zone: Zone
    tables: int = 0
    booths: int = 0


def zones_of(event_id: int) -> list[ZoneRow]:
    """The zones of an event with their halls, tables in use and stands counted."""
    rows = {
        zone.id: ZoneRow(zone)
        for zone in db.session.scalars(
            sa.select(Zone).join(Zone.hall).where(Zone.event_id == event_id).options(joinedload(Zone.hall))
            .order_by(Hall.code, Zone.code, Zone.id))
    }
    for zone_id, count in db.session.execute(
        sa.select(Table.zone_id, sa.func.count()).where(Table.zone_id.in_(list(rows)), Table.in_use.is_(True))
        .group_by(Table.zone_id)
    ):
        rows[zone_id].tables = count
    for zone_id, count in db.session.execute(
        sa.select(Booth.zone_id, sa.func.count()).where(Booth.event_id == event_id).group_by(Booth.zone_id)
    ):
        rows[zone_id].booths = count
    return list(rows.values())


def booths_of(event_id: int) -> list[tuple[Booth, int | None]]:
    """The stands of an event, each with the id of the registration that has it."""
    rows = db.session.execute(
        sa.select(Booth, Registration.id).outerjoin(Registration, Registration.booth_id == Booth.id)
        .where(Booth.event_id == event_id).order_by(Booth.code, Booth.id))
    return [(booth, holder) for booth, holder in rows]


def interpreters_of(event_id: int) -> list[Interpreter]:
    """The interpreters of an event."""
    return list(db.session.scalars(
        sa.select(Interpreter).where(Interpreter.event_id == event_id).order_by(Interpreter.name, Interpreter.id)))


def registrations_of(event_id: int, *, only_approved: bool = False, side: str | None = None) -> list[Registration]:
    """The registrations of an event with organisation and stand; those that wait first, then by name."""
    statement = (
        sa.select(Registration).join(Registration.organisation)
        .where(Registration.event_id == event_id)
        .options(joinedload(Registration.organisation),
                 joinedload(Registration.booth).joinedload(Booth.zone).joinedload(Zone.hall))
    )
    if only_approved:
        statement = statement.where(
            Registration.approved_at.is_not(None), Registration.withdrawn_at.is_(None), states.is_public(Organisation))
    if side:
        statement = statement.where(Registration.side == side)
    waits = sa.case((sa.and_(Registration.approved_at.is_(None), Registration.rejected_at.is_(None),
                             Registration.withdrawn_at.is_(None)), 0), else_=1)
    return list(db.session.scalars(statement.order_by(waits, Organisation.name_folded, Registration.id)))


def registrations_of_organisation(event_id: int, organisation_id: int | None) -> list[Registration]:
    """How one organisation is registered for an event."""
    if organisation_id is None:
        return []
    return list(db.session.scalars(
        sa.select(Registration)
        .where(Registration.event_id == event_id, Registration.organisation_id == organisation_id)
        .options(joinedload(Registration.booth)).order_by(Registration.side, Registration.id)))


def people_of(event_id: int, organisation_id: int | None = None) -> list[Person]:
    """Who comes: of one organisation, or of all, by organisation and name."""
    statement = sa.select(Person).join(Person.organisation).where(Person.event_id == event_id)
    if organisation_id is not None:
        statement = statement.where(Person.organisation_id == organisation_id)
    return list(db.session.scalars(
        statement.options(joinedload(Person.organisation))
        .order_by(Organisation.name_folded, Person.name, Person.id)))


def person(person_id: int) -> Person:
    """The person of an id. Raises NotFound."""
    found = db.session.get(Person, person_id)
    if found is None:
        raise NotFound
    return found


@dataclass
class StageRow:
    """How far one organiser's share of the registrations is."""

    owner: str
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(
        ("registered", "approved", "placed", "people", "arrived"), 0))


def stage_board(event_id: int) -> list[StageRow]:
    """Registrations by who looks after them, counted by stage; two statements."""
    people: dict[int, tuple[int, int]] = {
        organisation_id: (named, arrived or 0)
        for organisation_id, named, arrived in db.session.execute(
            sa.select(Person.organisation_id, sa.func.count(), sa.func.count(Person.arrived_at))
            .where(Person.event_id == event_id).group_by(Person.organisation_id))
    }
    rows: dict[int | None, StageRow] = {}
    for row, name in db.session.execute(
        sa.select(Registration, User.name).outerjoin(User, User.id == Registration.owner_id)
        .where(Registration.event_id == event_id, Registration.withdrawn_at.is_(None))
        .order_by(User.name, Registration.id)
    ):
        counts = rows.setdefault(row.owner_id, StageRow(name or "")).counts
        named, arrived = people.get(row.organisation_id, (0, 0))
        counts["registered"] += 1
        counts["approved"] += row.approved_at is not None
        counts["placed"] += row.booth_id is not None
        counts["people"] += named > 0
        counts["arrived"] += arrived > 0
    return list(rows.values())


def staff() -> list[User]:
    """The organisers, among whom each registration finds who looks after it."""
    return list(db.session.scalars(sa.select(User).where(User.is_organiser.is_(True)).order_by(User.name, User.id)))
