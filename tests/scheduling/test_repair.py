"""Repairs: the past stays, few are disturbed, newcomers go into free places."""

from __future__ import annotations

from dataclasses import replace

from scheduling import Pair, Participant, check, repair, solve
from scheduling.demo import demo
from scheduling.problem import DEMAND


def test_a_repair_moves_the_fewer_the_dearer_moving_is() -> None:
    one = demo("small", full=True, seed=2)
    published = solve(one, rounds=40)
    absent = ["s5", "s9", "b3"]
    values, changed = [], []
    for stability in (0, 40):
        done = repair(one, published, now_slot=4, absent=absent, stability=stability, rounds=25)
        assert check(done.problem, done.plan) == []
        values.append(done.plan.value)
        changed.append(len(done.changed))
    assert changed[1] <= changed[0]
    still = repair(one, published, now_slot=4, absent=absent, move=False, rounds=25)
    assert check(still.problem, still.plan) == []
    assert still.changed == ()
    assert {meeting for meeting in published.meetings if meeting.slot < 4} <= set(still.plan.meetings)
    assert {name for meeting in still.lost for name in meeting.pair} & set(absent)
    assert all(set(meeting.pair) & set(absent) for meeting in still.lost)
    assert still.plan.value <= still.plan.upper_bound
    assert still.difference.dropped == still.lost
    assert still.difference.added == still.new


def test_newcomers_move_nobody() -> None:
    one = demo("small", seed=3)
    published = solve(one, rounds=10)
    newcomer = Participant(id="b99", side=DEMAND, max_meetings=5, min_meetings=1)
    pairs = tuple(Pair("b99", each.id, 500) for each in one.participants if each.side == "supply")
    grown = replace(one, participants=(*one.participants, newcomer), pairs=(*one.pairs, *pairs),
                    zones=(replace(one.zones[0], tables=one.zones[0].tables + 1),))
    done = repair(grown, published, move=False, rounds=5)
    assert check(done.problem, done.plan) == []
    assert done.changed == done.lost == ()
    assert sum(meeting.a == "b99" for meeting in done.new) == 5
    assert done.plan.figures["nobody_moved_proven"] is True
