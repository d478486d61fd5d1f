"""The solver's steps one by one, each against a slower way of finding the same."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest

from scheduling import Meeting, diff, idle_gaps, read_problem, solve
from scheduling.demo import demo
from scheduling.solver.aggregate import aggregate, most_slots
from scheduling.solver.colouring import applies, colour
from scheduling.solver.compaction import Compaction
from scheduling.solver.construction import greedy
from scheduling.solver.highs import Program, floor_bound
from scheduling.solver.instance import Instance, bits
from scheduling.solver.tables import assign_tables
from scheduling.solver.tight import tighten
from scheduling.solver.timetable import Timetable, too_long
from tests.scheduling.problems import pair, person, problem


def longest_run(mask: int) -> int:
    return max((len(run) for run in bin(mask)[2:].split("0")), default=0)


def test_most_slots_against_all_subsets() -> None:
    for free in range(1 << 7):
        for longest in (1, 2, 3):
            subsets = (mask for mask in range(1 << 7) if mask & ~free == 0 and longest_run(mask) <= longest)
            assert most_slots(free, 0, longest, 0, 7) == max(mask.bit_count() for mask in subsets)
    assert most_slots(0b1100, 0b0011, 2, 2, 4) == 1      # two meetings before: a break first


def test_too_long_against_counting() -> None:
    for busy in range(1 << 7):
        for longest in (1, 2, 4):
            expected = sum(1 << slot for slot in range(7) if not busy >> slot & 1
                           and len(_run_with(busy | 1 << slot, slot)) > longest)
            assert too_long(busy, longest, 7) & 0b1111111 == (expected if longest_run(busy) <= longest else
                                                              too_long(busy, longest, 7) & 0b1111111)


def _run_with(mask: int, slot: int) -> list[int]:
    run = [slot]
    while mask >> run[-1] + 1 & 1:
        run.append(run[-1] + 1)
    while run[0] and mask >> run[0] - 1 & 1:
        run.insert(0, run[0] - 1)
    return run


def test_the_dual_bound_holds_for_any_prices() -> None:
    program = Program(np.array([3.0, 2.0]), np.array([1.0, 1.0]))
    program.add(np.array([0, 0]), np.array([0, 1]), np.array([1.0]))
    program.add(np.array([0]), np.array([1]), np.array([np.inf]), np.array([0.25]))
    answer = program.solve()
    assert answer.objective == pytest.approx(2.75)
    assert answer.bound == pytest.approx(2.75)
    for prices in itertools.product([-5.0, 0.0, 1.0, 9.0], repeat=2):
        assert program.dual_bound(np.array(prices)) >= 2.75 - 1e-9


def test_bounds_of_whole_numbers_are_rounded_down_safely() -> None:
    assert floor_bound(10.9, True) == 10
    assert floor_bound(11 - 1e-9, True) == 11
    assert floor_bound(10.9, False) == pytest.approx(10.9)


def test_the_tight_bound_lies_between_plan_and_aggregate() -> None:
    one = demo("small", full=True, seed=1)
    instance = Instance(one)
    lp = aggregate(instance)
    tight = tighten(instance, lp, frozenset(), seconds=None, nodes=None, gap=0.99)
    assert tight is not None
    plan = solve(one, rounds=30)
    assert plan.value <= tight.bound < lp.bound
    assert plan.upper_bound == floor_bound(tight.bound, True)


def test_any_choice_within_the_degrees_is_coloured_evenly() -> None:
    draw = random.Random(3)
    people = [person(f"b{index}", "demand", max_meetings=6) for index in range(9)]
    people += [person(f"s{index}", "supply", max_meetings=6) for index in range(9)]
    pairs = [pair(f"b{a}", f"s{b}") for a in range(9) for b in range(9)]
    one = problem(slots=6, zones=[{"id": "A", "tables": 7}], participants=people, pairs=pairs)
    instance = Instance(one)
    assert applies(instance)
    for _ in range(20):
        degree, chosen = [0] * 18, []
        for each in draw.sample(range(81), 81):
            if max(degree[instance.a[each]], degree[instance.b[each]]) < 6 and len(chosen) < 42:
                chosen.append(each)
                degree[instance.a[each]] += 1
                degree[instance.b[each]] += 1
        table = Timetable(instance)
        assert table.place(colour(instance, chosen)) == []
        assert sorted(table.placed()) == sorted(chosen)
        sizes = [len(each) for each in table.in_slot]
        assert max(sizes) - min(sizes) <= 1


def test_the_theorem_is_not_used_where_it_does_not_hold() -> None:
    assert applies(Instance(problem(zones=[{"id": "A", "tables": 2}], participants=[
        person("b1", "demand"), person("b2", "demand"), person("s1", "supply"), person("s2", "supply")])))
    for changed in (problem(), problem(participants=[
            person("b1", "demand", max_in_a_row=1), person("b2", "demand"),
            person("s1", "supply", zone="A"), person("s2", "supply", zone="A")])):
        assert not applies(Instance(changed))


def test_compaction_counts_gaps_as_the_plan_does_and_keeps_the_value() -> None:
    for full in (False, True):
        one = demo("small", full=full, seed=1)
        table = Timetable(Instance(one))
        greedy(table)
        before, placed = sum(idle_gaps(one, assign_tables(table)).values()), table.placed()
        work = Compaction(table, fixed=frozenset(), seed=1)
        assert work.total == before
        looks = iter(range(20, -1, -1))
        after = work.run(lambda looks=looks: next(looks) / 20)
        assert after == sum(idle_gaps(one, assign_tables(table)).values()) < before
        assert table.placed() == placed


def test_the_fewest_gaps_seen_are_the_ones_that_stay() -> None:
    one = demo("small", full=True, seed=1)
    table = Timetable(Instance(one))
    greedy(table)
    work = Compaction(table, fixed=frozenset(), seed=1)
    seen: list[int] = [work.total]

    def left() -> float:
        # Warm to the end, which comes when what was good on the way was made worse again.
        seen.append(work.total)
        return 0.0 if work.total > min(seen) and len(seen) > 5 else 1.0

    after = work.run(left)
    assert after == min(seen) == sum(idle_gaps(one, assign_tables(table)).values()) < seen[-1]


def test_idle_gaps_leave_out_what_breaks_and_walking_force() -> None:
    def gaps(*meetings: Meeting, **changes) -> dict[str, int]:
        people = [person("b1", "demand", max_in_a_row=2, unavailable=[4]), person("s1", "supply", zone="A"),
                  person("s2", "supply", zone="B"), person("s3", "supply", zone="A")]
        return idle_gaps(problem(slots=8, participants=people, pairs=[], **changes), meetings)

    def at(slot: int, supplier: str, zone: str) -> Meeting:
        return Meeting("b1", supplier, slot, zone, 1)

    assert gaps(at(0, "s1", "A"), at(2, "s2", "B"), walking_gap=True) == {}
    assert gaps(at(0, "s1", "A"), at(2, "s2", "B")) == {"b1": 1}
    assert gaps(at(0, "s1", "A"), at(1, "s2", "A"), at(3, "s3", "A")) == {}          # a break was due
    assert gaps(at(0, "s1", "A"), at(3, "s2", "B"), walking_gap=True) == {"b1": 1}
    assert gaps(at(3, "s1", "A"), at(5, "s2", "A")) == {}                            # not available in between
    assert gaps(at(2, "s1", "A"), at(6, "s3", "A")) == {"b1": 2}                     # one on each side of it
    assert gaps(at(1, "s1", "A")) == {}


def test_people_stay_at_their_tables() -> None:
    one = demo("small", seed=5)
    plan = solve(one, rounds=5)
    last: dict[str, int] = {}
    stays = moves = 0
    for each in plan.meetings:
        for name in each.pair:
            if name in last:
                stays, moves = stays + (last[name] == each.table), moves + (last[name] != each.table)
            last[name] = each.table
    assert stays > moves / 2


def test_bits() -> None:
    assert bits(0b101001) == [0, 3, 5]
    assert bits(0) == []


def test_differences_of_two_plans() -> None:
    kept, moved = Meeting("b1", "s1", 0, "A", 1), Meeting("b2", "s1", 1, "A", 1)
    later, gone, new = Meeting("b2", "s1", 3, "A", 1), Meeting("b2", "s2", 2, "B", 1), Meeting("b3", "s2", 2, "B", 1)
    found = diff([kept, moved, gone], [later, kept, new])
    assert found.added == (new,)
    assert found.dropped == (gone,)
    assert [(each.old, each.new, each.slot_changed) for each in found.moved] == [(moved, later, True)]
    assert found.people == {"b2", "b3", "s1", "s2"}
    assert found.of("b3").as_dict() == {"added": [new.as_dict()], "dropped": [], "moved": []}
    assert diff([kept], [kept]).people == frozenset()


def test_a_fully_available_expo_meets_the_theorem() -> None:
    data = demo("mid", seed=1).as_dict()
    for each in data["participants"]:
        each["unavailable"] = []
    instance = Instance(read_problem(data))
    assert applies(instance)
    lp = aggregate(instance)
    table = Timetable(instance)
    assert table.place(colour(instance, lp.pairs[lp.chosen > 0.5].tolist())) == []
    assert table.value() == floor_bound(lp.bound, True)
