"""A tighter bound: what breaks and walks leave of a participant's slots depends on how they split over the zones.

The aggregate program lets a participant use the most slots that breaks allow, in any mix of zones. With walking gaps a
change of zone costs a slot as well: in n slots without interruption, meetings in runs that each stay in one zone and
are each followed by a free slot, sum(meetings) + runs <= n + 1, and a zone with c meetings needs at least c / longest
runs. With whole numbers of runs, for the participants whose slots are (nearly) all used, this closes most of the gap
between the aggregate bound and the best plan.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from scheduling.solver.aggregate import Aggregate, aggregate_program, most_slots, reach
from scheduling.solver.highs import Floats, Integers
from scheduling.solver.instance import Instance


@dataclass(frozen=True)
class Tight:
    """The integer program's answer, in the order of the aggregate's pairs; `bound` is a limit of the value."""

    chosen: Floats
    worth: Floats
    bound: float
    optimal: bool


@dataclass
class _Block:
    """New columns and rows, counted from where the aggregate program ends."""

    columns: int
    upper: list[float]
    whole: list[bool]
    row: list[int]
    column: list[int]
    value: list[float]
    high: list[float]

    def new(self, upper: float, whole: bool) -> int:
        """A new column."""
        self.upper.append(upper)
        self.whole.append(whole)
        return self.columns + len(self.upper) - 1

    def at_most(self, high: float, *terms: tuple[list[int], float]) -> None:
        """A new row: the sum of factor times columns is at most `high`."""
        for columns, factor in terms:
            self.row += [len(self.high)] * len(columns)
            self.column += columns
            self.value += [factor] * len(columns)
        self.high.append(high)


def tighten(instance: Instance, lp: Aggregate, fixed: frozenset[int], *, seconds: float | None, nodes: int | None,
            gap: float, should_stop: Callable[[], bool] | None = None) -> Tight | None:
    """Solve the aggregate program with runs in it; None when no split over zones matters or time is short."""
    if not instance.walking:
        return None
    program, _ = aggregate_program(instance, lp.pairs, fixed)
    plain = len(program.cost)
    block = _Block(plain, [], [], [], [], [], [])
    zone = instance.np_zone[lp.pairs]
    for person, columns in _pressed_for_slots(instance, lp).items():
        _add_runs(block, instance, person, columns, zone[columns])
    if not block.high:
        return None
    program.cost = np.concatenate([program.cost, np.zeros(len(block.upper))])
    program.lower = np.concatenate([program.lower, np.zeros(len(block.upper))])
    program.upper = np.concatenate([program.upper, block.upper])
    program.add(np.array(block.row), np.array(block.column), np.array(block.high), value=np.array(block.value))
    whole = np.concatenate([np.zeros(plain, dtype=bool), np.array(block.whole)])
    answer = program.solve(whole=whole, seconds=seconds, nodes=nodes, gap=gap, should_stop=should_stop)
    bound = min(lp.bound, answer.bound + instance.past_value)
    if answer.x is None:
        return None if bound >= lp.bound else Tight(lp.chosen, lp.worth, bound, False)
    size = len(lp.pairs)
    runs = np.flatnonzero(whole)
    program.lower[runs] = program.upper[runs] = np.round(answer.x[runs])
    priced = program.solve(should_stop=should_stop)
    if priced.x is None or priced.row_dual is None:
        return Tight(lp.chosen, lp.worth, bound, answer.optimal)
    return Tight(priced.x[:size], program.reduced_costs(priced.row_dual)[:size], bound, answer.optimal)


def _pressed_for_slots(instance: Instance, lp: Aggregate) -> dict[int, Integers]:
    """Participants with pairs in two zones or more who use all but at most one of the slots they can: their columns."""
    a, b = instance.np_a[lp.pairs], instance.np_b[lp.pairs]
    zone = instance.np_zone[lp.pairs]
    people = len(instance.cap)
    met = np.bincount(a, lp.chosen, people) + np.bincount(b, lp.chosen, people)
    close = np.flatnonzero((met >= reach(instance) - 1.001) & (met > 1))
    order = {person: index for index, person in enumerate(close.tolist())}
    own: list[list[int]] = [[] for _ in order]
    for column, ends in enumerate(zip(a.tolist(), b.tolist(), strict=True)):
        for person in ends:
            if person in order:
                own[order[person]].append(column)
    return {person: np.array(own[index]) for person, index in order.items() if len(set(zone[own[index]].tolist())) > 1}


def _add_runs(block: _Block, instance: Instance, person: int, columns: Integers, zone: Integers) -> None:
    longest = instance.longest_run[person]
    zones = sorted(set(zone.tolist()))
    meetings: dict[int, list[int]] = {each: [] for each in zones}
    for length in _stretches(instance.available[person]):
        here = {each: block.new(length, whole=False) for each in zones}
        for each in zones:
            meetings[each].append(here[each])
        block.at_most(most_slots((1 << length) - 1, 0, longest, 0, length), (list(here.values()), 1.0))
        if length == 1:
            continue
        runs = {each: block.new((length + 1) // 2, whole=True) for each in zones}
        block.at_most(length + 1, (list(here.values()), 1.0), (list(runs.values()), 1.0))
        for each in zones:
            block.at_most(0, ([here[each]], 1.0), ([runs[each]], -float(min(longest, length))))
    for each in zones:
        block.at_most(0, (columns[zone == each].tolist(), 1.0), (meetings[each], -1.0))


def _stretches(mask: int) -> list[int]:
    """Lengths of the uninterrupted stretches of a mask."""
    lengths = []
    while mask:
        mask >>= (mask & -mask).bit_length() - 1
        length = (~mask & mask + 1).bit_length() - 1
        lengths.append(length)
        mask >>= length
    return lengths
