"""The ruleset, the heads of titles, and what makes a band."""

from __future__ import annotations

import copy
from dataclasses import replace

import pytest
import yaml

from search.matching.bands import Identity, band, stopped_by
from search.matching.heads import BROADER, NARROWER, NONE, SAME, heads, kinship
from search.matching.results import Gate, RequirementState
from search.matching.ruleset import FILE, read, ruleset

SURE = Identity(named=0.7, closest=0.6, asked=0.2, wording=0.1, head=SAME, kin=1)
DOUBTLESS = replace(SURE, closest=1.0)


def must(state, index=0):
    return RequirementState(index, "must", "x", state)


@pytest.mark.parametrize(
    ("identity", "gates", "requirements", "expected"),
    [
        (SURE, [], [must("met")], "strong"),
        (SURE, [], [], "partial"),
        (DOUBTLESS, [], [], "strong"),
        (SURE, [Gate("place", "unknown")], [must("met")], "strong"),
        (SURE, [], [must("unknown")], "partial"),
        (DOUBTLESS, [], [must("unknown")], "strong"),
        (DOUBTLESS, [], [must("met"), must("not met", 1)], "partial"),
        (DOUBTLESS, [Gate("place", "failed")], [must("met")], "near miss"),
        (replace(SURE, head=BROADER), [], [must("met")], "partial"),
        (replace(DOUBTLESS, kin=0.3), [], [must("met")], "partial"),
        (replace(DOUBTLESS, kin=0), [], [must("met")], "near miss"),
        (replace(SURE, named=0.1, closest=0.1, head=NONE), [], [must("met")], "near miss"),
        (replace(SURE, named=0.1, closest=0.1), [], [], "partial"),
        (replace(SURE, kin=0.3, apart=True, head=NONE), [], [must("met")], "near miss"),
        (replace(SURE, apart=True, head=NONE), [], [must("met")], "partial"),
        (Identity(named=0.6, closest=0, asked=0, wording=0, head=NARROWER, kin=1), [], [], "partial"),
        (Identity(named=0.6, closest=0, asked=0, wording=0, head=NONE, kin=1), [], [], "near miss"),
        (Identity(named=0.6, closest=0, asked=0, wording=0, head=SAME, kin=0.3), [], [], "near miss"),
    ],
)
def test_bands(identity, gates, requirements, expected):
    assert band(identity, gates, requirements) == expected


def test_what_stopped_it():
    gates = [Gate("place", "failed"), Gate("budget", "unknown")]
    requirements = [must("not met", 2), must("unknown", 3)]
    assert stopped_by(SURE, gates, requirements) == ("gate:place", "requirement:2")
    assert stopped_by(replace(SURE, named=0.1, closest=0.1, head=NONE), gates, requirements)[:2] == (
        "thing",
        "gate:place",
    )
    assert stopped_by(replace(SURE, kin=0), [], ()) == ("kind",)
    unlike = replace(SURE, apart=True, head=NONE, closest=0.3)
    assert stopped_by(unlike, gates, ()) == ("thing", "gate:place")
    assert stopped_by(unlike, [], ()) == ()
    assert stopped_by(replace(unlike, kin=0.3), gates, ()) == ("kind", "gate:place")


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("輪椅坐墊", ("wheelchair_cushion",)),
        ("Wheelchair cushions for care homes", ("wheelchair_cushion",)),
        ("电动移位椅(床到轮椅、马桶)", ("transfer_chair",)),
        ("汰換病床和輪椅", ("care_bed", "wheelchair")),
        ("長者院舍緊急呼叫系統：平安鐘", ("emergency_call",)),
        ("Bed rails and grab bars", ("bed_rail", "handrail")),
        ("zzz", ()),
        ("", ()),
    ],
)
def test_heads(title, expected):
    assert heads(title) == expected


def test_kinship():
    assert kinship("wheelchair", ("wheelchair",)) == SAME
    assert kinship("wheelchair", ("power_wheelchair",)) == NARROWER
    assert kinship("power_wheelchair", ("wheelchair",)) == BROADER
    assert kinship("wheelchair", ("care_bed",)) == NONE


def test_the_ruleset_adds_up_and_its_version_follows_its_numbers():
    rules = ruleset()
    assert sum(rules.points.values()) == pytest.approx(100)
    data = yaml.safe_load(FILE.read_text("utf-8"))
    assert read(data).version == rules.version
    other = copy.deepcopy(data)
    other["parts"]["thing"] += 1
    other["parts"]["wording"] -= 1
    assert read(other).version != rules.version
    other["parts"]["wording"] -= 1
    with pytest.raises(ValueError, match="add up to 100"):
        read(other)


def test_kinds_that_serve_the_same_need_earn_a_share():
    rules = ruleset()
    assert rules.kind_share("equipment", "equipment") == 1
    assert 0 < rules.kind_share("equipment", "adaptation") == rules.kind_share("adaptation", "equipment") < 1
    assert rules.kind_share("food_meals", "software_platform") == 0
