"""Checks a plan against the raw problem. It shares no code with the solver, so that one can catch the other's mistakes.

What has happened before `now_slot` is history: it is compared with the published plan, never judged, but it counts
toward the limits, runs and walking of what comes after.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from scheduling.hall import Hall
from scheduling.plan import REASONS, Plan
from scheduling.problem import Meeting, Pair, Participant, Problem


@dataclass(frozen=True, slots=True)
class Violation:
    """A broken rule: its name, a sentence, and whom and when it concerns."""

    rule: str
    message: str
    people: tuple[str, ...] = ()
    slot: int | None = None

    def __str__(self) -> str:
        return f"{self.rule}: {self.message}"


def check(problem: Problem, plan: Plan) -> list[Violation]:
    """Every rule that the plan breaks, in a fixed order; an empty list means that the plan holds."""
    return [
        *check_meetings(problem, plan.meetings),
        *_figures(problem, plan),
        *_reasons(problem, plan),
    ]


def check_meetings(problem: Problem, meetings: Iterable[Meeting]) -> list[Violation]:
    """The hard rules alone: meetings, pins and history; no value, bound or reasons."""
    held = list(meetings)
    hall = Hall(problem, held)
    return [
        *_history(problem, held), *_pairs(problem, held), *_people(problem, hall), *_places(problem, hall),
        *_pins(problem, hall), *_kept_tables(problem, held),
    ]


def _history(problem: Problem, meetings: list[Meeting]) -> list[Violation]:
    past, now = Counter(problem.past), problem.now_slot
    held = Counter(one for one in meetings if one.slot < now)
    found = [
        Violation("history", f"{one.a} and {one.b} met in slot {one.slot}, at table {one.table} of {one.zone}; "
                  "the plan does not say so", one.pair, one.slot)
        for one in past if held[one] < past[one]
    ]
    found += [
        Violation("history", f"{one.a} and {one.b} cannot meet in slot {one.slot}, which is over", one.pair, one.slot)
        for one in held if held[one] > past[one]
    ]
    return found


def _pairs(problem: Problem, meetings: list[Meeting]) -> list[Violation]:
    listed = {(one.a, one.b): one for one in problem.pairs}
    found = [
        Violation("pair_twice", f"{a} and {b} meet {times} times", (a, b))
        for (a, b), times in Counter(one.pair for one in meetings).items() if times > 1
    ]
    for one in meetings:
        if one.slot < problem.now_slot:
            continue
        where = f"{one.a} and {one.b} in slot {one.slot}"
        pair = listed.get(one.pair)
        if pair is None:
            found.append(Violation("unknown_pair", f"{where}: not a listed pair", one.pair, one.slot))
            continue
        if one.slot >= problem.slots:
            found.append(Violation("unknown_slot", f"{where}: there are {problem.slots} slots", one.pair, one.slot))
        if pair.pinned_slot not in (None, one.slot):
            found.append(Violation("pin", f"{where}: pinned to slot {pair.pinned_slot}", one.pair, one.slot))
        if one.zone != problem.zone_of(one.a, one.b):
            found.append(Violation("zone", f"{where}: zone {one.zone} instead of {problem.zone_of(one.a, one.b)}",
                                   one.pair, one.slot))
        for name in one.pair:
            if one.slot in problem.by_id[name].unavailable:
                found.append(Violation("unavailable", f"{where}: {name} is not available", one.pair, one.slot))
            if name in problem.absent:
                found.append(Violation("absent", f"{where}: {name} is absent", one.pair, one.slot))
    return found


def _people(problem: Problem, hall: Hall) -> list[Violation]:
    found: list[Violation] = []
    for name, held in hall.held.items():
        person = problem.by_id.get(name)
        later = [slot for slot in held if slot >= problem.now_slot]
        if person is None or not later:
            continue
        found += [
            Violation("busy", f"{name} has {len(held[slot])} meetings in slot {slot}", (name,), slot)
            for slot in later if len(held[slot]) > 1
        ]
        if hall.count[name] > person.max_meetings:
            found.append(Violation("limit", f"{name} has {hall.count[name]} meetings of at most {person.max_meetings}",
                                   (name,)))
        found += _runs(problem, person, held)
        if problem.walking_gap:
            found += [
                Violation("walking", f"{name} meets in two zones in slots {slot - 1} and {slot}", (name,), slot)
                for slot in later if len({one.zone for one in (*held.get(slot - 1, ()), *held[slot])}) > 1
            ]
    return found


def _runs(problem: Problem, person: Participant, held: dict[int, list[Meeting]]) -> list[Violation]:
    if person.max_in_a_row is None:
        return []
    found, run = [], 0
    for slot in range(max(held) + 1):
        run = run + 1 if slot in held else 0
        if run > person.max_in_a_row and slot >= problem.now_slot:
            found.append(Violation("break", f"{person.id} has {run} meetings in a row, up to slot {slot}, of at most "
                                   f"{person.max_in_a_row}", (person.id,), slot))
    return found


def _places(problem: Problem, hall: Hall) -> list[Violation]:
    found = []
    for (slot, zone), meetings in hall.tables.items():
        if slot < problem.now_slot:
            continue
        for table, times in Counter(one.table for one in meetings).items():
            if times > 1:
                found.append(Violation("tables", f"{times} meetings at table {table} of {zone}, slot {slot}", (), slot))
            if table > hall.size.get(zone, 0):
                found.append(Violation("tables", f"zone {zone} has no table {table} (slot {slot})", (), slot))
    for (slot, language), used in hall.interpreters.items():
        there = problem.interpreter_counts.get(language, 0)
        if slot >= problem.now_slot and used > there:
            found.append(Violation("interpreter", f"{used} of {there} interpreters of {language} in {slot}", (), slot))
    return found


def _pins(problem: Problem, hall: Hall) -> list[Violation]:
    pinned = {(one.a, one.b): one for one in problem.pairs if one.pinned_slot is not None}
    if not pinned:
        return []
    fixed = list(problem.past)
    fixed += [one for one in hall.meetings if one.slot >= problem.now_slot and one.pair in pinned
              and pinned[one.pair].pinned_slot == one.slot]
    alone = Hall(problem, fixed)
    return [
        Violation("pin", f"{pair.a} and {pair.b} do not meet, though they could in slot {pair.pinned_slot}, to which "
                  "they are pinned", key, pair.pinned_slot)
        for key, pair in pinned.items()
        if key not in hall.met and not alone.absent(pair) and pair.pinned_slot in alone.common_slots(pair)
        and not alone.stops(pair, pair.pinned_slot)
    ]


def _kept_tables(problem: Problem, meetings: list[Meeting]) -> list[Violation]:
    planned = {one.pair: one for one in meetings if one.slot >= problem.now_slot}
    size = {one.id: one.tables for one in problem.zones}
    found = []
    claimed = {(one.slot, one.zone, one.table) for one in problem.published if planned.get(one.pair) == one}
    for one in problem.published:
        held = planned.get(one.pair)
        if held is None or held.slot != one.slot or held == one or held.zone != one.zone:
            continue
        if one.table <= size.get(one.zone, 0) and (one.slot, one.zone, one.table) not in claimed:
            found.append(Violation("kept_table", f"{one.a} and {one.b} keep slot {one.slot} but not table {one.table}",
                                   one.pair, one.slot))
    return found


def value_of(problem: Problem, meetings: Iterable[Meeting]) -> float:
    """The objective, counted from the raw data: weights less the penalty for each meeting lacking to a minimum."""
    weight = {(one.a, one.b): one.weight for one in problem.pairs}
    held = list(meetings)
    count = Counter(name for one in held for name in one.pair)
    total = math.fsum(weight.get(one.pair, 0) for one in held)
    lacking = sum(
        max(0, one.min_meetings - count[one.id]) for one in problem.participants if one.id not in problem.absent
    )
    return total - problem.shortfall_penalty * lacking


def _figures(problem: Problem, plan: Plan) -> list[Violation]:
    found = []
    value = value_of(problem, plan.meetings)
    tolerance = 1e-6 * max(1.0, abs(value))
    if abs(plan.value - value) > tolerance:
        found.append(Violation("value", f"the plan says {plan.value}, its meetings give {value}"))
    if plan.upper_bound < value - tolerance:
        found.append(Violation("upper_bound", f"{plan.upper_bound} is below the value {value}"))
    return found


def _reasons(problem: Problem, plan: Plan) -> list[Violation]:
    hall = Hall(problem, plan.meetings)
    told: dict[tuple[str, str], str] = {}
    found = []
    for one in plan.unscheduled:
        key = (one.a, one.b)
        if key in told:
            found.append(Violation("unscheduled", f"{one.a} and {one.b} are listed twice", key))
        elif key not in hall.pair:
            found.append(Violation("unscheduled", f"{one.a} and {one.b} are not a listed pair", key))
        elif key in hall.met:
            found.append(Violation("unscheduled", f"{one.a} and {one.b} do meet", key))
        told[key] = one.reason
    for key, pair in hall.pair.items():
        if key in hall.met:
            continue
        open_slots, stopping = _stopping(hall, pair)
        if open_slots and pair.weight > 0 and pair.pinned_slot is None:
            found.append(Violation("addable", f"{pair.a} and {pair.b} could meet in slot {open_slots[0]}", key,
                                   open_slots[0]))
        if key not in told:
            found.append(Violation("unscheduled", f"{pair.a} and {pair.b} neither meet nor are listed", key))
        elif not _true_reason(hall, pair, told[key], stopping):
            found.append(Violation("reason", f"{pair.a} and {pair.b}: {told[key]!r} is not what keeps them apart", key))
    return found


def _stopping(hall: Hall, pair: Pair) -> tuple[list[int], set[str]]:
    """Slots in which nothing stops the pair, and all rules that stop it in some common slot."""
    if hall.absent(pair):
        return [], set()
    open_slots, stopping = [], set()
    for slot in hall.common_slots(pair):
        stopped = hall.stops(pair, slot)
        stopping |= stopped
        if not stopped:
            open_slots.append(slot)
    return open_slots, stopping


def _true_reason(hall: Hall, pair: Pair, reason: str, stopping: set[str]) -> bool:
    if reason == "absent":
        return hall.absent(pair)
    if reason == "no_common_slot":
        return not hall.common_slots(pair)
    if reason == "pin_impossible":
        return pair.pinned_slot is not None
    return reason in REASONS and reason in stopping
