"""A malformed problem is refused with the field and the line."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scheduling import ProblemError, parse, parse_plan
from scheduling.demo import demo
from scheduling.positions import line_of
from tests.scheduling.problems import pair, person

TEXT = """{"slots": 4,
 "zones": [{"id": "A", "tables": 2}],
 "interpreters": [{"language": "en", "count": 1}],
 "participants": [
  {"id": "b1", "side": "demand", "unavailable": [3], "max_meetings": 3, "min_meetings": 0, "max_in_a_row": 2},
  {"id": "s1", "side": "supply", "max_meetings": 3, "min_meetings": 0, "zone": "A", "colour": "red"}],
 "pairs": [
  {"a": "b1", "b": "s1",
   "weight": 87}],
 "shortfall_penalty": 300,
 "walking_gap": true}
"""


def test_a_problem_is_read_whatever_else_it_says() -> None:
    one = parse(TEXT)
    assert [each.id for each in one.participants] == ["b1", "s1"]
    assert one.pairs[0].weight == 87
    assert parse(json.dumps(one.as_dict())) == one


@pytest.mark.parametrize(("old", "new", "field", "line"), [
    ('"slots": 4', '"slots": -1', "slots", 1),
    ('"slots": 4', '"slots": true', "slots", 1),
    ('"tables": 2', '"tables": 2.5', "zones[0].tables", 2),
    ('"count": 1', '"count": "1"', "interpreters[0].count", 3),
    ('"side": "supply"', '"side": "both"', "participants[1].side", 6),
    ('"id": "s1"', '"id": "b1"', "participants[1].id", 6),
    ('"zone": "A"', '"zone": "Z"', "participants[1].zone", 6),
    ('"unavailable": [3]', '"unavailable": [1, 4]', "participants[0].unavailable[1]", 5),
    ('"max_in_a_row": 2', '"max_in_a_row": 0', "participants[0].max_in_a_row", 5),
    ('"max_meetings": 3, "min_meetings": 0, "max_in_a_row"', '"min_meetings": 0, "max_in_a_row"',
     "participants[0].max_meetings", 5),
    ('"weight": 87', '"weight": -1', "pairs[0].weight", 9),
    ('"weight": 87', '"weight": NaN', "pairs[0].weight", 9),
    ('"weight": 87', '"weight": 1e999', "pairs[0].weight", 9),
    ('"weight": 87', '"weight": 87, "pinned_slot": 4', "pairs[0].pinned_slot", 9),
    ('"a": "b1"', '"a": "s1"', "pairs[0].a", 8),
    ('"b": "s1"', '"b": "s7"', "pairs[0].b", 8),
    ('"weight": 87}', '"weight": 87}, {"a": "b1",\n"b": "s1", "weight": 1}', "pairs[1].b", 10),
    ('"walking_gap": true', '"walking_gap": "yes"', "walking_gap", 11),
    ('"shortfall_penalty": 300', '"shortfall_penalty": -300', "shortfall_penalty", 10),
    ('"walking_gap": true', '"walking_gap": true, "now_slot": 5', "now_slot", 11),
    ('"pairs": [', '"pairs": ["b1",', "pairs[0]", 7),
])
def test_the_field_and_the_line_are_named(old: str, new: str, field: str, line: int) -> None:
    assert old in TEXT
    with pytest.raises(ProblemError) as caught:
        parse(TEXT.replace(old, new))
    assert (caught.value.field, caught.value.line) == (field, line)


@pytest.mark.parametrize(("text", "line"), [
    ("", 1), ("{\n\"slots\": 4,\n}", 3), ("[1, 2", 1), ("[" * 100_000, 1), ('{"slots": ' + "9" * 5000 + "}", 1),
])
def test_what_is_not_json_is_named_by_line(text: str, line: int) -> None:
    with pytest.raises(ProblemError) as caught:
        parse(text)
    assert caught.value.line == line


@pytest.mark.parametrize("text", ["[]", "3", "null", '"slots"', "{}"])
def test_what_is_no_problem_is_refused(text: str) -> None:
    with pytest.raises(ProblemError):
        parse(text)


def test_lines_are_found_in_any_layout() -> None:
    data: dict[str, Any] = {"a": [1, {"b": "}]\n,"}, [2, 3]], "c": {"d": None}}
    text = json.dumps(data, indent=1)
    lines = text.split("\n")
    assert lines[line_of(text, ["c", "d"]) - 1].strip() == '"d": null'
    assert lines[line_of(text, ["a", 2, 1]) - 1].strip() == "3"
    assert line_of(text, ["a", 7]) == line_of(text, ["a"]) == 2


def test_a_plan_is_read_with_the_same_care() -> None:
    with pytest.raises(ProblemError) as caught:
        parse_plan('{"meetings": [],\n"value": "much", "upper_bound": 1, "unscheduled": []}')
    assert (caught.value.field, caught.value.line) == ("value", 2)


@pytest.mark.parametrize("size", ["small", "mid"])
@pytest.mark.parametrize("law", ["lognormal", "pareto"])
def test_synthetic_expos_are_well_formed_and_repeat(size: str, law: str) -> None:
    one = demo(size, full=True, seed=4, law=law)
    assert parse(json.dumps(one.as_dict())) == one == demo(size, full=True, seed=4, law=law)
    wanted: dict[str, int] = {}
    for each in one.pairs:
        wanted[each.a] = wanted.get(each.a, 0) + 1
        wanted[each.b] = wanted.get(each.b, 0) + 1
    assert all(each.min_meetings <= min(wanted.get(each.id, 0), each.max_meetings) for each in one.participants)


def test_helpers_make_what_the_reader_accepts() -> None:
    assert person("x", "demand")["side"] == "demand"
    assert pair("x", "y", 3)["weight"] == 3
