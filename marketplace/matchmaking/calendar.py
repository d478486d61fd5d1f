"""The one calendar of people, tables and interpreters: changes delete first, then insert, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from marketplace.errors import ErrorCode, Invalid
from marketplace.extensions import db
from marketplace.matchmaking.grid import ticks
from marketplace.matchmaking.models import Meeting, Occupancy, ParticipationPerson

PERSON, TABLE, INTERPRETER = "person", "table", "interpreter"


def people_by_participation(participation_ids: Iterable[int]) -> dict[int, list[int]]:
    """Who sits in the meetings of each participation."""
    found: dict[int, list[int]] = {}
    for participation_id, person_id in db.session.execute(
        sa.select(ParticipationPerson.participation_id, ParticipationPerson.person_id)
        .where(ParticipationPerson.participation_id.in_(list(participation_ids)))
        .order_by(ParticipationPerson.person_id)
    ):
        found.setdefault(participation_id, []).append(person_id)
    return found


def rows_of(meetings: Sequence[Meeting]) -> list[dict[str, int | str]]:
    """What meetings take, one row a tick and resource, in one order everywhere so that two writers cannot lock
    each other out."""
    ids = {one for meeting in meetings for one in (meeting.a_id, meeting.b_id) if one is not None}
    people = people_by_participation(ids)
    rows: list[tuple[str, int, int, int]] = []
    for meeting in meetings:
        # The hosts of a guided route stay at their stand for everybody.
        sides = [meeting.a_id] if meeting.kind == "route" else [meeting.a_id, meeting.b_id]
        taken = {(PERSON, person) for side in sides if side is not None for person in people.get(side, [])}
        if meeting.table_id is not None:
            taken.add((TABLE, meeting.table_id))
        if meeting.interpreter_id is not None:
            taken.add((INTERPRETER, meeting.interpreter_id))
        rows += [(*resource, tick, meeting.id)
                 for resource in taken for tick in ticks(meeting.starts_at, meeting.ends_at)]
    names = ("resource_kind", "resource_id", "tick", "meeting_id")
    return [dict(zip(names, row, strict=True)) for row in sorted(rows)]


def occupy(meetings: Sequence[Meeting]) -> None:
    """Enter meetings (flushed, not cancelled) into the calendar, in the open transaction.

    Raises:
        Invalid: at "slot" with "double_booked", whose params say which kind of resource is taken. Nothing of the
            call is kept then.
    """
    rows = rows_of(meetings)
    if not rows:
        return
    try:
        with db.session.begin_nested():
            # The bare table: rows without the objects' machinery, in as few statements as the driver takes.
            db.session.connection().execute(sa.insert(Occupancy.__table__), rows)
    except sa.exc.IntegrityError:
        raise Invalid({"slot": ErrorCode("double_booked", {"kind": _what_is_taken(rows)})}) from None


def _what_is_taken(rows: list[dict[str, int | str]]) -> str:
    """Which kind of resource is taken already; "person" where the other writer has not let it be seen yet, or where
    the meetings clash among themselves."""
    seen: set[tuple[object, ...]] = set()
    for row in rows:
        key = (row["resource_kind"], row["resource_id"], row["tick"])
        if key in seen:
            return str(row["resource_kind"])
        seen.add(key)
    keys = {(row["resource_kind"], row["resource_id"]) for row in rows}
    spans = {row["tick"] for row in rows}
    for kind, resource in sorted(keys):
        if db.session.scalar(sa.select(sa.func.count()).select_from(Occupancy).where(
            Occupancy.resource_kind == kind, Occupancy.resource_id == resource, Occupancy.tick.in_(spans)
        )):
            return str(kind)
    return PERSON


def release(meeting_ids: Iterable[int]) -> None:
    """Take meetings out of the calendar, in the open transaction."""
    db.session.execute(sa.delete(Occupancy).where(Occupancy.meeting_id.in_(list(meeting_ids))))


def taken(kind: str, ids: Iterable[int], span: range, *, leave_out: int | None = None, without: int | None = None
          ) -> set[tuple[int, int]]:
    """(resource, tick) that are taken within `span`, meetings of the session `leave_out` not counted when they are
    meetings of pairs: those a new plan may move; nor is the meeting `without`."""
    statement = sa.select(Occupancy.resource_id, Occupancy.tick).where(
        Occupancy.resource_kind == kind, Occupancy.resource_id.in_(list(ids)),
        Occupancy.tick >= span.start, Occupancy.tick < span.stop)
    if without is not None:
        statement = statement.where(Occupancy.meeting_id != without)
    if leave_out is not None:
        statement = statement.join(Meeting, Meeting.id == Occupancy.meeting_id).where(
            sa.or_(Meeting.session_id != leave_out, Meeting.kind != "meeting"))
    return {(resource, tick) for resource, tick in db.session.execute(statement)}
