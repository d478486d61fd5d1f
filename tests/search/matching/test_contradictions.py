"""What a demand asks for that cannot all be had."""

from __future__ import annotations

from datetime import date

import pytest

from search.matching.contradictions import Contradiction, contradictions

TODAY = date(2026, 11, 2)


def demand(*musts, lang="zh-Hans", nice=(), **more):
    rows = [{"need": "must", "text": {lang: one}} for one in musts]
    return {"requirements": rows + [{"need": "nice", "text": {lang: one}} for one in nice], **more}


def between(content):
    return [one.between for one in contradictions(content, TODAY)]


@pytest.mark.parametrize(
    ("lang", "one", "other"),
    [
        ("zh-Hans", "载重至少180公斤", "载重不超过150公斤"),
        ("zh-Hant", "載重至少180公斤", "載重不超過150公斤"),
        ("en", "Safe working load at least 180 kg", "Safe working load at most 150 kg"),
        ("en", "load at least 180 kg", "load not more than 150 kg"),
        ("zh-Hans", "床宽不少于90厘米", "床宽不超过0.8米"),
    ],
)
def test_two_bounds_of_one_thing_that_exclude_each_other(lang, one, other):
    assert between(demand(one, "床栏", other, lang=lang)) == [(0, 2)]


def test_one_requirement_that_contradicts_itself():
    [found] = contradictions(demand("载重不少于180公斤，但不超过150公斤"), TODAY)
    assert found == Contradiction("numbers", (0,), {"said": ("180公斤", "150公斤")})


@pytest.mark.parametrize(
    "content",
    [
        demand("载重至少150公斤", "载重不超过180公斤"),
        demand("载重至少180公斤", "自重不超过150公斤"),
        demand("床宽不少于90厘米", "床高不超过80厘米"),
        demand("载重至少180公斤", nice=["载重不超过150公斤"]),
        demand("宽90厘米", "宽120厘米"),
        demand("bed width at least 90 cm", "bed height at most 80 cm", lang="en"),
        demand("至少180公斤", "不超过150公斤"),
        demand(),
        {},
    ],
)
def test_what_can_all_be_had(content):
    assert contradictions(content, TODAY) == ()


def test_delivery_that_may_take_longer_than_there_is():
    [found] = contradictions(demand(dates={"deadline_days": 10, "needed_by": "2026-11-05"}), TODAY)
    assert (found.code, found.facts) == (
        "delivered too late",
        {"days": 10, "needed_by": "2026-11-05", "earliest": "2026-11-12"},
    )
    assert contradictions(demand(dates={"deadline_days": 3, "needed_by": "2026-11-05"}), TODAY) == ()
    assert contradictions(demand(dates={"needed_by": "2026-11-05"}), TODAY) == ()


def hkd(minor, basis):
    return {"minor": minor, "currency": "HKD", "basis": basis}


def test_sums_that_do_not_go_together():
    lines = [{"quantity": "30", "unit": "piece"}]
    content = demand(budget=hkd(100, "total"), lines=lines)
    [found] = contradictions(content, TODAY, stated=[hkd(5, "each")])
    assert found.facts == {
        "one": hkd(100, "total"), "other": hkd(5, "each"), "quantity": "30",
        "whole": {"minor": 150, "currency": "HKD"},
    }  # fmt: skip
    assert contradictions(content, TODAY, stated=[hkd(3, "each")]) == ()
    assert contradictions(demand(budget=hkd(100, "total")), TODAY, stated=[hkd(5, "each")]) == ()
    [two] = contradictions(content, TODAY, stated=[hkd(90, "total")])
    assert two.facts == {"one": hkd(100, "total"), "other": hkd(90, "total")}
    assert contradictions(content, TODAY, stated=[hkd(90, "total") | {"currency": "CNY"}]) == ()
