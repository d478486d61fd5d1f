"""Lines of offers and demands in the exchange format become content, or an error that names the field."""

from __future__ import annotations

import copy
import json
import re
from collections import Counter
from pathlib import Path

import pytest

from catalogue import kinds
from catalogue.records import RecordError, demand_content, offer_content
from catalogue.validation import clean

DEMO = Path(__file__).resolve().parents[2] / "demo"

OFFER = {
    "id": "x-1",
    "title": "Electric bed Libra",
    "summary": "Nursing bed for homes.",
    "lang": "en",
    "supplier": "Maker",
    "supplier_region": "Foshan",
    "kind": "equipment",
    "facts": {
        "price": 12800, "price_max": 15000.5, "currency": "HKD", "price_unit": "each", "serves": ["Hong Kong",
        "澳門長者"],
        "lead_time_days": 21, "certificates": ["IEC 60601-2-52"], "features": ["works by hand"], "load_kg": 180,
        "model": "LIBRA", "dementia_care": True, "respite": False, "rental": False, "dimensions": "200 x 90 cm",
        "languages": ["Cantonese", "英語", "Klingon"], "capacity": "每日約4名", "colour": "white",
    },
    "source": {"url": "https://example.org/a", "site": "example.org", "page_title": "Libra", "original_site": True},
    "unknown key": 1,
}  # fmt: skip

DEMAND = {
    "id": "y-1",
    "title": "護理床採購",
    "text": "院舍採購護理床。",
    "lang": "zh-Hant",
    "buyer": "某院舍",
    "region": "Hong Kong",
    "facts": {
        "kind": "equipment", "budget": 200000, "currency": "HKD", "quantity": 30, "unit": "張", "date": "2026-12",
        "deadline_days": 30, "place": "大埔及北區", "must": ["承重不少於180公斤", "30天內送貨"], "nice": ["附床墊"],
    },
    "source": {"url": "https://example.org/b", "site": "example.org", "page_title": "採購"},
}  # fmt: skip


def test_an_offer():
    assert offer_content(OFFER) == {
        "kind": "equipment",
        "lang": "en",
        "texts": {"title": {"en": "Electric bed Libra"}, "summary": {"en": "Nursing bed for homes."}},
        "facts": {
            "price": {"minor": 1280000, "currency": "HKD"},
            "price_max": {"minor": 1500050, "currency": "HKD"},
            "price_unit": "piece",
            "serves": ["HK", "MO"],
            "serves_text": {"en": ["澳門長者"]},
            "located": ["CN-4406"],
            "lead_time_days": 21,
            "certificates": {"en": ["IEC 60601-2-52"]},
            "features": {"en": ["works by hand"]},
            "load_kg": "180",
            "model": "LIBRA",
            "dementia_care": True,
            "rental": False,
            "dimensions": {"en": "200 x 90 cm"},
            "languages": ["yue", "en"],
            "capacity": 4,
            "capacity_text": {"en": "每日約4名"},
        },
        "named_as": {"supplier": "Maker", "region": "Foshan"},
        "source": OFFER["source"],
    }


def test_a_demand():
    assert demand_content(DEMAND) == {
        "kind": "equipment",
        "lang": "zh-Hant",
        "texts": {"title": {"zh-Hant": "護理床採購"}, "text": {"zh-Hant": "院舍採購護理床。"}},
        "requirements": [
            {"need": "must", "text": {"zh-Hant": "承重不少於180公斤"}},
            {"need": "must", "text": {"zh-Hant": "30天內送貨"}},
            {"need": "nice", "text": {"zh-Hant": "附床墊"}},
        ],
        "lines": [{"text": {"zh-Hant": "護理床採購"}, "quantity": "30", "unit": "張"}],
        "budget": {"minor": 20000000, "currency": "HKD", "basis": "total"},
        "places": ["HK-NTP", "HK-NNO"],
        "place_text": "大埔及北區",
        "dates": {"needed_by": "2026-12-31", "deadline_days": 30},
        "facts": {},
        "named_as": {"buyer": "某院舍", "region": "Hong Kong"},
        "source": {**DEMAND["source"], "original_site": False},
    }


def test_the_least_that_is_an_offer_or_a_demand():
    assert offer_content({"title": "手杖", "lang": "zh-Hans", "kind": "equipment"}) == {
        "kind": "equipment", "lang": "zh-Hans", "texts": {"title": {"zh-Hans": "手杖"}}, "facts": {},
    }  # fmt: skip
    assert demand_content({"title": "手杖", "lang": "zh-Hans", "facts": {"kind": "equipment"}}) == {
        "kind": "equipment", "lang": "zh-Hans", "texts": {"title": {"zh-Hans": "手杖"}}, "requirements": [],
        "lines": [],
        "budget": None, "places": [], "place_text": "", "dates": {}, "facts": {},
    }  # fmt: skip


def fact(record, key, value):
    changed = copy.deepcopy(record)
    changed["facts"][key] = value
    return changed


