"""Why each pair that does not meet does not meet."""

from __future__ import annotations

from scheduling.plan import Unscheduled
from scheduling.solver.timetable import Timetable


def unscheduled(timetable: Timetable) -> tuple[Unscheduled, ...]:
    """One true reason for each pair without a meeting, in the order of the problem's pairs."""
    instance = timetable.instance
    return tuple(
        Unscheduled(pair.a, pair.b, reason(timetable, index))
        for index, pair in enumerate(instance.problem.pairs)
        if timetable.slot[index] < 0 and index not in instance.past_pairs
    )


def reason(timetable: Timetable, pair: int) -> str:
    """The reason that says most: one that holds for every slot, else the rule seen where both sides are free."""
    instance = timetable.instance
    a, b = instance.a[pair], instance.b[pair]
    if instance.absent[a] or instance.absent[b]:
        return "absent"
    common = instance.common[pair]
    if not common:
        return "no_common_slot"
    if instance.problem.pairs[pair].pinned_slot is not None:
        return "pin_impossible"
    both_free = common & ~(timetable.busy[a] | timetable.busy[b])
    return next(rule for rule, slots in timetable.blocked(pair) if slots & (both_free or common))
