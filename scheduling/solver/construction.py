"""The first timetable: the pairs that the aggregate program chose, put into slots one slot at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from scheduling.solver.aggregate import most_slots
from scheduling.solver.clock import Clock
from scheduling.solver.highs import Program
from scheduling.solver.timetable import Timetable, fill
from scheduling.solver.window import Window


def greedy(timetable: Timetable) -> None:
    """Heaviest pair first, each in its first open slot: the baseline, and what there is when time is out."""
    weight = timetable.instance.weight
    fill(timetable, sorted(range(len(weight)), key=lambda pair: (-weight[pair], pair)))


def by_slots(timetable: Timetable, chosen: Sequence[int], worth: Callable[[int], float], clock: Clock) -> None:
    """Place `chosen` slot by slot, each slot as a matching that prefers the pairs in danger of being left over.

    Where meetings in one slot restrict the slots beside it (breaks, walking) the slots are taken in time order, else
    the scarcest first. What does not fit stays unplaced.
    """
    instance = timetable.instance
    waiting = [pair for pair in chosen if timetable.slot[pair] < 0]
    if not waiting:
        return
    scale = max(1.0, float(np.mean([instance.weight[pair] for pair in waiting])))
    order = _order(timetable, waiting)
    future = instance.open_day
    for slot in order:
        if clock.over() and clock.timed:
            return
        now = [pair for pair in waiting if timetable.open_slots(pair) >> slot & 1]
        urgency = _urgency(timetable, waiting, future)
        future &= ~(1 << slot)
        if not now:
            continue
        cost = {pair: scale * (urgency[instance.a[pair]] + urgency[instance.b[pair]]) + 0.2 * worth(pair)
                for pair in now}
        placements = match_slot(timetable, slot, now, cost, clock)
        timetable.place(placements)
        waiting = [pair for pair in waiting if timetable.slot[pair] < 0]


def match_slot(timetable: Timetable, slot: int, pairs: Sequence[int], cost: dict[int, float],
               clock: Clock) -> list[tuple[int, int]]:
    """The best set of pairs for one slot, by `cost`."""
    window = Window(timetable, 1 << slot, pairs)
    program = window.program
    program.cost = np.concatenate([np.array([cost[pair] for pair in window.pair.tolist()]),
                                   np.zeros(len(window.short))])
    return round_up(window, program, clock)


def round_up(window: Window, program: Program, clock: Clock) -> list[tuple[int, int]]:
    """Solve a one-slot program: the linear relaxation is nearly always whole; the integer program only when not."""
    size = len(window.pair)
    relaxed = program.solve()
    x = relaxed.x
    if x is None or np.abs(x[:size] - np.round(x[:size])).max(initial=0) > 1e-6:
        whole = np.zeros(len(program.cost), dtype=bool)
        whole[:size] = True
        answer = program.solve(whole=whole, seconds=clock.allow(5), nodes=50, gap=1.0).x
        x = answer if answer is not None else x
    if x is None:
        return []
    order = np.argsort(-x[:size], kind="stable")
    taken = [index for index in order.tolist() if x[index] > 0.5]
    return list(zip(window.pair[taken].tolist(), window.slot[taken].tolist(), strict=True))


def _order(timetable: Timetable, waiting: Iterable[int]) -> list[int]:
    instance = timetable.instance
    slots = range(instance.now, instance.slots)
    coupled = instance.walking or any(longest < instance.slots for longest in instance.longest_run)
    if coupled:
        return list(slots)
    present = {slot: 0 for slot in slots}
    for mask in instance.available:
        for slot in slots:
            present[slot] += mask >> slot & 1
    return sorted(slots, key=lambda slot: (present[slot], slot))


def _urgency(timetable: Timetable, waiting: Iterable[int], future: int) -> list[float]:
    """For each participant, how much of the slots it has left its waiting meetings need, squared."""
    instance = timetable.instance
    need = [0] * len(timetable.degree)
    for pair in waiting:
        need[instance.a[pair]] += 1
        need[instance.b[pair]] += 1
    urgency = []
    for person, count in enumerate(need):
        if not count:
            urgency.append(0.0)
            continue
        left = most_slots(instance.available[person] & future, timetable.busy[person], instance.longest_run[person],
                          0, instance.slots)
        urgency.append((count / max(left, 1)) ** 2)
    return urgency
