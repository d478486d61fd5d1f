"""Who is where when, counted plainly from a list of meetings: what the checker and the board look at."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from scheduling.problem import Meeting, Pair, Problem


class Hall:
    """Who is where when, counted from a list of meetings."""

    def __init__(self, problem: Problem, meetings: Iterable[Meeting]) -> None:
        self.problem = problem
        self.pair = {(one.a, one.b): one for one in problem.pairs}
        self.meetings = list(meetings)
        self.met = {one.pair for one in self.meetings}
        self.held: dict[str, dict[int, list[Meeting]]] = defaultdict(dict)
        self.count: Counter[str] = Counter()
        self.tables: dict[tuple[int, str], list[Meeting]] = defaultdict(list)
        self.interpreters: Counter[tuple[int, str]] = Counter()
        for one in self.meetings:
            self.add(one)
        self.size = {one.id: one.tables for one in problem.zones}

    def add(self, meeting: Meeting) -> None:
        """Count one more meeting."""
        for name in meeting.pair:
            self.held[name].setdefault(meeting.slot, []).append(meeting)
            self.count[name] += 1
        self.tables[meeting.slot, meeting.zone].append(meeting)
        pair = self.pair.get(meeting.pair)
        if pair is not None and pair.interpreter is not None:
            self.interpreters[meeting.slot, pair.interpreter] += 1

    def remove(self, meeting: Meeting) -> None:
        """Count a meeting no longer (`meetings` and `met`, the list as given, stay as they are)."""
        for name in meeting.pair:
            there = self.held[name][meeting.slot]
            there.remove(meeting)
            if not there:
                del self.held[name][meeting.slot]
            self.count[name] -= 1
        self.tables[meeting.slot, meeting.zone].remove(meeting)
        pair = self.pair.get(meeting.pair)
        if pair is not None and pair.interpreter is not None:
            self.interpreters[meeting.slot, pair.interpreter] -= 1

    def common_slots(self, pair: Pair) -> list[int]:
        """Slots from `now_slot` on in which both sides are available."""
        away = self.problem.by_id[pair.a].unavailable | self.problem.by_id[pair.b].unavailable
        return [slot for slot in range(self.problem.now_slot, self.problem.slots) if slot not in away]

    def absent(self, pair: Pair) -> bool:
        """Whether one of the two has not come."""
        return pair.a in self.problem.absent or pair.b in self.problem.absent

    def at_limit(self, pair: Pair) -> bool:
        """Whether one of the two has all the meetings it may have."""
        return any(self.count[name] >= self.problem.by_id[name].max_meetings for name in (pair.a, pair.b))

    def stops(self, pair: Pair, slot: int) -> set[str]:
        """The rules that keep the pair out of a slot in which both are available, as things stand."""
        zone = self.problem.zone_of(pair.a, pair.b)
        stopped = {"limit"} if self.at_limit(pair) else set()
        if zone is None or len(self.tables.get((slot, zone), ())) >= self.size[zone]:
            stopped.add("tables")
        if pair.interpreter is not None:
            there = self.problem.interpreter_counts.get(pair.interpreter, 0)
            if self.interpreters[slot, pair.interpreter] >= there:
                stopped.add("interpreter")
        for name in (pair.a, pair.b):
            person, held = self.problem.by_id[name], self.held[name]
            if slot in held:
                stopped.add("busy")
            if person.max_in_a_row is not None and run_through(held, slot) > person.max_in_a_row:
                stopped.add("break")
            beside = [*held.get(slot - 1, ()), *held.get(slot + 1, ())]
            if self.problem.walking_gap and any(one.zone != zone for one in beside):
                stopped.add("walking")
        return stopped


def run_through(held: dict[int, list[Meeting]], slot: int) -> int:
    """Length of the run of meetings that `slot` would be part of."""
    first, last = slot, slot
    while first - 1 in held:
        first -= 1
    while last + 1 in held:
        last += 1
    return last - first + 1
