"""Idle gaps: the waits of a participant that neither the break rule nor walking explains."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise

from scheduling.problem import Meeting, Participant, Problem


def idle_gaps(problem: Problem, meetings: Iterable[Meeting]) -> dict[str, int]:
    """Number of idle gaps of every participant who has any.

    An idle gap is a maximal run of available slots without a meeting, between two meetings of one person. It is not
    counted when it is a single slot that could not be closed: because the meetings on its two sides are in different
    zones, or because joined together they would run longer than allowed.
    """
    held: dict[str, dict[int, str]] = defaultdict(dict)
    for one in meetings:
        for name in one.pair:
            held[name][one.slot] = one.zone
    counts = {}
    for person in problem.participants:
        found = len(_gaps(person, held.get(person.id, {}), problem.walking_gap))
        if found:
            counts[person.id] = found
    return counts


def _gaps(person: Participant, zones: dict[int, str], walking: bool) -> list[tuple[int, int]]:
    """First and last slot of each idle gap of one participant; `zones` maps its slots with a meeting to their zone."""
    found = []
    order = sorted(zones)
    for left, right in pairwise(order):
        first = None
        for slot in range(left + 1, right + 1):
            idle = slot < right and slot not in person.unavailable
            if idle and first is None:
                first = slot
            if not idle and first is not None:
                if not _forced(person, zones, left, right, walking):
                    found.append((first, slot - 1))
                first = None
    return found


def _forced(person: Participant, zones: dict[int, str], left: int, right: int, walking: bool) -> bool:
    if right - left != 2:
        return False
    if walking and zones[left] != zones[right]:
        return True
    if person.max_in_a_row is None:
        return False
    before = after = 1
    while left - before in zones:
        before += 1
    while right + after in zones:
        after += 1
    return before + after > person.max_in_a_row
