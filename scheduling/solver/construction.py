"""The first timetable: the pairs that the aggregate program chose, put into slots one slot at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from scheduling.solver.aggregate import most_slots
from scheduling.solver.clock import Clock
from scheduling.solver.timetable import Timetable, fill
from scheduling.solver.window import Window

# Tuned on the synthetic expos: the share of all plans' value that construction reaches hardly moves around these.
URGENCY_POWER = 4
MINIMUM_SHARE = 0.1        # of the penalty, for a meeting that a participant still lacks
WEIGHT_SHARE = 0.2


def greedy(timetable: Timetable) -> None:
    """Heaviest pair first, each in its first open slot: the baseline, and what there is when time is out."""
    weight = timetable.instance.weight
    fill(timetable, sorted(range(len(weight)), key=lambda pair: (-weight[pair], pair)))


def by_slots(timetable: Timetable, chosen: Sequence[int], clock: Clock) -> None:
    """Place `chosen` slot by slot, each slot as a matching that prefers the pairs in danger of being left over.

    Where meetings in one slot restrict the slots beside it (breaks, walking) the slots are taken in time order, else
    the scarcest first. What does not fit stays unplaced.
    """
    instance = timetable.instance
    waiting = [pair for pair in chosen if timetable.slot[pair] < 0]
    if not waiting:
        return
    scale = float(np.mean([instance.weight[pair] for pair in waiting])) or 1.0
    future = instance.open_day
    for slot in _order(timetable):
        if clock.timed and clock.over():
            return
        urgency = _urgency(timetable, waiting, future, scale)
        future &= ~(1 << slot)
        cost = {pair: urgency[instance.a[pair]] + urgency[instance.b[pair]] + WEIGHT_SHARE * instance.weight[pair]
                for pair in waiting if timetable.open_slots(pair) >> slot & 1}
        timetable.place(match_slot(timetable, slot, cost, clock))
        waiting = [pair for pair in waiting if timetable.slot[pair] < 0]


def match_slot(timetable: Timetable, slot: int, cost: dict[int, float], clock: Clock) -> list[tuple[int, int]]:
    """The best set of pairs for one slot, by `cost`: nearly always the linear relaxation is whole."""
    window = Window(timetable, 1 << slot, cost)
    program, size = window.program, len(window.pair)
    program.cost = np.concatenate([np.array([cost[pair] for pair in window.pair.tolist()]),
                                   np.zeros(len(window.short))])
    x = program.solve().x
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


def fill_exactly(timetable: Timetable, candidates: Iterable[int], clock: Clock, *, gap: float) -> bool:
    """Put the best set of `candidates` into the free places, nobody moved; returns whether it is proven the best."""
    window = Window(timetable, timetable.instance.open_day, candidates)
    placements, proven = window.solve(seconds=clock.allow(20), nodes=500, gap=gap)
    return not timetable.place(placements) and proven


def fill_up(timetable: Timetable) -> None:
    """Add every pair that can simply be added, heaviest first."""
    weight = timetable.instance.weight
    fill(timetable, sorted(range(len(weight)), key=lambda pair: (-weight[pair], pair)))


def _order(timetable: Timetable) -> list[int]:
    instance = timetable.instance
    slots = range(instance.now, instance.slots)
    if instance.walking or any(longest < instance.slots for longest in instance.longest_run):
        return list(slots)
    present = {slot: sum(mask >> slot & 1 for mask in instance.available) for slot in slots}
    return sorted(slots, key=lambda slot: (present[slot], slot))


def _urgency(timetable: Timetable, waiting: Iterable[int], future: int, scale: float) -> list[float]:
    """What a meeting now is worth to each participant: more, the fuller the rest of its day and below its minimum."""
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
        below = timetable.degree[person] < instance.minimum[person]
        urgency.append(scale * min(count / max(left, 1), 4.0) ** URGENCY_POWER
                       + (MINIMUM_SHARE * instance.penalty if below else 0.0))
    return urgency
