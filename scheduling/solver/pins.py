"""Pinned pairs go first: as many as the hard rules and the past allow."""

from __future__ import annotations

from scheduling.solver.timetable import Timetable


def place_pins(timetable: Timetable) -> tuple[frozenset[int], frozenset[int]]:
    """Place pinned pairs, heaviest first; returns those placed and those that meet in every feasible plan.

    Leaving a meeting out never breaks a rule, so a pin refused here cannot be added to the pins that are met later.
    When none that is possible alone was refused, every plan must hold all of them.
    """
    instance = timetable.instance
    pinned = [index for index, pair in enumerate(instance.problem.pairs) if pair.pinned_slot is not None]
    possible = [pair for pair in pinned if timetable.open_slots(pair)]
    possible.sort(key=lambda pair: (-instance.weight[pair], pair))
    slots = [(pair, instance.problem.pairs[pair].pinned_slot or 0) for pair in possible]
    refused = timetable.place(slots)
    placed = frozenset(possible) - frozenset(refused)
    return placed, placed if not refused else frozenset()
