"""Every plan holds before the independent checker, whatever the problem."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import HealthCheck, given, settings

from scheduling import Meeting, Plan, Problem, check, check_meetings, parse_plan, read_problem, solve
from scheduling.check import value_of
from scheduling.demo import demo
from tests.scheduling.problems import hostile, pair, person, problem

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@QUICK
@given(hostile())
def test_any_problem_gets_a_plan_that_holds(one: Problem) -> None:
    assert check(one, solve(one, rounds=4)) == []


@QUICK
@given(hostile(repairs=True))
def test_any_repair_gets_a_plan_that_holds(one: Problem) -> None:
    assert check(one, solve(one, rounds=4)) == []


def best_value(one: Problem) -> float:
    """The value of the best plan, by trying every choice of slots (pins apart)."""
    best = float("-inf")
    sizes = {zone.id: zone.tables for zone in one.zones}
    for slots in itertools.product([None, *range(one.slots)], repeat=len(one.pairs)):
        meetings, used = [], {}
        for each, slot in zip(one.pairs, slots, strict=True):
            zone = one.zone_of(each.a, each.b)
            if slot is None:
                continue
            if zone is None:
                break
            used[slot, zone] = used.get((slot, zone), 0) + 1
            meetings.append(Meeting(each.a, each.b, slot, zone, min(used[slot, zone], sizes[zone] + 1)))
        else:
            value = value_of(one, meetings)
            if value > best and not check_meetings(one, meetings):
                best = value
    return best


def test_small_plans_are_the_best_and_the_bound_is_above_them() -> None:
    draw = random.Random(7)
    for _ in range(6):
        people = [person(f"b{index}", "demand", max_meetings=2, min_meetings=1, max_in_a_row=draw.choice([None, 1, 2]))
                  for index in range(2)]
        people += [person(f"s{index}", "supply", zone=draw.choice("AB"), max_meetings=2,
                          unavailable=draw.sample(range(3), 1)) for index in range(3)]
        pairs = [pair(f"b{buyer}", f"s{supplier}", draw.randint(0, 9)) for buyer in range(2) for supplier in range(3)]
        one = problem(slots=3, participants=people, pairs=pairs, walking_gap=True, shortfall_penalty=5,
                      zones=[{"id": "A", "tables": 1}, {"id": "B", "tables": 1}])
        plan = solve(one, rounds=12)
        assert plan.value == best_value(one)
        assert plan.upper_bound >= plan.value


def test_the_same_rounds_give_the_same_plan() -> None:
    one = demo("small", full=True, seed=3)
    first, again, other = (solve(one, rounds=20, seed=seed) for seed in (5, 5, 6))
    assert first == again
    assert first.meetings != other.meetings


@pytest.mark.parametrize("full", [False, True])
def test_a_synthetic_expo_is_planned_close_to_its_bound(full: bool) -> None:
    one = demo("small", full=full, seed=2)
    plan = solve(one, seconds=3)
    assert check(one, plan) == []
    assert plan.value >= (0.97 if full else 1) * plan.upper_bound
    assert plan.figures["short"] == 0
    assert plan.figures["gaps"] <= plan.figures["gaps_before"]


def test_full_availability_reaches_the_bound_without_search() -> None:
    base = demo("small", seed=1).as_dict()
    for each in base["participants"]:
        each["unavailable"] = []
    one = read_problem(base)
    plan = solve(one, rounds=0)
    assert plan.value == plan.upper_bound
    assert check(one, plan) == []


def test_pins_come_before_value() -> None:
    one = problem(pairs=[pair("b1", "s1", 0, pinned_slot=2), pair("b2", "s1", 90), pair("b1", "s2", 1, pinned_slot=2)],
                  slots=3, zones=[{"id": "A", "tables": 1}, {"id": "B", "tables": 1}])
    plan = solve(one, rounds=3)
    assert {(each.a, each.b, each.slot) for each in plan.meetings if each.a == "b1"} == {("b1", "s2", 2)}
    assert [each.as_dict() for each in plan.unscheduled] == [{"a": "b1", "b": "s1", "reason": "pin_impossible"}]
    assert check(one, plan) == []


def test_what_cannot_be_is_explained() -> None:
    one = problem(
        slots=2,
        zones=[{"id": "A", "tables": 1}, {"id": "B", "tables": 0}],
        participants=[person("b1", "demand", unavailable=[0]), person("b2", "demand"), person("b3", "demand"),
                      person("s1", "supply", zone="A", max_meetings=1), person("s2", "supply", zone="B"),
                      person("s3", "supply", zone="A", unavailable=[1]), person("s4", "supply", zone="A")],
        pairs=[pair("b1", "s3"), pair("b1", "s2"), pair("b2", "s1", 50), pair("b3", "s1", 40), pair("b2", "s3", 60),
               pair("b2", "s4", 5), pair("b3", "s4", 0, interpreter="fr")],
    )
    plan = solve(one, rounds=5)
    assert check(one, plan) == []
    assert {(each.a, each.b): each.reason for each in plan.unscheduled} == {
        ("b1", "s3"): "no_common_slot", ("b1", "s2"): "tables", ("b3", "s1"): "limit",
        ("b2", "s4"): "tables", ("b3", "s4"): "tables",
    }
    assert plan.value == plan.upper_bound == 110


def test_progress_tells_stages_and_a_stop_keeps_the_best(tmp_path) -> None:
    one = demo("small", full=True, seed=1)
    told: list[tuple[str, float]] = []
    kept = tmp_path / "plan.json"

    def tell(progress) -> None:
        told.append((progress.stage, progress.value))
        if progress.stage == "constructed":
            assert check(one, progress.best()) == []
            assert check(one, parse_plan(kept.read_text())) == []

    plan = solve(one, seconds=60, on_progress=tell, should_stop=lambda: len(told) > 6, keep_at=kept)
    assert [stage for stage, _ in told[:3]] == ["greedy", "constructed", "search"]
    assert plan.value >= max(value for _, value in told)
    assert isinstance(plan, Plan)
    assert parse_plan(kept.read_text()) == plan
    assert check(one, plan) == []


def test_seconds_and_rounds_exclude_each_other() -> None:
    with pytest.raises(ValueError, match="seconds or rounds"):
        solve(problem(), seconds=1, rounds=1)