@pytest.mark.parametrize(
    ("unit", "basis"),
    [
        ("戶", "total"), ("beds", "total"), ("每人每月（元）", "each"), ("每床上限（新建）", "each"), ("per bed",
        "each"),
        ("所安養院（每月）", "total"), ("HKD/bed", "each"), ("", "total"), ("person", "total"),
        ("personal alarms", "total"),
    ],
)  # fmt: skip
def test_the_unit_of_a_budget_may_say_that_it_is_of_one_piece(unit, basis):
    assert demand_content(fact(DEMAND, "unit", unit))["budget"]["basis"] == basis


@pytest.mark.parametrize(
    ("words", "currency", "unit", "note"),
    [
        ("每月", "HKD", "month", None),
        ("每月(2007年)", "HKD", "month", "每月(2007年)"),
        ("每份约", "HKD", "portion", "每份约"),
        ("SGD per month", "SGD", "month", None),
        ("SGD per ramp before subsidy", "SGD", None, "SGD per ramp before subsidy"),
        ("GBP", "GBP", None, None),
        ("35元起/次,160元/晚", "HKD", None, "35元起/次,160元/晚"),
        ("", "HKD", None, None),
    ],
)
def test_words_after_a_price(words, currency, unit, note):
    record = fact(OFFER, "price_unit", words)
    if currency != "HKD":
        record["facts"]["currency"] = None
    facts = offer_content(record)["facts"]
    assert facts["price"] == {"minor": 1280000, "currency": currency}
    assert facts.get("price_unit") == unit
    assert facts.get("price_note") == (None if note is None else {"en": note})


def test_an_amount_without_a_currency_stays_as_words():
    record = fact(fact(fact(OFFER, "currency", ""), "price_unit", "每月約"), "price_max", None)
    facts = offer_content(record)["facts"]
    assert "price" not in facts
    assert facts["price_note"] == {"en": "12800 每月約"}
    assert demand_content(fact(DEMAND, "currency", None))["budget"] is None


@pytest.mark.parametrize(
    ("words", "levels"),
    [
        (["輕度", "中度", "重度"], ["mild", "moderate", "severe"]),
        (["moderate impairment", "severe impairment"], ["moderate", "severe"]),
        (["mild impairment and above"], ["mild", "moderate", "severe", "complete"]),
        (["可自理", "一條管路"], ["intact"]),
        (["中度缺損"], ["moderate"]),
        (["mild dementia", "moderate dementia"], None),  # another scale
        (["普通照顧", "中度照顧", "高度照顧"], None),  # a home's own tiers
        (["長照等級2至8級"], None),
    ],
)
def test_levels_are_mapped_where_they_can_be_and_words_are_kept(words, levels):
    record = fact(OFFER, "ability_levels", words) | {"kind": "care_place"}
    facts = offer_content(record)["facts"]
    assert facts.get("ability_levels") == levels
    assert facts["ability_text"] == {"en": words}


def test_facts_that_the_kind_does_not_have_are_left_out():
    facts = offer_content(OFFER | {"kind": "food_meals"})["facts"]
    assert not {"load_kg", "dimensions", "respite"} & set(facts)


def test_a_place_that_is_not_known_falls_back_on_the_region():
    content = demand_content(fact(DEMAND, "place", "Ward 7"))
    assert (content["places"], content["place_text"]) == (["HK"], "Ward 7")


@pytest.mark.parametrize(
    ("date", "day"),
    [("2026-12-31", "2026-12-31"), ("2026-02", "2026-02-28"), ("2026", "2026-12-31"), ("2024-2", "2024-02-29")],
)
def test_the_last_day_of_what_a_date_names(date, day):
    assert demand_content(fact(DEMAND, "date", date))["dates"]["needed_by"] == day


