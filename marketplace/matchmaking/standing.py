"""One more meeting beside those that stand: the plan's hard rules hold for it, too, whoever asks for it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from marketplace.errors import ErrorCode, Invalid
from marketplace.extensions import db
from marketplace.matchmaking import calendar
from marketplace.matchmaking.grid import Slot, slots_of
from marketplace.matchmaking.models import MatchmakingSession, Meeting, Participation
from marketplace.matchmaking.places import booth_zones, home_zone, parts_of, tables_of, zones_of
from marketplace.matchmaking.problem import (
    NOBODY,
    away_slots,
    booth_key,
    interpreter_of,
    interpreters_for,
    name_of,
    person_for,
    table_key,
)
from scheduling import Board, Pair, Problem, Zone
from scheduling import Meeting as Placed

PLENTY = 1_000_000   # whether a table is free is asked of the calendar, when the place is taken
CODES = {"tables": "tables_full", "limit": "over_limit", "break": "too_many_in_a_row", "walking": "no_time_to_walk",
         "interpreter": "no_interpreter"}


class Standing:
    """Some participations of a session (with their people loaded) and their meetings as they stand.

    A fixed number of statements, however many people; `leave_out`: a meeting that is about to move.
    """

    def __init__(
        self, session: MatchmakingSession, people: Iterable[Participation], leave_out: int | None = None
    ) -> None:
        self.slots = slots_of(session, parts_of(session.id))
        self.people = {one.id: one for one in people}
        self.leave_out = leave_out
        frame: dict[str, Any] = {}
        interpreters_for(session, self.slots, frame)
        self.interpreters: dict[str, list[int]] = frame["interpreters"]
        self.span = range(self.slots[0].ticks.start, self.slots[-1].ticks.stop) if self.slots else range(0)
        zones = zones_of(session)
        tables, booths = tables_of([one.id for one in zones]), booth_zones(session.id)
        rows = list(self.people.values())
        away = away_slots(session, rows, self.slots)
        persons = tuple(
            person_for(session, one, booths, home_zone(zones, tables, booths.get(one.id), one.id), away[one.id])
            for one in rows)
        keys = dict.fromkeys([*(table_key(one.id) for one in zones), *filter(None, (one.zone for one in persons))])
        self.problem = Problem(
            slots=len(self.slots), zones=tuple(Zone(one, PLENTY) for one in keys), participants=persons, pairs=(),
            walking_gap=session.walking)
        self.hall = Board(self.problem, self._placed(session.id)).hall
        self.busy = self._busy()

    def _placed(self, session_id: int) -> list[Placed]:
        by_start = {one.starts_at: one.index for one in self.slots}
        ids = list(self.people)
        rows = db.session.execute(
            sa.select(Meeting.id, Meeting.a_id, Meeting.b_id, Meeting.starts_at, Meeting.zone_id, Meeting.table_id)
            .where(Meeting.session_id == session_id, Meeting.kind == "meeting", Meeting.cancelled_at.is_(None),
                   sa.or_(Meeting.a_id.in_(ids), Meeting.b_id.in_(ids))).order_by(Meeting.starts_at, Meeting.id))
        return [
            Placed(name_of(a), name_of(b), by_start[starts_at], table_key(zone) if table else booth_key(zone), 1)
            for number, a, b, starts_at, zone, table in rows
            if number != self.leave_out and b is not None and zone is not None and starts_at in by_start]

    def _busy(self) -> dict[int, set[int]]:
        """Participation to the ticks in which one of its people sits anywhere."""
        seated = calendar.people_by_participation(self.people)
        taken = self._ticks(calendar.PERSON, {one for row in seated.values() for one in row})
        return {key: set().union(*(taken.get(one, set()) for one in row)) for key, row in seated.items()}

    def stops(self, a: int, b: int, slot: Slot) -> set[str]:
        """The rules that keep buyer `a` and supplier `b` out of a slot; tables are asked of the calendar later."""
        pair = Pair(name_of(a), name_of(b), 0)
        stopped = self.hall.stops(pair, slot.index)
        if any(slot.index in self.problem.by_id[one].unavailable for one in (pair.a, pair.b)):
            stopped.add("unavailable")
        if any(not self.busy.get(one, set()).isdisjoint(slot.ticks) for one in (a, b)):
            stopped.add("busy")
        if self.kind_of(a, b) is not None and self.interpreter(a, b, slot) is None:
            stopped.add("interpreter")
        return stopped

    def kind_of(self, a: int, b: int) -> str | None:
        """The interpreters that the pair needs, None where it needs none."""
        return interpreter_of(self.people[a], self.people[b], self.interpreters)

    def interpreter(self, a: int, b: int, slot: Slot) -> int | None:
        """The interpreter whom a pair gets in a slot: None where it needs none, or none is free."""
        kind = self.kind_of(a, b)
        if kind is None or kind == NOBODY:
            return None
        return next((one for one in self.interpreters[kind]
                     if self._translating.get(one, set()).isdisjoint(slot.ticks)), None)

    @cached_property
    def _translating(self) -> dict[int, set[int]]:
        """Interpreter to the ticks in which it works."""
        ids = [one for row in self.interpreters.values() for one in row]
        return self._ticks(calendar.INTERPRETER, ids)

    def _ticks(self, kind: str, ids: Iterable[int]) -> dict[int, set[int]]:
        found: dict[int, set[int]] = {}
        for one, tick in calendar.taken(kind, ids, self.span, without=self.leave_out):
            found.setdefault(one, set()).add(tick)
        return found

    def require_open(self, a: int, b: int, slot: Slot) -> int | None:
        """The interpreter of a pair that may meet in a slot (None: it needs none).

        Raises Invalid at "slot": "double_booked" where one of the two is busy or away, else what of `CODES` says the
        rule that stands against it.
        """
        stopped = self.stops(a, b, slot)
        if stopped & {"busy", "unavailable"}:
            raise Invalid({"slot": ErrorCode("double_booked", {"kind": calendar.PERSON})})
        for rule, code in CODES.items():
            if rule in stopped:
                raise Invalid({"slot": ErrorCode(code)})
        return self.interpreter(a, b, slot)
