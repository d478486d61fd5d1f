"""One offer per supplier, the fewest suppliers that together do, and what relaxing one condition would add."""

from __future__ import annotations

import itertools
import random

import pytest

from search.matching.relaxation import Added, relaxations
from search.matching.suppliers import Supplied, by_supplier
from search.matching.together import Partner, together


def match(id, supplier="", *, band="partial", score=50.0, met=(), refused=(), musts=3, gates=(), stopped=(), lines=()):
    """A match as plain data; `gates`: (name, facts) of failed ones."""
    state = dict.fromkeys(met, "met") | dict.fromkeys(refused, "not met")
    return {
        "id": id, "organisation_id": supplier, "band": band, "score": score, "stopped_by": stopped, "lines": lines,
        "gates": [{"name": name, "state": "failed", "facts": facts} for name, facts in gates],
        "requirements": [
            {"index": at, "need": "must", "state": state.get(at, "unknown"), "why": {}} for at in range(musts)
        ],
    }  # fmt: skip


def test_the_offers_of_a_supplier_stand_behind_its_best_and_unknown_suppliers_alone():
    rows = [("a", 1), ("b", 2), ("c", 1), ("d", None), ("e", None), ("f", 1)]
    assert by_supplier(rows, lambda row: row[1]) == (
        Supplied(("a", 1), (("c", 1), ("f", 1))),
        Supplied(("b", 2), ()),
        Supplied(("d", None), ()),
        Supplied(("e", None), ()),
    )


def test_the_fewest_suppliers_that_meet_all_that_anybody_meets():
    found = together(
        [match("1", "a", met=[0], score=90), match("2", "b", met=[1], score=80), match("3", "c", met=[0, 1], score=10)],
        lines=0,
    )
    assert found.partners == (Partner("c", ("3",), ("requirement:0", "requirement:1")),)
    assert found.nobody == ("requirement:2",)
    assert not found.needs_several


def test_among_sets_of_one_size_the_higher_scores_win_and_equal_ones_the_smaller_ids():
    rows = [match("1", "a", met=[0]), match("2", "b", met=[1]), match("3", "c", met=[1], score=60)]
    assert [one.supplier for one in together(rows, 0).partners] == ["c", "a"]
    rows = [match("1", "a", met=[0]), match("3", "c", met=[1]), match("2", "b", met=[1])]
    assert [one.supplier for one in together(rows, 0).partners] == ["a", "b"]


def test_two_offers_of_one_supplier_count_together_and_only_those_that_are_needed_are_named():
    rows = [match("1", "a", met=[0]), match("2", "a", met=[1, 2]), match("3", "a", met=[2]), match("4", "b", met=[0])]
    assert together(rows, 0).partners == (
        Partner("a", ("2", "1"), ("requirement:0", "requirement:1", "requirement:2")),
    )


def test_lines_count_and_what_is_excluded_or_another_thing_does_not():
    rows = [
        match("beds", "a", lines=(0,), band="near miss", stopped=("thing",), musts=0),
        match("chairs", "b", lines=(1,), musts=0),
        match("far", "c", lines=(0, 1), gates=[("place", {})], stopped=("gate:place",), musts=0),
    ]
    found = together(rows, 3)
    assert {one.supplier: one.covers for one in found.partners} == {"a": ("line:0",), "b": ("line:1",)}
    assert (found.asked, found.nobody) == (("line:0", "line:1", "line:2"), ("line:2",))
    other = [match("1", "a", met=[0], band="near miss", stopped=("thing",))]
    assert together(other, 0).partners == ()


def test_nothing_to_say_where_nothing_is_asked():
    assert together([match("1", "a", musts=0)], 0).asked == ()
    assert together([], 2).nobody == ("line:0", "line:1")


@pytest.mark.parametrize("seed", range(30))
def test_no_smaller_set_exists(seed):
    """Beside a search of all subsets."""
    draw = random.Random(seed)
    rows = [
        match(str(at), f"s{at:02}", met=draw.sample(range(8), draw.randint(1, 4)), musts=8, score=draw.randint(10, 12))
        for at in range(9)
    ]
    found = together(rows, 0)
    sets = {row["organisation_id"]: {r["index"] for r in row["requirements"] if r["state"] == "met"} for row in rows}
    score = {row["organisation_id"]: row["score"] for row in rows}
    everything = set().union(*sets.values())
    size = next(
        n for n in range(1, 10) if any(set().union(*(sets[s] for s in c)) == everything
                                       for c in itertools.combinations(sets, n))
    )  # fmt: skip
    whole = [c for c in itertools.combinations(sets, size) if set().union(*(sets[s] for s in c)) == everything]
    best = min(whole, key=lambda c: (-sum(score[s] for s in c), tuple(sorted(c))))
    assert sorted(one.supplier for one in found.partners) == sorted(best)


def test_what_one_condition_alone_keeps_out_and_to_what_it_would_have_to_move():
    late = [("date", {"lead_time_days": 60, "days": 30})]
    later = [("date", {"lead_time_days": 45, "days": 30})]
    dear = [("budget", {"price": {"minor": 300, "currency": "HKD"}, "budget": {"minor": 200, "currency": "HKD"}})]
    rows = [
        match("fits", "a"),
        match("late", "b", band="near miss", gates=late, stopped=("gate:date",)),
        match("later", "c", band="near miss", gates=later, stopped=("gate:date",)),
        match("dear", "d", band="near miss", gates=dear, stopped=("gate:budget",)),
        match("two", "e", band="near miss", gates=late + dear, stopped=("gate:date", "gate:budget")),
        match("other", "f", band="near miss", gates=late, stopped=("thing", "gate:date")),
        match("only other", "g", band="near miss", stopped=("thing",)),
        match("refused", "h", refused=[1], stopped=("requirement:1",)),
    ]
    date, budget, requirement = relaxations(rows)
    assert (date.code, date.needed, date.currency) == ("gate:date", 60, None)
    assert date.adds == (Added("later", 45), Added("late", 60))
    assert date.facts == {"lead_time_days": 45, "days": 30}
    assert (budget.code, budget.needed, budget.currency, budget.adds) == (
        "gate:budget",
        300,
        "HKD",
        (Added("dear", 300),),
    )
    assert (requirement.code, requirement.needed, requirement.adds) == (
        "requirement:1",
        None,
        (Added("refused", None),),
    )


def test_sums_of_several_currencies_have_no_common_number():
    def dear(id, currency):
        facts = {"total": {"minor": 500, "currency": currency}, "price": {"minor": 5, "currency": currency}}
        return match(id, id, band="near miss", gates=[("budget", facts)], stopped=("gate:budget",))

    [budget] = relaxations([dear("1", "HKD"), dear("2", "CNY")])
    assert (budget.needed, budget.currency) == (None, None)
    assert budget.adds == (Added("1", None), Added("2", None))


def test_a_capacity_moves_down():
    small = [("capacity", {"wanted": "30", "unit": "bed", "stated": {"beds": 20}})]
    smaller = [("capacity", {"wanted": "30", "unit": "bed", "stated": {"beds": 12}})]
    rows = [
        match("1", band="near miss", gates=smaller, stopped=("gate:capacity",)),
        match("2", band="near miss", gates=small, stopped=("gate:capacity",)),
    ]
    [capacity] = relaxations(rows)
    assert (capacity.needed, [one.id for one in capacity.adds]) == (12, ["2", "1"])