OFFER_ERRORS = [
    ({"title": ""}, "title", "required"),
    ({"title": None}, "title", "required"),
    ({"title": 5}, "title", "wrong_shape"),
    ({"title": "x" * 4000}, "title", "too_long"),
    ({"summary": "a\x00b"}, "summary", "control_characters"),
    ({"lang": "fr"}, "lang", "unknown_choice"),
    ({"lang": None}, "lang", "unknown_choice"),
    ({"kind": "spaceship"}, "kind", "unknown_choice"),
    ({"kind": ["equipment"]}, "kind", "unknown_choice"),
    ({"facts": []}, "facts", "wrong_shape"),
    ({"source": "https://example.org"}, "source", "wrong_shape"),
    ({"source": {"url": "javascript:alert(1)"}}, "source.url", "not_an_address"),
    ({"supplier": {}}, "supplier", "wrong_shape"),
]
FACT_ERRORS = [
    ("price", "cheap", "facts.price", "not_a_number"),
    ("price", -1, "facts.price", "negative"),
    ("price", True, "facts.price", "not_a_number"),
    ("price", float("nan"), "facts.price", "not_a_number"),
    ("price", 1e300, "facts.price", "too_large"),
    ("price_max", 5, "facts.price_max", "below_other"),
    ("currency", "XXQ", "facts.currency", "currency_unknown"),
    ("currency", ["HKD"], "facts.currency", "currency_unknown"),
    ("rental", "yes", "facts.rental", "not_a_boolean"),
    ("lead_time_days", "soon", "facts.lead_time_days", "not_whole"),
    ("lead_time_days", -2, "facts.lead_time_days", "not_whole"),
    ("lead_time_days", 2.5, "facts.lead_time_days", "not_whole"),
    ("serves", [1], "facts.serves", "wrong_shape"),
    ("features", {"a": 1}, "facts.features", "wrong_shape"),
    ("features", ["x"] * 201, "facts.features", "too_many"),
    ("model", "x" * 81, "facts.model", "too_long"),
]
DEMAND_ERRORS = [
    ("kind", None, "facts.kind", "unknown_choice"),
    ("budget", "much", "facts.budget", "not_a_number"),
    ("budget", -1, "facts.budget", "negative"),
    ("quantity", -1, "facts.quantity", "negative"),
    ("quantity", [], "facts.quantity", "not_a_number"),
    ("date", "soon", "facts.date", "not_a_date"),
    ("date", "2026-02-30", "facts.date", "not_a_date"),
    ("date", "2026-13", "facts.date", "not_a_date"),
    ("date", "0000", "facts.date", "not_a_date"),
    ("date", 2026, "facts.date", "not_a_date"),
    ("deadline_days", "x", "facts.deadline_days", "not_whole"),
    ("must", [{}], "facts.must", "wrong_shape"),
    ("place", 7, "facts.place", "wrong_shape"),
]


@pytest.mark.parametrize(("change", "field", "code"), OFFER_ERRORS)
def test_offers_that_are_refused(change, field, code):
    with pytest.raises(RecordError) as error:
        offer_content(OFFER | change)
    assert (error.value.field, error.value.code) == (field, code)
    assert str(error.value) == f"{field} {error.value.message}"


@pytest.mark.parametrize(("key", "value", "field", "code"), FACT_ERRORS)
def test_facts_that_are_refused(key, value, field, code):
    with pytest.raises(RecordError) as error:
        offer_content(fact(OFFER, key, value))
    assert (error.value.field, error.value.code) == (field, code)


@pytest.mark.parametrize(("key", "value", "field", "code"), DEMAND_ERRORS)
def test_demands_that_are_refused(key, value, field, code):
    with pytest.raises(RecordError) as error:
        demand_content(fact(DEMAND, key, value))
    assert (error.value.field, error.value.code) == (field, code)


@pytest.mark.parametrize("record", [None, [], "x", 5])
def test_what_is_no_record(record):
    with pytest.raises(RecordError, match="a record must be an object"):
        offer_content(record)


def lines(name):
    return [json.loads(line) for line in (DEMO / name).read_text(encoding="utf-8").splitlines()]


def test_every_demonstration_offer_is_read_and_is_valid():
    offers = lines("offers.jsonl")
    seen: Counter[str] = Counter()
    for record in offers:
        content = offer_content(record)
        kind = kinds.get_kind(content["kind"])
        assert clean(kind, "offer", content["facts"], publishing=True) == (content["facts"], {}), record["id"]
        assert content["texts"]["title"][content["lang"]] == record["title"]
        assert content["source"]["url"].startswith("http")
        assert content["named_as"]["supplier"] == record["supplier"]
        seen.update(list(content["facts"]))
    assert len(offers) == len({record["id"] for record in offers}) == 362
    # Two prices have no currency, and five lists of places name none; their words are kept.
    expected = {"features": 362, "price": 101, "price_max": 36, "serves": 211, "model": 57, "ability_text": 25}
    assert {key: seen[key] for key in expected} == expected


def test_every_demonstration_demand_is_read():
    demands = lines("demands.jsonl")
    bases: Counter[str] = Counter()
    for record in demands:
        content = demand_content(record)
        kept = [one["text"][content["lang"]] for one in content["requirements"]]
        assert kept == record["facts"].get("must", []) + record["facts"].get("nice", [])
        assert bool(content["places"]) == (record["region"] != "unknown"), record["id"]
        bases.update([content["budget"]["basis"]] if content["budget"] else [])
    assert len(demands) == len({record["id"] for record in demands}) == 122
    assert bases == {"total": 41, "each": 3}


def test_the_demonstration_names_its_sources_and_no_telephone_or_mail():
    mail, telephone = r"[\w.+-]+@[\w-]+\.\w+", r"(?<!\d)\+?(?:852|853|86)[ -]?\d{8}|(?<![\d-])[2-9]\d{3}[ -]\d{4}(?!\d)"
    personal = re.compile(f"{mail}|{telephone}")
    for name in ("offers.jsonl", "demands.jsonl"):
        for record in lines(name):
            source = record.pop("source")
            assert source["site"]
            assert source["page_title"]
            assert isinstance(source["original_site"], bool)
            found = personal.findall(json.dumps(record, ensure_ascii=False))
            assert [one for one in found if not one.startswith("20")] == [], record["id"]
