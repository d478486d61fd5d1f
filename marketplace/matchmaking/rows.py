"""A finished plan laid out in rows, and one edit of it: what is read and written is what the edit touches."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from marketplace.errors import NotFound
from marketplace.extensions import db
from marketplace.matchmaking.models import PlanVersion
from marketplace.matchmaking.planned_models import PlannedLoad, PlannedMeeting, PlannedPair, PlannedPerson
from marketplace.matchmaking.problem import id_of, name_of
from scheduling import Board, Interpreter, Meeting, Pair, Participant, Plan, Problem, Zone, idle_gaps

PLENTY = 1_000_000  # a small problem knows two people only; whether tables are full is counted in `planned_loads`


def lay_out(version: PlanVersion, problem: Problem, plan: Plan, gaps: int, lacking: int) -> None:
    """Write a finished plan into rows, in the open transaction; rows of an earlier time go."""
    version_id = version.id
    for table in (PlannedMeeting, PlannedPair, PlannedPerson, PlannedLoad):
        db.session.execute(sa.delete(table).where(table.version_id == version_id))
    pinned = {(one.a, one.b): one.pinned_slot for one in problem.pairs if one.pinned_slot is not None}
    published = {one.pair: one for one in problem.published}
    needs = {(one.a, one.b): one.interpreter for one in problem.pairs if one.interpreter}
    used: Counter[tuple[str, int]] = Counter((one.zone, one.slot) for one in plan.meetings)
    used.update((f"i:{needs[one.pair]}", one.slot) for one in plan.meetings if one.pair in needs)
    sizes = {one.id: one.tables for one in problem.zones}
    sizes |= {f"i:{key}": count for key, count in problem.interpreter_counts.items()}
    _insert(PlannedMeeting, [
        {"version_id": version_id, "a_id": id_of(one.a), "b_id": id_of(one.b), "slot": one.slot, "zone": one.zone,
         "number": one.table, "pinned": one.pair in pinned} for one in plan.meetings])
    _insert(PlannedPair, [
        {"version_id": version_id, "a_id": id_of(one.a), "b_id": id_of(one.b), "weight": one.weight,
         "pinned_slot": one.pinned_slot, "interpreter": one.interpreter,
         "published_slot": published[one.a, one.b].slot if (one.a, one.b) in published else None,
         "published_number": published[one.a, one.b].table if (one.a, one.b) in published else None}
        for one in problem.pairs])
    _insert(PlannedPerson, [
        {"version_id": version_id, "participation_id": id_of(one.id),
         "facts": {"side": one.side, "most": one.max_meetings, "fewest": one.min_meetings,
                   "away": sorted(one.unavailable), "in_a_row": one.max_in_a_row, "zone": one.zone,
                   "absent": one.id in problem.absent}} for one in problem.participants])
    _insert(PlannedLoad, [
        {"version_id": version_id, "key": key, "slot": slot, "used": used[key, slot], "size": size}
        for key, size in sizes.items() for slot in range(problem.slots)])
    version.board = {
        "slots": problem.slots, "now": problem.now_slot, "walking": problem.walking_gap,
        "penalty": problem.shortfall_penalty, "zone": problem.zones[0].id if problem.zones else None,
        "value": plan.value, "bound": plan.upper_bound, "lacking": lacking, "gaps": gaps, "edits": 0}


def _insert(table: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        db.session.execute(sa.insert(table), rows)


@dataclass(frozen=True)
class Change:
    """What putting a pair elsewhere (or nowhere) does: the rules it breaks, and by how much the figures change."""

    breaks: tuple[str, ...]
    value: float
    gaps: int
    lacking: int


class Touched:
    """What an edit of one pair touches: the two, their meetings, and how full their zone is, slot by slot.

    Raises NotFound for no listed pair.
    """

    def __init__(self, version: PlanVersion, a: str, b: str) -> None:
        self.version_id, self.figures = version.id, dict(version.board or {})
        self.a_id, self.b_id = _number(a), _number(b)
        pair = db.session.scalar(sa.select(PlannedPair).where(
            PlannedPair.version_id == version.id, PlannedPair.a_id == self.a_id, PlannedPair.b_id == self.b_id))
        if pair is None:
            raise NotFound
        self.pair = pair
        meetings = self._meetings()
        self.held = next((one for one in meetings if one.pair == (a, b)), None)
        people, absent = self._people()
        zone = people[1].zone or people[0].zone or self.figures["zone"]
        zones = dict.fromkeys(filter(None, (zone, *(one.zone for one in meetings))))
        self.zone: str | None = zone
        self.problem = Problem(
            slots=self.figures["slots"], zones=tuple(Zone(one, PLENTY) for one in zones), participants=people,
            pairs=(Pair(a, b, pair.weight, None, pair.interpreter),),
            interpreters=(Interpreter(pair.interpreter, PLENTY),) if pair.interpreter else (),
            shortfall_penalty=self.figures["penalty"], walking_gap=self.figures["walking"],
            now_slot=self.figures["now"], absent=absent)
        self.board = Board(self.problem, meetings)
        self.loads = self._loads()

    def _meetings(self) -> list[Meeting]:
        columns = (PlannedMeeting.a_id, PlannedMeeting.b_id, PlannedMeeting.slot, PlannedMeeting.zone,
                   PlannedMeeting.number)
        here = PlannedMeeting.version_id == self.version_id
        rows = db.session.execute(sa.union(
            sa.select(*columns).where(here, PlannedMeeting.a_id == self.a_id),
            sa.select(*columns).where(here, PlannedMeeting.b_id == self.b_id)))
        return [Meeting(name_of(a), name_of(b), slot, zone, number) for a, b, slot, zone, number in rows]

    def _people(self) -> tuple[tuple[Participant, ...], frozenset[str]]:
        facts: dict[int, Any] = dict(db.session.execute(
            sa.select(PlannedPerson.participation_id, PlannedPerson.facts).where(
                PlannedPerson.version_id == self.version_id,
                PlannedPerson.participation_id.in_([self.a_id, self.b_id]))).all())
        people = tuple(
            Participant(id=name_of(number), side=one["side"], max_meetings=one["most"], min_meetings=one["fewest"],
                        unavailable=frozenset(one["away"]), max_in_a_row=one["in_a_row"], zone=one["zone"])
            for number, one in ((self.a_id, facts[self.a_id]), (self.b_id, facts[self.b_id])))
        return people, frozenset(name_of(number) for number, one in facts.items() if one["absent"])

    @property
    def keys(self) -> list[str]:
        """What a meeting of the pair takes of each slot."""
        return [*filter(None, (self.zone,)), *([f"i:{self.pair.interpreter}"] if self.pair.interpreter else [])]

    def _loads(self) -> dict[tuple[str, int], tuple[int, int]]:
        return {(key, slot): (used, size) for key, slot, used, size in db.session.execute(
            sa.select(PlannedLoad.key, PlannedLoad.slot, PlannedLoad.used, PlannedLoad.size).where(
                PlannedLoad.version_id == self.version_id, PlannedLoad.key.in_(self.keys)))}

    def change(self, slot: int | None) -> Change:
        """What moving the pair to `slot` (None: taking it out) would break and change."""
        effect = self.board.effect(name_of(self.a_id), name_of(self.b_id), slot)
        breaks = set(effect.breaks)
        if slot is not None:
            own = self.held is not None and self.held.slot == slot
            for key in self.keys:
                used, size = self.loads.get((key, slot), (0, 0))
                if used - own >= size:
                    breaks.add("interpreter" if key.startswith("i:") else "tables")
        others = [one for one in self.board.hall.meetings if one != self.held]
        before = others + ([self.held] if self.held is not None else [])
        after = others if slot is None else [*others, Meeting(
            name_of(self.a_id), name_of(self.b_id), slot, self.zone or "", 1)]
        return Change(tuple(sorted(breaks)), effect.value_change, self._gaps(after) - self._gaps(before),
                      self._lacking(after) - self._lacking(before))

    def _gaps(self, meetings: list[Meeting]) -> int:
        return sum(idle_gaps(self.problem, meetings).values())

    def _lacking(self, meetings: list[Meeting]) -> int:
        count = Counter(name for one in meetings for name in one.pair)
        return sum(count[one.id] < one.min_meetings and one.id not in self.problem.absent
                   for one in self.problem.participants)

    def table_in(self, slot: int, wanted: int | None = None) -> tuple[int, str | None]:
        """(number of the table the pair gets in `slot`, the rule that keeps it from there or None)."""
        taken = set(db.session.scalars(sa.select(PlannedMeeting.number).where(
            PlannedMeeting.version_id == self.version_id, PlannedMeeting.zone == self.zone,
            PlannedMeeting.slot == slot,
            sa.or_(PlannedMeeting.a_id != self.a_id, PlannedMeeting.b_id != self.b_id))))
        size = self.loads.get((self.zone or "", slot), (0, 0))[1]
        free = next((one for one in range(1, size + 1) if one not in taken), None)
        kept = self.pair.published_number if self.pair.published_slot == slot else None
        if kept is not None and kept <= size:
            return kept, "kept_table" if kept in taken or wanted not in (None, kept) else None
        if wanted is not None:
            return wanted, "tables" if wanted in taken or not 1 <= wanted <= size else None
        return free or len(taken) + 1, None if free else "tables"

    def put(self, slot: int | None, number: int = 0, *, pin: bool = True) -> None:
        """Write the pair into `slot` at table `number`, or out of the plan, in the open transaction."""
        mine = (PlannedMeeting.version_id == self.version_id, PlannedMeeting.a_id == self.a_id,
                PlannedMeeting.b_id == self.b_id)
        db.session.execute(sa.delete(PlannedMeeting).where(*mine))
        if self.held is not None:
            self._count(self.held.slot, -1)
        if slot is not None:
            db.session.execute(sa.insert(PlannedMeeting).values(
                version_id=self.version_id, a_id=self.a_id, b_id=self.b_id, slot=slot, zone=self.zone, number=number,
                pinned=pin))
            self._count(slot, 1)
        self.pin(slot if pin else None)

    def pin(self, slot: int | None) -> None:
        """Pin the pair to a slot, or to none, in the open transaction."""
        self.pair.pinned_slot = slot
        db.session.execute(
            sa.update(PlannedMeeting)
            .where(PlannedMeeting.version_id == self.version_id, PlannedMeeting.a_id == self.a_id,
                   PlannedMeeting.b_id == self.b_id).values(pinned=slot is not None)
            .execution_options(synchronize_session=False))

    def _count(self, slot: int, by: int) -> None:
        db.session.execute(
            sa.update(PlannedLoad).where(PlannedLoad.version_id == self.version_id, PlannedLoad.slot == slot,
                                         PlannedLoad.key.in_(self.keys))
            .values(used=PlannedLoad.used + by).execution_options(synchronize_session=False))


def _number(name: str) -> int:
    """The participation that part of an address names. Raises NotFound."""
    if not (name.startswith("p") and name[1:].isascii() and name[1:].isdecimal() and len(name) < 18):
        raise NotFound
    return int(name[1:])


def meetings_of(version_id: int) -> list[Meeting]:
    """The meetings as they stand in the rows, in the order of slot, zone and table."""
    rows = db.session.execute(
        sa.select(PlannedMeeting.a_id, PlannedMeeting.b_id, PlannedMeeting.slot, PlannedMeeting.zone,
                  PlannedMeeting.number).where(PlannedMeeting.version_id == version_id)
        .order_by(PlannedMeeting.slot, PlannedMeeting.zone, PlannedMeeting.number, PlannedMeeting.a_id))
    return [Meeting(name_of(a), name_of(b), slot, zone, number) for a, b, slot, zone, number in rows]


def pins_of(version_id: int) -> dict[tuple[str, str], int]:
    """Pinned pairs to their slots, as they stand in the rows."""
    return {(name_of(a), name_of(b)): slot for a, b, slot in db.session.execute(
        sa.select(PlannedPair.a_id, PlannedPair.b_id, PlannedPair.pinned_slot).where(
            PlannedPair.version_id == version_id, PlannedPair.pinned_slot.is_not(None))
        .order_by(PlannedPair.a_id, PlannedPair.b_id))}
