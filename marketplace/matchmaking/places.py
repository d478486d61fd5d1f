"""Where a pair meets: whose zone, which tables are free, whose stand."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from marketplace.errors import ErrorCode, Invalid
from marketplace.events.models import Booth, Registration, Table, Zone
from marketplace.extensions import db
from marketplace.matchmaking import calendar
from marketplace.matchmaking.models import MatchmakingSession, Part, Participation


def parts_of(session_id: int) -> list[Part]:
    """The parts of a session in the order of time."""
    return list(db.session.scalars(
        sa.select(Part).where(Part.session_id == session_id).order_by(Part.starts, Part.id)))


def zones_of(session: MatchmakingSession) -> list[Zone]:
    """The zones whose tables a session uses, in the order of their codes."""
    statement = sa.select(Zone).where(Zone.event_id == session.event_id).options(joinedload(Zone.hall))
    if session.zone_ids:
        statement = statement.where(Zone.id.in_(session.zone_ids))
    return list(db.session.scalars(statement.order_by(Zone.code, Zone.id)))


def tables_of(zone_ids: list[int]) -> dict[int, list[Table]]:
    """The tables in use of each zone, by number."""
    found: dict[int, list[Table]] = {zone_id: [] for zone_id in zone_ids}
    statement = sa.select(Table).where(Table.zone_id.in_(zone_ids), Table.in_use.is_(True))
    for table in db.session.scalars(statement.order_by(Table.zone_id, Table.number)):
        found[table.zone_id].append(table)
    return found


def booth_zones(session_id: int) -> dict[int, int]:
    """Participation to the zone of its organisation's stand."""
    statement = (
        sa.select(Participation.id, Booth.zone_id)
        .join(Registration, Registration.id == Participation.registration_id)
        .join(Booth, Booth.id == Registration.booth_id).where(Participation.session_id == session_id))
    return dict(db.session.execute(statement).all())


def home_zone(
    zones: list[Zone], tables: dict[int, list[Table]], booth_zone: int | None, participation_id: int
) -> int | None:
    """The zone at whose tables a supplier meets: that of its stand where the session uses it, else one of its own that
    stays the same whoever else comes, so that suppliers without a stand fill all zones alike. None without zones."""
    if booth_zone in {zone.id for zone in zones}:
        return booth_zone
    seats = [zone.id for zone in zones for _table in tables.get(zone.id, [])]
    if not seats:
        return zones[0].id if zones else None
    return seats[participation_id % len(seats)]


def free_place(session_id: int, buyer: Participation, supplier: Participation, span: range) -> tuple[int, int | None]:
    """(zone, table) for a pair in a span of ticks; no table where they meet at the stand.

    Raises Invalid at "slot" with "tables_full".
    """
    session = db.session.get_one(MatchmakingSession, session_id)
    booths = booth_zones(session_id)
    if supplier.at_booth and supplier.id in booths:
        return booths[supplier.id], None
    zones = zones_of(session)
    tables = tables_of([zone.id for zone in zones])
    home = home_zone(zones, tables, booths.get(supplier.id), supplier.id)
    if home is not None:
        busy = {table for table, _tick in calendar.taken(
            calendar.TABLE, [table.id for table in tables[home]], span)}
        for table in tables[home]:
            if table.id not in busy:
                return home, table.id
    raise Invalid({"slot": ErrorCode("tables_full")})
