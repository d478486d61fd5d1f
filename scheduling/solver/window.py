"""One neighbourhood: some slots are cleared and filled again exactly, as an integer program, all else staying."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from scheduling.solver.highs import Integers, Program
from scheduling.solver.instance import bits
from scheduling.solver.timetable import Timetable

Placement = tuple[int, int]


class Window:
    """The integer program over pairs `candidates`, in the slots of `mask`, on top of what `timetable` holds.

    Columns are the placements (pair, slot) that are possible one by one, then the shortfall of participants below
    their minimum.
    """

    def __init__(self, timetable: Timetable, mask: int, candidates: Iterable[int]) -> None:
        self.timetable = timetable
        self.instance = timetable.instance
        pairs, slots = [], []
        for pair in candidates:
            free = timetable.open_slots(pair) & mask
            while free:
                low = free & -free
                free ^= low
                pairs.append(pair)
                slots.append(low.bit_length() - 1)
        self.pair = np.array(pairs, dtype=np.int64)
        self.slot = np.array(slots, dtype=np.int64)
        self.slots = bits(mask)
        self.a, self.b = self.instance.np_a[self.pair], self.instance.np_b[self.pair]
        self.zone = self.instance.np_zone[self.pair]
        self.columns = np.arange(len(pairs))
        self.person = np.concatenate([self.a, self.b])
        self.person_slot = np.concatenate([self.slot, self.slot])
        self.person_zone = np.concatenate([self.zone, self.zone])
        self.person_column = np.concatenate([self.columns, self.columns])
        self.program = self._program()

    def _program(self) -> Program:
        instance, timetable = self.instance, self.timetable
        cost = instance.np_weight[self.pair]
        if instance.published:
            kept = instance.np_kept[self.pair]
            cost = cost + np.where(kept < 0, 0.0, np.where(kept == self.slot, 1.0, 0.5)) * instance.stability
        degree = np.array(timetable.degree)
        lacking = instance.np_minimum - degree
        people = np.unique(self.person)
        self.short = people[lacking[people] > 0]
        program = Program(
            np.concatenate([cost, np.full(len(self.short), -float(instance.penalty))]),
            np.concatenate([np.ones(len(cost)), lacking[self.short].astype(float)]),
        )
        slots = instance.slots
        self._at_most(program, self.pair, self.columns, 1)
        self._at_most(program, self.person * slots + self.person_slot, self.person_column, 1)
        self._limits(program, instance.np_cap - degree)
        self._minimums(program, lacking)
        self._shared(program)
        if len(self.slots) > 1 and len(self.pair):
            self._breaks(program)
            if instance.walking:
                self._walking(program)
        return program

    def _at_most(self, program: Program, key: Integers, column: Integers, most: int) -> None:
        """One row for each value of `key` held by more than `most` columns."""
        _, row, count = np.unique(key, return_inverse=True, return_counts=True)
        crowded = count > most
        index = np.cumsum(crowded) - 1
        kept = crowded[row]
        program.add(index[row[kept]], column[kept], np.full(int(crowded.sum()), float(most)))

    def _limits(self, program: Program, room: Integers) -> None:
        tight = np.flatnonzero((room > 0) & (room < len(self.slots)))
        row = np.full(len(room), -1)
        row[tight] = np.arange(len(tight))
        counted = row[self.person] >= 0
        program.add(row[self.person[counted]], self.person_column[counted], room[tight].astype(float))

    def _minimums(self, program: Program, lacking: Integers) -> None:
        row = np.full(len(lacking), -1)
        row[self.short] = np.arange(len(self.short))
        counted = row[self.person] >= 0
        program.add(
            np.concatenate([row[self.person[counted]], np.arange(len(self.short))]),
            np.concatenate([self.person_column[counted], len(self.pair) + np.arange(len(self.short))]),
            np.full(len(self.short), np.inf), lacking[self.short].astype(float),
        )

    def _shared(self, program: Program) -> None:
        """Tables and interpreters of each slot."""
        instance, timetable = self.instance, self.timetable
        language = instance.np_language[self.pair]
        for kind, there, used in (
            (self.zone, instance.tables, timetable.tables_used),
            (language, instance.interpreters, timetable.interpreters_used),
        ):
            for index, count in enumerate(there):
                for slot in self.slots:
                    columns = np.flatnonzero((kind == index) & (self.slot == slot))
                    left = count - used[index][slot]
                    if len(columns) > left:
                        program.add(np.zeros(len(columns), dtype=np.int64), columns, np.array([float(left)]))

    def _breaks(self, program: Program) -> None:
        """Rows for runs that only several placements together would make too long."""
        timetable, instance = self.timetable, self.instance
        order = np.argsort(self.person, kind="stable")
        people, starts = np.unique(self.person[order], return_index=True)
        ends = [*starts[1:].tolist(), len(order)]
        row: list[int] = []
        column: list[int] = []
        high: list[float] = []
        for person, start, end in zip(people.tolist(), starts.tolist(), ends, strict=True):
            longest = instance.longest_run[person]
            if longest >= instance.slots:
                continue
            mine = order[start:end]
            slots = self.person_slot[mine]
            possible = 0
            for slot in set(slots.tolist()):
                possible |= 1 << slot
            busy = timetable.busy[person]
            for mask, room in _crowded(busy, possible, longest):
                inside = mine[[bool(mask >> slot & 1) for slot in slots.tolist()]]
                row += [len(high)] * len(inside)
                column += self.person_column[inside].tolist()
                high.append(float(room))
        if high:
            program.add(np.array(row), np.array(column), np.array(high))

    def _walking(self, program: Program) -> None:
        """For adjacent slots and any split of the zones: not in one part now and in the other next."""
        least = np.full(len(self.timetable.degree), np.iinfo(np.int64).max)
        most = np.full(len(self.timetable.degree), -1)
        np.minimum.at(least, self.person, self.person_zone)
        np.maximum.at(most, self.person, self.person_zone)
        roams = least[self.person] < most[self.person]
        for slot in self.slots[:-1]:
            now = roams & (self.person_slot == slot)
            then = roams & (self.person_slot == slot + 1)
            if not (now.any() and then.any()):
                continue
            zones = np.unique(self.person_zone[now | then])
            for zone in zones.tolist():
                here = self.person_zone == zone
                parts = [(now & here) | (then & ~here)]
                if len(zones) > 2:
                    parts.append((now & ~here) | (then & here))
                for part in parts:
                    _, row = np.unique(self.person[part], return_inverse=True)
                    program.add(row, self.person_column[part], np.ones(int(row.max(initial=-1)) + 1))

    def start(self, placements: Sequence[Placement]) -> np.ndarray:
        """The columns' values for these placements; those that are no column are left out."""
        where = {key: index for index, key in enumerate(zip(self.pair.tolist(), self.slot.tolist(), strict=True))}
        values = np.zeros(len(self.program.cost))
        met = np.zeros(len(self.timetable.degree))
        for key in placements:
            index = where.get(key)
            if index is not None:
                values[index] = 1
                met[self.a[index]] += 1
                met[self.b[index]] += 1
        values[len(self.pair):] = np.maximum(0, self.program.upper[len(self.pair):] - met[self.short])
        return values

    def solve(self, *, start: Sequence[Placement] = (), seconds: float | None, nodes: int | None, gap: float,
              seed: int = 0) -> tuple[list[Placement], bool]:
        """The best placements found and whether they are proven the best (within `gap`).

        The relaxation comes first: it is often whole, or shows that nothing beats `start`.
        """
        size = len(self.pair)
        given = self.start(start) if start else None
        relaxed = self.program.solve(seconds=seconds)
        if relaxed.x is not None:
            if np.abs(relaxed.x[:size] - np.round(relaxed.x[:size])).max(initial=0) < 1e-6:
                return self._placements(relaxed.x), True
            if given is not None and relaxed.bound < float(self.program.cost @ given) + gap:
                return list(start), True
        whole = np.zeros(len(self.program.cost), dtype=bool)
        whole[:size] = True
        answer = self.program.solve(whole=whole, seconds=seconds, nodes=nodes, gap=gap, seed=seed, start=given)
        if answer.x is None:
            return list(start), False
        return self._placements(answer.x), answer.optimal

    def _placements(self, values: np.ndarray) -> list[Placement]:
        taken = np.flatnonzero(values[:len(self.pair)] > 0.5)
        return list(zip(self.pair[taken].tolist(), self.slot[taken].tolist(), strict=True))


def _crowded(busy: int, possible: int, longest: int) -> list[tuple[int, int]]:
    """Stretches of longest+1 slots that placements could fill: the mask of those, and how many may be used."""
    found = []
    either = busy | possible
    stretch = (1 << longest + 1) - 1
    for first in range(max(0, (possible & -possible).bit_length() - 1 - longest), possible.bit_length()):
        window = stretch << first
        if either & window == window:
            inside = possible & window
            if inside.bit_count() > 1:
                found.append((inside, inside.bit_count() - 1))
    return found
