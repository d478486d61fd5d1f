"""Problems to test with: small ones by hand, hostile ones by hypothesis."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from scheduling import Problem, read_problem


def person(name: str, side: str, **changes: Any) -> dict[str, Any]:
    """A participant without any limit that matters."""
    return {"id": name, "side": side, "unavailable": [], "max_meetings": 99, "min_meetings": 0, "max_in_a_row": None,
            "zone": None, "languages": [], **changes}


def pair(a: str, b: str, weight: float = 10, **changes: Any) -> dict[str, Any]:
    """A pair that is neither pinned nor in need of an interpreter."""
    return {"a": a, "b": b, "weight": weight, "pinned_slot": None, "interpreter": None, **changes}


def problem(**changes: Any) -> Problem:
    """Two buyers and two suppliers in two zones, four slots; any part can be replaced."""
    return read_problem({
        "slots": 4,
        "zones": [{"id": "A", "tables": 2}, {"id": "B", "tables": 2}],
        "interpreters": [],
        "participants": [person("b1", "demand"), person("b2", "demand"),
                         person("s1", "supply", zone="A"), person("s2", "supply", zone="B")],
        "pairs": [pair("b1", "s1"), pair("b1", "s2"), pair("b2", "s1"), pair("b2", "s2")],
        "shortfall_penalty": 0, "walking_gap": False, **changes,
    })


@st.composite
def hostile(draw: st.DrawFn, *, repairs: bool = False) -> Problem:
    """Any well-formed problem of up to five on each side: no tables, nobody available, impossible pins and minimums."""
    slots = draw(st.sampled_from([6, 5, 4, 3, 1, 0]))
    zones = [{"id": f"z{index}", "tables": draw(st.sampled_from([2, 1, 3, 0]))}
             for index in range(draw(st.sampled_from([2, 3, 1, 0])))]
    zone_ids = st.sampled_from([None, *(one["id"] for one in zones)])
    slot_sets = st.sets(st.integers(0, slots - 1), max_size=draw(st.sampled_from([2, 6]))) if slots else st.just(set())
    people = []
    for side, letter in (("demand", "b"), ("supply", "s")):
        for index in range(draw(st.sampled_from([4, 5, 3, 2, 1, 0]))):
            people.append(person(
                f"{letter}{index}", side, unavailable=sorted(draw(slot_sets)),
                max_meetings=draw(st.sampled_from([3, 4, 2, 1, 0])), min_meetings=draw(st.integers(0, 3)),
                max_in_a_row=draw(st.sampled_from([None, 1, 2, 3])), zone=draw(zone_ids),
            ))
    buyers = [one["id"] for one in people if one["side"] == "demand"]
    suppliers = [one["id"] for one in people if one["side"] == "supply"]
    possible = [(a, b) for a in buyers for b in suppliers]
    listed = [each for each in possible if draw(st.sampled_from([True, True, False]))]
    weights = st.one_of(st.integers(0, 9), st.sampled_from([0, 0.5, 2.25, 10**7]))
    pairs = [pair(a, b, draw(weights),
                  pinned_slot=draw(st.integers(0, slots - 1)) if slots and draw(st.integers(0, 3)) == 3 else None,
                  interpreter=draw(st.sampled_from([None, None, None, "en", "pt"]))) for a, b in listed]
    data: dict[str, Any] = {
        "slots": slots, "zones": zones, "participants": people, "pairs": pairs,
        "interpreters": [{"language": "en", "count": draw(st.integers(0, 2))}],
        "shortfall_penalty": draw(st.sampled_from([0, 3, 300])), "walking_gap": draw(st.booleans()),
    }
    if repairs:
        data |= draw(_repair_parts(slots, buyers, suppliers, [one["id"] for one in zones]))
    return read_problem(data)


@st.composite
def _repair_parts(draw: st.DrawFn, slots: int, buyers: list[str], suppliers: list[str],
                  zones: list[str]) -> dict[str, Any]:
    """Published meetings that may have nothing to do with the problem any more."""
    names = st.tuples(st.sampled_from([*buyers, "gone"]), st.sampled_from([*suppliers, "left"]))
    published = [
        {"a": a, "b": b, "slot": draw(st.integers(0, slots + 1)), "zone": draw(st.sampled_from([*zones, "old"])),
         "table": draw(st.integers(1, 4))}
        for a, b in draw(st.lists(names, unique=True, max_size=8))
    ]
    return {
        "published": published, "now_slot": draw(st.integers(0, slots)),
        "absent": draw(st.lists(st.sampled_from([*buyers, *suppliers, "nobody"]), max_size=2)),
        "stability": draw(st.sampled_from([0, 1, 30, 10**6])),
    }
