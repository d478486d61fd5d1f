"""Edits by hand: the board foretells what the checker and the value say afterwards."""

from __future__ import annotations

import random

import pytest

from scheduling import Board, check_meetings, openings, solve
from scheduling.check import value_of
from scheduling.demo import demo
from tests.scheduling.problems import pair, person, problem


def test_the_board_foretells_rules_and_value() -> None:
    one = demo("small", full=True, seed=1)
    board = Board(one, solve(one, rounds=5).meetings)
    draw = random.Random(2)
    seen = set()
    for _ in range(150):
        meetings = board.meetings()
        chosen = draw.choice(one.pairs)
        slot = draw.choice([None, *range(one.slots)])
        effect = board.effect(chosen.a, chosen.b, slot)
        assert board.meetings() == meetings
        seen.update(effect.breaks)
        if slot is None and (chosen.a, chosen.b) not in board.place_of:
            continue
        if "tables" in effect.breaks:
            with pytest.raises(ValueError, match="no free table"):
                board.put(chosen.a, chosen.b, slot)
            assert board.meetings() == meetings
            continue
        before = value_of(one, meetings)
        if slot is None:
            board.take(chosen.a, chosen.b)
        else:
            board.put(chosen.a, chosen.b, slot)
        broken = {each.rule for each in check_meetings(one, board.meetings())}
        assert broken == set(effect.breaks)
        assert value_of(one, board.meetings()) - before == effect.value_change
        if broken:
            board = Board(one, meetings)
    assert {"busy", "limit", "tables", "walking", "unavailable"} <= seen


def test_openings_name_the_meeting_that_would_have_to_move() -> None:
    one = problem(slots=2, zones=[{"id": "A", "tables": 2}],
                  participants=[person("b1", "demand"), person("b2", "demand", unavailable=[1]),
                                person("s1", "supply"), person("s2", "supply")],
                  pairs=[pair("b1", "s1", 5), pair("b2", "s1", 70)])
    board = Board(one, ())
    meeting = board.put("b1", "s1", 0)
    found = openings(one, board.meetings(), "b2")
    assert [(each.a, each.b, each.meeting, each.slot, each.gain) for each in found] == [("b2", "s1", meeting, 1, 70)]
    assert openings(one, board.meetings(), "s2") == []
