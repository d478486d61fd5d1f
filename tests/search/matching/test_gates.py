"""Gates: passed, failed or unknown, and unknown never fails."""

from __future__ import annotations

from datetime import datetime

import pytest

from search import Viewer
from search.matching import demands, offers
from search.matching.gates import judge_gates
from tests.search.matching.listings import NOW, demand, offer

MEMBER = Viewer(role="member")
HK, KT, GZ = "HK", "HK-KKT", "CN-4401"


def states(wanted, offered, *, viewer=MEMBER, rates=None, now=NOW):
    gates = judge_gates(demands.profile(wanted), offers.profile(offered), now=now, viewer=viewer, rates=rates)
    return {gate.name: gate.state for gate in gates}


@pytest.mark.parametrize(
    ("kind", "facts", "wanted", "state"),
    [
        ("care_place", {"serves": [HK]}, [KT], "passed"),
        ("care_place", {"located": [GZ]}, [HK], "failed"),
        ("care_place", {}, [HK], "unknown"),
        ("care_place", {"serves": [KT]}, [HK], "passed"),
        ("equipment", {"located": [GZ]}, [HK], "unknown"),
        ("equipment", {"located": [HK]}, [KT], "passed"),
        ("equipment", {"serves": [GZ], "rental": True}, [HK], "failed"),
        ("software_platform", {"serves": [GZ]}, [HK], "unknown"),
    ],
)
def test_place(kind, facts, wanted, state):
    assert states(demand("d", "x", kind=kind, places=wanted), offer("o", "x", kind=kind, facts=facts)) == {
        "place": state
    }


def test_packed_food_travels_and_meals_do_not():
    wanted = demand("d", "送餐", kind="food_meals", places=[HK])
    assert states(wanted, offer("o", "软餐", kind="food_meals", facts={"located": [GZ]})) == {"place": "failed"}
    assert states(wanted, offer("o", "冷冻餐", kind="food_meals", lang="zh-Hans", facts={"located": [GZ]})) == {
        "place": "unknown"
    }


@pytest.mark.parametrize(
    ("dates", "lead", "expected"),
    [
        ({"deadline_days": 30}, 14, {"date": "passed"}),
        ({"deadline_days": 7}, 14, {"date": "failed"}),
        ({"deadline_days": 7}, None, {"date": "unknown"}),
        ({"needed_by": "2026-11-30"}, 14, {"date": "passed"}),
        ({"needed_by": "2019-01-01"}, 14, {}),
        ({}, 14, {}),
    ],
)
def test_date(dates, lead, expected):
    facts = {} if lead is None else {"lead_time_days": lead}
    assert states(demand("d", "x", dates=dates), offer("o", "x", facts=facts)) == expected


def money(major, currency="HKD"):
    return {"minor": major * 100, "currency": currency}


@pytest.mark.parametrize(
    ("facts", "quantity", "basis", "state"),
    [
        ({"price": money(100), "price_unit": "piece"}, "20", "total", "passed"),
        ({"price": money(900), "price_unit": "piece"}, "20", "total", "failed"),
        ({"price": money(20000), "price_unit": "piece"}, "1", "total", "failed"),
        ({"price": money(100), "price_unit": "month"}, "20", "total", "unknown"),
        ({"price": money(100, "CNY"), "price_unit": "piece"}, "20", "total", "unknown"),
        ({"price": money(9000), "price_unit": "piece"}, "20", "each", "passed"),
        ({}, "20", "total", "unknown"),
    ],
)
def test_budget(facts, quantity, basis, state):
    wanted = demand(
        "d",
        "x",
        budget=money(10000) | {"basis": basis},
        lines=[{"text": {"en": "x"}, "quantity": quantity, "unit": "piece"}],
    )
    assert states(wanted, offer("o", "x", facts=facts)) == {"budget": state}


def test_another_currency_needs_a_rate():
    wanted = demand("d", "x", budget=money(10000) | {"basis": "each"})
    offered = offer("o", "x", facts={"price": money(9500, "CNY")})
    assert states(wanted, offered) == {"budget": "unknown"}
    assert states(wanted, offered, rates={"HKD": "1", "CNY": "1.1"}) != {"budget": "passed"}
    assert states(wanted, offered, rates={"HKD": "1", "CNY": "1"}) == {"budget": "passed"}


def test_a_hidden_price_is_unknown_and_a_hidden_budget_is_no_gate():
    budget = money(10000) | {"basis": "each"}
    hidden = offer("o", "x", facts={"price": money(1)}, price_audience="hidden")
    assert states(demand("d", "x", budget=budget), hidden) == {"budget": "unknown"}
    assert states(demand("d", "x", budget=budget), hidden, viewer=Viewer(role="organiser")) == {"budget": "passed"}
    secret = demand("d", "x", budget=budget, price_audience="hidden")
    assert states(secret, offer("o", "x", facts={"price": money(1)})) == {}


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({"vacancies": 40, "capacity": 100}, "passed"),
        ({"vacancies": 10, "capacity": 100}, "failed"),
        ({"capacity": 20}, "failed"),
        ({"capacity": 100}, "unknown"),
        ({}, "unknown"),
    ],
)
def test_capacity(facts, state):
    line = {"text": {"en": "places"}, "quantity": "30", "unit": "bed"}
    wanted = demand("d", "x", kind="care_place", lines=[line])
    assert states(wanted, offer("o", "x", kind="care_place", facts=facts)) == {"capacity": state}


def test_ability_levels_and_certificates_asked_for_in_fields():
    wanted = demand("d", "x", kind="care_place", facts={"ability_levels": ["severe"]})
    for levels, state in ((["mild", "severe"], "passed"), (["mild"], "failed"), ([], "unknown")):
        assert states(wanted, offer("o", "x", kind="care_place", facts={"ability_levels": levels})) == {
            "ability": state
        }


def test_a_lapsed_registration_counts_no_more_from_the_day_after():
    wanted = demand("d", "x", facts={"registered_in": ["cn"]})
    offered = offer("o", "x", facts={"device_number": "粤械注准20202081234", "device_valid_until": "2026-11-02"})
    found = {
        now: states(wanted, offered, now=datetime.fromisoformat(now))
        for now in ("2026-11-02T15:59:00+00:00", "2026-11-02T16:00:00+00:00")
    }
    assert list(found.values()) == [{"credential": "passed"}, {"credential": "unknown"}]
    assert states(wanted, offer("o", "x", facts={"hk_device_listing": "1"})) == {"credential": "failed"}
