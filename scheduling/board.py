"""The organiser's board: what one change would break and be worth, without looking at the other meetings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from scheduling.hall import Hall
from scheduling.problem import Meeting, Pair, Problem


@dataclass(frozen=True, slots=True)
class Effect:
    """What putting a pair into a slot would do: the rules it breaks (none: it fits) and the change of the value."""

    breaks: tuple[str, ...]
    value_change: float


class Board:
    """A timetable being edited by hand. Times of all methods but the first do not grow with the number of meetings."""

    def __init__(self, problem: Problem, meetings: Iterable[Meeting]) -> None:
        self.problem = problem
        self.hall = Hall(problem, meetings)
        self.place_of = {one.pair: one for one in self.hall.meetings}

    def effect(self, a: str, b: str, slot: int | None) -> Effect:
        """What moving the pair to `slot` (or adding it there, or with None taking it out) would break and change.

        Raises KeyError when the two are not a listed pair.
        """
        pair = self.hall.pair[a, b]
        held = self.place_of.get((a, b))
        if held is not None:
            self.hall.remove(held)
        try:
            breaks = self._breaks(pair, held, slot)
            before = self._worth(pair, meets=held is not None)
            after = self._worth(pair, meets=slot is not None)
        finally:
            if held is not None:
                self.hall.add(held)
        return Effect(tuple(sorted(breaks)), after - before)

    def free_tables(self, slot: int, zone: str) -> list[int]:
        """Numbers of the tables of `zone` that nobody uses in `slot`."""
        taken = {one.table for one in self.hall.tables.get((slot, zone), ())}
        return [table for table in range(1, self.hall.size.get(zone, 0) + 1) if table not in taken]

    def put(self, a: str, b: str, slot: int, table: int | None = None) -> Meeting:
        """Move or add the pair, at `table` or the first free one; rules that this breaks are the caller's decision.

        Raises KeyError when the two are not a listed pair, ValueError when there is no free table.
        """
        pair = self.hall.pair[a, b]
        zone = self.problem.zone_of(a, b)
        held = self.place_of.get((a, b))
        if held is not None:
            self.take(a, b)
        free = self.free_tables(slot, zone) if zone is not None else []
        if zone is None or not free or (table is not None and table not in free):
            if held is not None:
                self.restore(held)
            raise ValueError(f"no free table in slot {slot}")
        return self.restore(Meeting(pair.a, pair.b, slot, zone, table or free[0]))

    def take(self, a: str, b: str) -> Meeting:
        """Take the pair's meeting out and return it; KeyError when it has none."""
        held = self.place_of.pop((a, b))
        self.hall.remove(held)
        return held

    def meetings(self) -> list[Meeting]:
        """All meetings as they stand, in the order of slot, zone and table."""
        return sorted(self.place_of.values(), key=lambda one: (one.slot, one.zone, one.table))

    def restore(self, meeting: Meeting) -> Meeting:
        """Put a meeting (back) exactly where it says."""
        self.place_of[meeting.pair] = meeting
        self.hall.add(meeting)
        return meeting

    def _breaks(self, pair: Pair, held: Meeting | None, slot: int | None) -> set[str]:
        breaks = set()
        if held is not None and held.slot < self.problem.now_slot and slot != held.slot:
            breaks.add("history")
        if pair.pinned_slot not in (None, slot):
            breaks.add("pin")
        if slot is None:
            return breaks
        if self.hall.absent(pair):
            breaks.add("absent")
        if not 0 <= slot < self.problem.slots:
            return breaks | {"unknown_slot"}
        if slot < self.problem.now_slot and (held is None or held.slot != slot):
            breaks.add("history")
        if any(slot in self.problem.by_id[name].unavailable for name in (pair.a, pair.b)):
            breaks.add("unavailable")
        return breaks | self.hall.stops(pair, slot)

    def _worth(self, pair: Pair, *, meets: bool) -> float:
        """The part of the value that depends on whether the pair meets (the hall does not hold it)."""
        lacking = sum(
            max(0, self.problem.by_id[name].min_meetings - self.hall.count[name] - meets)
            for name in (pair.a, pair.b) if name not in self.problem.absent
        )
        return (pair.weight if meets else 0) - self.problem.shortfall_penalty * lacking


@dataclass(frozen=True, slots=True)
class Opening:
    """If `meeting` moved to `slot`, the pair (a, b) could meet in its place: the value would rise by `gain`."""

    a: str
    b: str
    meeting: Meeting
    slot: int
    gain: float


def openings(problem: Problem, meetings: Iterable[Meeting], participant: str, *, limit: int = 10) -> list[Opening]:
    """What a participant would gain if one named meeting moved to another slot: the best `limit`, best first."""
    board = Board(problem, meetings)
    found: list[Opening] = []
    for pair in problem.pairs:
        if participant not in (pair.a, pair.b) or (pair.a, pair.b) in board.place_of or board.hall.absent(pair):
            continue
        if pair.pinned_slot is not None:
            continue
        for slot in board.hall.common_slots(pair):
            for meeting in _in_the_way(board, pair, slot):
                found += _after_moving(board, pair, slot, meeting)
    found.sort(key=lambda one: (-one.gain, one.a, one.b, one.meeting.slot, one.slot))
    return found[:limit]


def _in_the_way(board: Board, pair: Pair, slot: int) -> list[Meeting]:
    """Meetings of the two in this slot; only one may be in the way."""
    held = [one for name in (pair.a, pair.b) for one in board.hall.held[name].get(slot, ())]
    return held if len(held) == 1 else []


def _after_moving(board: Board, pair: Pair, slot: int, meeting: Meeting) -> list[Opening]:
    moved = board.hall.pair.get(meeting.pair)
    if moved is None or moved.pinned_slot is not None or meeting.slot < board.problem.now_slot:
        return []
    board.take(*meeting.pair)
    found = []
    try:
        effect = board.effect(pair.a, pair.b, slot)
        if not effect.breaks and effect.value_change > 0:
            for other in board.hall.common_slots(moved):
                if other != slot and not board.effect(moved.a, moved.b, other).breaks:
                    board.put(moved.a, moved.b, other)
                    fits = not board.effect(pair.a, pair.b, slot).breaks
                    board.take(moved.a, moved.b)
                    if fits:
                        found.append(Opening(pair.a, pair.b, meeting, other, effect.value_change))
                        break
    finally:
        board.restore(meeting)
    return found
