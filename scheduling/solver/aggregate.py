"""The aggregate linear program: which pairs should meet, if slots are forgotten. Its dual is a proven upper bound."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scheduling.solver.highs import Floats, Integers, Program
from scheduling.solver.instance import Instance


@dataclass(frozen=True)
class Aggregate:
    """The program's answer. `pairs` are the pairs that can meet at all; arrays are in their order.

    `chosen` is each pair's share (0..1), `worth` what it earns beyond the prices of the people, tables and
    interpreters it uses, `bound` the limit of the problem's value. `duals` are the prices of the program's rows.
    """

    pairs: Integers
    chosen: Floats
    worth: Floats
    bound: float
    duals: Floats
    program: Program
    first_row: dict[str, int]


def aggregate(instance: Instance, fixed: frozenset[int] = frozenset(), *, seconds: float | None = None,
              bonus: bool = False) -> Aggregate:
    """Solve the aggregate program; the pairs in `fixed` are known to meet in every plan.

    With `bonus` the stability of published meetings counts, as if each kept its slot: then `bound` limits the score of
    the search, not the value. When `seconds` do not suffice, `bound` is a weak one and all pairs count as chosen.
    """
    pairs = np.array([pair for pair, mask in enumerate(instance.usable) if mask], dtype=np.int64)
    program, first_row = aggregate_program(instance, pairs, fixed)
    if bonus:
        program.cost[:len(pairs)] += np.where(instance.np_kept[pairs] >= 0, instance.stability, 0.0)
    answer = program.solve(seconds=seconds)
    size = len(pairs)
    chosen = np.ones(size) if answer.x is None else answer.x[:size]
    duals = np.zeros(program.rows) if answer.row_dual is None else answer.row_dual
    return Aggregate(pairs, chosen, program.reduced_costs(duals)[:size],
                     program.dual_bound(duals) + instance.past_value, duals, program, first_row)


def aggregate_program(instance: Instance, pairs: Integers, fixed: frozenset[int]) -> tuple[Program, dict[str, int]]:
    """Columns: pairs, then the shortfall of each participant with a minimum. Row p limits participant p."""
    short = np.flatnonzero(instance.np_minimum > 0)
    columns = np.arange(len(pairs))
    cost = np.concatenate([instance.np_weight[pairs], np.full(len(short), -float(instance.penalty))])
    upper = np.concatenate([np.ones(len(pairs)), instance.np_minimum[short].astype(float)])
    lower = np.zeros(len(cost))
    if fixed:
        lower[:len(pairs)] = np.isin(pairs, np.array(sorted(fixed)))
    program = Program(cost, upper, lower)
    a, b = instance.np_a[pairs], instance.np_b[pairs]
    most = np.minimum(instance.np_cap, reach(instance)).astype(float)
    first = {"people": program.add(np.concatenate([a, b]), np.concatenate([columns, columns]), most)}
    order = np.full(len(instance.cap), -1)
    order[short] = np.arange(len(short))
    with_minimum = np.concatenate([a, b])
    column = np.concatenate([columns, columns])
    counted = order[with_minimum] >= 0
    first["minimum"] = program.add(
        np.concatenate([order[with_minimum][counted], np.arange(len(short))]),
        np.concatenate([column[counted], len(pairs) + np.arange(len(short))]),
        np.full(len(short), np.inf), instance.np_minimum[short].astype(float),
    )
    zone, language = instance.np_zone[pairs], instance.np_language[pairs]
    slots = _slots_in_use(instance, pairs)
    tables = np.array([count * slots.get(("zone", index), 0)
                       for index, count in enumerate(instance.tables)], dtype=float)
    first["zone"] = program.add(zone, columns, tables)
    speaking = np.flatnonzero(language >= 0)
    interpreters = np.array([count * slots.get(("language", index), 0)
                             for index, count in enumerate(instance.interpreters)], dtype=float)
    first["language"] = program.add(language[speaking], speaking, interpreters)
    return program, first


def _slots_in_use(instance: Instance, pairs: Integers) -> dict[tuple[str, int], int]:
    masks: dict[tuple[str, int], int] = {}
    for pair in pairs.tolist():
        for key in (("zone", instance.zone[pair]), ("language", instance.language[pair])):
            masks[key] = masks.get(key, 0) | instance.usable[pair]
    return {key: mask.bit_count() for key, mask in masks.items()}


def reach(instance: Instance) -> Integers:
    """The most slots each participant can use: available, with a pair for it, and with its breaks."""
    wanted = [0] * len(instance.cap)
    for pair, mask in enumerate(instance.usable):
        if mask:
            wanted[instance.a[pair]] |= mask
            wanted[instance.b[pair]] |= mask
    return np.array([most_slots(mask, busy, longest, instance.now, instance.slots) for mask, busy, longest
                     in zip(wanted, instance.past_busy, instance.longest_run, strict=True)], dtype=np.int64)


def most_slots(free: int, past: int, longest: int, now: int, slots: int) -> int:
    """Most slots out of `free` with no more than `longest` in a row; `past` is the mask of slots used before `now`."""
    if longest >= slots:
        return free.bit_count()
    run = 0
    while now - run > 0 and past >> (now - run - 1) & 1:
        run += 1
    most = [-1] * (longest + 1)          # most[r]: best count with a run of r slots up to here
    most[min(run, longest)] = 0
    for slot in range(now, slots):
        best = max(most)
        if free >> slot & 1:
            most = [best, *(count + 1 if count >= 0 else -1 for count in most[:-1])]
        else:
            most = [best] + [-1] * longest
    return max(most)
