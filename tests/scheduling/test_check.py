"""The checker names the broken rule: one hand-made plan for each rule, which breaks that one alone."""

from __future__ import annotations

from typing import Any

import pytest

from scheduling import Meeting, Plan, Problem, Unscheduled, check
from tests.scheduling.problems import pair, person, problem

GOOD = (Meeting("b1", "s1", 0, "A", 1), Meeting("b1", "s2", 2, "B", 1),
        Meeting("b2", "s1", 2, "A", 2), Meeting("b2", "s2", 0, "B", 2))


def plan(meetings: tuple[Meeting, ...] = GOOD, value: float | None = None, bound: float = 40,
         unscheduled: tuple[Unscheduled, ...] = ()) -> Plan:
    return Plan(meetings, 10 * len(meetings) if value is None else value, bound, unscheduled)


def rules(one: Problem, made: Plan) -> list[str]:
    return [each.rule for each in check(one, made)]


def without(index: int, *more: Meeting) -> tuple[Meeting, ...]:
    return (*GOOD[:index], *GOOD[index + 1:], *more)


def people(**changes: Any) -> list[dict[str, Any]]:
    """The four participants, b1 with changes."""
    return [person("b1", "demand", **changes), person("b2", "demand"),
            person("s1", "supply", zone="A"), person("s2", "supply", zone="B")]


def test_a_good_plan_breaks_nothing() -> None:
    assert check(problem(), plan()) == []
    assert check(problem(walking_gap=True), plan()) == []


@pytest.mark.parametrize(("rule", "one", "meetings"), [
    ("unknown_slot", problem(), without(0, Meeting("b1", "s1", 4, "A", 1))),
    ("unavailable", problem(participants=people(unavailable=[2])), GOOD),
    ("busy", problem(), without(1, Meeting("b1", "s2", 0, "B", 1))),
    ("limit", problem(participants=people(max_meetings=1)), GOOD),
    ("zone", problem(), without(0, Meeting("b1", "s1", 0, "B", 1))),
    ("tables", problem(), without(0, Meeting("b1", "s1", 0, "A", 3))),
    ("break", problem(participants=people(max_in_a_row=1)), without(1, Meeting("b1", "s2", 1, "B", 1))),
    ("walking", problem(walking_gap=True), without(1, Meeting("b1", "s2", 1, "B", 1))),
    ("pin", problem(pairs=[pair("b1", "s1", pinned_slot=1), pair("b1", "s2"), pair("b2", "s1"), pair("b2", "s2")]),
     GOOD),
])
def test_a_broken_hard_rule_is_named(rule: str, one: Problem, meetings: tuple[Meeting, ...]) -> None:
    assert set(rules(one, plan(meetings))) == {rule}


def test_one_table_twice() -> None:
    one = problem(participants=[person("b1", "demand"), person("b2", "demand"),
                                person("s1", "supply", zone="A"), person("s2", "supply", zone="A")])
    meetings = (Meeting("b1", "s1", 0, "A", 1), Meeting("b2", "s2", 0, "A", 1),
                Meeting("b1", "s2", 1, "A", 1), Meeting("b2", "s1", 1, "A", 2))
    assert rules(one, plan(meetings)) == ["tables"]


def test_interpreters_of_equal_language_add_up() -> None:
    pairs = [pair("b1", "s1", interpreter="en"), pair("b1", "s2"), pair("b2", "s1"), pair("b2", "s2", interpreter="en")]
    two = [{"language": "en", "count": 1}, {"language": "en", "count": 1}]
    assert rules(problem(pairs=pairs, interpreters=two), plan()) == []
    assert rules(problem(pairs=pairs, interpreters=two[:1]), plan()) == ["interpreter"]


def test_pairs_meet_once_and_must_be_listed() -> None:
    assert rules(problem(), plan((*GOOD, Meeting("b1", "s1", 3, "A", 1)), bound=50)) == ["pair_twice"]
    one = problem(pairs=[pair("b1", "s2"), pair("b2", "s1"), pair("b2", "s2")])
    assert rules(one, plan(value=30)) == ["unknown_pair"]


