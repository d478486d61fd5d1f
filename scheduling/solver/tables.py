"""Table numbers inside each slot: a meeting takes the table where one of the two already sits, when it can."""

from __future__ import annotations

from collections import defaultdict

from scheduling.problem import Meeting
from scheduling.solver.timetable import Timetable


def assign_tables(timetable: Timetable) -> list[Meeting]:
    """The meetings of the timetable and of the past, with tables, in the order of slot, zone and table.

    A published meeting that keeps its slot keeps its table where the hall still has it. The others are matched so that
    as many participants as possible sit where they last sat in that zone (greatest matching, slot by slot).
    """
    instance = timetable.instance
    problem = instance.problem
    meetings = list(problem.past)
    last: dict[tuple[int, int], int] = {}
    for one in sorted(problem.past, key=lambda each: each.slot):
        for name in one.pair:
            person = instance.person_index.get(name)
            zone = next((index for index, each in enumerate(problem.zones) if each.id == one.zone), None)
            if person is not None and zone is not None:
                last[person, zone] = one.table
    for slot in range(instance.now, instance.slots):
        by_zone: dict[int, list[int]] = defaultdict(list)
        for pair in sorted(timetable.in_slot[slot]):
            by_zone[instance.zone[pair]].append(pair)
        for zone, pairs in sorted(by_zone.items()):
            tables = _tables_of(timetable, slot, zone, pairs, last)
            for pair, table in tables.items():
                last[instance.a[pair], zone] = last[instance.b[pair], zone] = table
                listed = problem.pairs[pair]
                meetings.append(Meeting(listed.a, listed.b, slot, problem.zones[zone].id, table))
    return sorted(meetings, key=lambda one: (one.slot, one.zone, one.table, one.a, one.b))


def _tables_of(timetable: Timetable, slot: int, zone: int, pairs: list[int],
               last: dict[tuple[int, int], int]) -> dict[int, int]:
    instance = timetable.instance
    name, count = instance.problem.zones[zone].id, instance.problem.zones[zone].tables
    held: dict[int, int] = {}
    taken: dict[int, int] = {}
    for pair in pairs:
        old = instance.published.get(pair)
        if old and old.slot == slot and old.zone == name and old.table <= count and old.table not in taken:
            held[pair] = old.table
            taken[old.table] = pair
    reserved = set(taken)
    free = [pair for pair in pairs if pair not in held]
    wishes = {pair: _wishes(last, instance.a[pair], instance.b[pair], zone, count, reserved) for pair in free}
    for pair in sorted(free, key=lambda one: (-len(wishes[one]) + 3 * _agree(wishes[one]), one)):
        _augment(pair, wishes, taken, set())
    for table, pair in taken.items():
        held[pair] = table
    unused = (table for table in range(1, count + 1) if table not in taken)
    for pair in free:
        if pair not in held:
            held[pair] = next(unused)
    return held


def _wishes(last: dict[tuple[int, int], int], a: int, b: int, zone: int, count: int, reserved: set[int]) -> list[int]:
    """Tables where one of the two last sat; a table where both did stands twice."""
    wished = (last.get((b, zone)), last.get((a, zone)))
    return [table for table in wished if table is not None and table <= count and table not in reserved]


def _agree(wished: list[int]) -> int:
    return 0 if len(wished) == 2 and wished[0] == wished[1] else 1


def _augment(pair: int, wishes: dict[int, list[int]], taken: dict[int, int], tried: set[int]) -> bool:
    """Give the pair a table it wishes, moving others to another of theirs where that makes room."""
    for table in wishes[pair]:
        if table in tried or len(tried) > 200:
            continue
        tried.add(table)
        holder = taken.get(table)
        if holder is None or _augment(holder, wishes, taken, tried):
            taken[table] = pair
            return True
    return False