def test_a_pin_may_be_left_out_only_for_another() -> None:
    def pinned(slot: int) -> Problem:
        return problem(pairs=[pair("b1", "s1", 0, pinned_slot=slot), pair("b1", "s2", pinned_slot=2), pair("b2", "s1"),
                              pair("b2", "s2")])

    left_out = (Unscheduled("b1", "s1", "pin_impossible"),)
    assert rules(pinned(2), plan(GOOD[1:], bound=30, unscheduled=left_out)) == []
    assert rules(pinned(0), plan(GOOD[1:], bound=30, unscheduled=left_out)) == ["pin"]


def test_value_and_bound_are_counted_again() -> None:
    assert rules(problem(), plan(value=41, bound=50)) == ["value"]
    assert rules(problem(), plan(bound=39)) == ["upper_bound"]
    short = problem(participants=people(min_meetings=4), shortfall_penalty=7)
    assert rules(short, plan(value=26)) == []


def test_reasons_must_be_complete_and_true() -> None:
    full = problem(participants=people(max_meetings=1))
    meetings = without(1)
    for listed, broken in [
        ((Unscheduled("b1", "s2", "limit"),), []),
        ((), ["unscheduled"]),
        ((Unscheduled("b1", "s2", "limit"),) * 2, ["unscheduled"]),
        ((Unscheduled("b1", "s2", "limit"), Unscheduled("b2", "s2", "busy")), ["unscheduled"]),
        ((Unscheduled("b1", "s2", "limit"), Unscheduled("b1", "s9", "busy")), ["unscheduled"]),
        ((Unscheduled("b1", "s2", "tables"),), ["reason"]),
        ((Unscheduled("b1", "s2", "absent"),), ["reason"]),
        ((Unscheduled("b1", "s2", "no_common_slot"),), ["reason"]),
        ((Unscheduled("b1", "s2", "pin_impossible"),), ["reason"]),
        ((Unscheduled("b1", "s2", "because"),), ["reason"]),
        ((Unscheduled("b1", "s2", "busy"),), []),
    ]:
        assert rules(full, plan(meetings, unscheduled=listed)) == broken


def test_a_pair_that_could_be_added_is_named() -> None:
    listed = (Unscheduled("b1", "s2", "busy"),)
    assert rules(problem(), plan(without(1), unscheduled=listed)) == ["addable"]
    weightless = problem(pairs=[pair("b1", "s1"), pair("b1", "s2", 0), pair("b2", "s1"), pair("b2", "s2")])
    assert rules(weightless, plan(without(1), unscheduled=listed)) == []


def repaired(**changes: Any) -> Problem:
    return problem(published=[one.as_dict() for one in GOOD], **{"now_slot": 1, "stability": 5, **changes})


def test_what_is_over_stays_and_is_not_judged() -> None:
    assert rules(repaired(), plan()) == []
    assert rules(repaired(participants=people(unavailable=[0], max_meetings=1)), plan()) == ["limit"]
    assert rules(repaired(), plan(without(0, Meeting("b1", "s1", 0, "A", 2)))) == ["history"] * 2
    moved = without(0, Meeting("b1", "s1", 1, "A", 1))
    assert rules(repaired(), plan(moved)) == ["history"]
    gone = repaired(participants=people()[1:], pairs=[pair("b2", "s1"), pair("b2", "s2")])
    assert rules(gone, plan(without(1), value=20, bound=20)) == []


def test_the_absent_meet_nobody_from_now_on() -> None:
    one = repaired(absent=["b1"], participants=people(min_meetings=4), shortfall_penalty=9)
    assert rules(one, plan()) == ["absent"]
    assert rules(one, plan(without(1), unscheduled=(Unscheduled("b1", "s2", "absent"),))) == []


def test_history_counts_toward_runs_and_walking() -> None:
    close = without(1, Meeting("b1", "s2", 1, "B", 1))
    assert rules(repaired(walking_gap=True), plan(close)) == ["walking"]
    assert rules(repaired(participants=people(max_in_a_row=1)), plan(close)) == ["break"]


def test_a_kept_slot_keeps_its_table() -> None:
    assert rules(repaired(), plan(without(2, Meeting("b2", "s1", 2, "A", 1)))) == ["kept_table"]
    smaller = repaired(zones=[{"id": "A", "tables": 1}, {"id": "B", "tables": 2}])
    assert rules(smaller, plan(without(2, Meeting("b2", "s1", 2, "A", 1)))) == []
