"""What is said of a listing becomes typed facts, or an error code at its field."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from catalogue import kinds
from catalogue.cleaners import CLEANERS
from catalogue.fields import TYPES
from catalogue.validation import CODES, ErrorCode, clean, is_blank, missing

EQUIPMENT = kinds.get_kind("equipment")
CARE = kinds.get_kind("care_place")
OPERATION = kinds.get_kind("facility_operation")

ACCEPTED = [
    ("load_kg", "180", "180"),
    ("load_kg", "1,250.50", "1250.5"),
    ("load_kg", "１８０", "180"),
    ("load_kg", 180, "180"),
    ("load_kg", "0", "0"),
    ("warranty_months", "24", 24),
    ("warranty_months", "24.0", 24),
    ("rental", True, True),
    ("rental", "on", True),
    ("rental", "否", False),
    ("model", " SB  755 ", "SB  755"),
    ("price", {"amount": "188.5", "currency": "HKD"}, {"minor": 18850, "currency": "HKD"}),
    ("price", {"amount": "1,200", "currency": "JPY"}, {"minor": 1200, "currency": "JPY"}),
    ("price", {"amount": "1.234", "currency": "KWD"}, {"minor": 1234, "currency": "KWD"}),
    ("price", {"minor": 0, "currency": "CNY"}, {"minor": 0, "currency": "CNY"}),
    ("price_unit", "month", "month"),
    ("device_class", "II", "II"),
    ("languages", ["en", "yue", "en"], ["yue", "en"]),
    ("languages", "yue", ["yue"]),
    ("serves", ["HK", "CN-4401", "HK"], ["HK", "CN-4401"]),
    ("available_from", "2026-12-01", "2026-12-01"),
    ("available_from", "2026年12月1日", "2026-12-01"),
    ("available_from", "2026/12/1", "2026-12-01"),
    ("available_from", datetime.date(2026, 12, 1), "2026-12-01"),
    ("dimensions", {"en": " 200 x 90 cm\n", "zh-Hant": ""}, {"en": "200 x 90 cm"}),
    ("features", {"zh-Hans": "断电可用\n静音\n\n静音"}, {"zh-Hans": ["断电可用", "静音"]}),
    ("features", {"en": ["quiet", " "], "zh-Hant": []}, {"en": ["quiet"]}),
    ("features", {"zh-Hant": "靜音、輕巧；易清潔"}, {"zh-Hant": ["靜音", "輕巧", "易清潔"]}),
]

REFUSED = [
    ("load_kg", "heavy", ErrorCode("not_a_number")),
    ("load_kg", "1,5", ErrorCode("not_a_number")),
    ("load_kg", "NaN", ErrorCode("not_a_number")),
    ("load_kg", "1e999999", ErrorCode("too_large", {"max": "1000000000000"})),
    ("load_kg", "-1", ErrorCode("negative")),
    ("load_kg", "100001", ErrorCode("too_large", {"max": "100000"})),
    ("load_kg", "1.00001", ErrorCode("too_many_decimals", {"max": 4})),
    ("load_kg", ["1"], ErrorCode("wrong_shape")),
    ("load_kg", True, ErrorCode("wrong_shape")),
    ("warranty_months", "2.5", ErrorCode("not_whole")),
    ("warranty_months", "-3", ErrorCode("negative")),
    ("rental", "maybe", ErrorCode("wrong_shape")),
    ("model", "x" * 81, ErrorCode("too_long", {"max": 80, "length": 81})),
    ("model", "SB\x00755", ErrorCode("not_a_code")),
    ("price", {"amount": "5", "currency": "XXQ"}, ErrorCode("currency_unknown", {"value": "XXQ"})),
    ("price", {"amount": "5", "currency": ""}, ErrorCode("currency_missing")),
    ("price", {"amount": "5"}, ErrorCode("currency_missing")),
    ("price", {"amount": "five", "currency": "HKD"}, ErrorCode("not_a_number")),
    ("price", {"amount": "-5", "currency": "HKD"}, ErrorCode("negative")),
    ("price", {"minor": -5, "currency": "HKD"}, ErrorCode("negative")),
    ("price", {"minor": "5", "currency": "HKD"}, ErrorCode("not_a_number")),
    ("price", {"amount": "1.005", "currency": "HKD"}, ErrorCode("too_many_decimals", {"max": 2})),
    ("price", {"amount": "1.5", "currency": "JPY"}, ErrorCode("too_many_decimals", {"max": 0})),
    ("price", {"minor": 10**18, "currency": "HKD"}, ErrorCode("too_large", {"max": "1000000000000000.00"})),
    ("price", "188", ErrorCode("wrong_shape")),
    ("price_unit", "fortnight", ErrorCode("unknown_choice", {"value": "fortnight"})),
    ("languages", ["yue", "tlh"], ErrorCode("unknown_choice", {"value": "tlh"})),
    ("serves", ["HK", "Atlantis"], ErrorCode("unknown_place", {"value": "Atlantis"})),
    ("serves", ["HK"] * 61, ErrorCode("too_many", {"max": 60})),
    ("available_from", "2026-02-30", ErrorCode("not_a_date")),
    ("available_from", "tomorrow", ErrorCode("not_a_date")),
    ("dimensions", {"en": "x" * 201}, ErrorCode("too_long", {"max": 200, "length": 201})),
    ("dimensions", {"fr": "grand"}, ErrorCode("language_unknown", {"language": "fr"})),
    ("dimensions", "200 cm", ErrorCode("language_missing")),
    ("dimensions", {"en": "a\x00b"}, ErrorCode("control_characters")),
    ("dimensions", {"en": "a\ud800b"}, ErrorCode("control_characters")),
    ("dimensions", {"en": 5}, ErrorCode("wrong_shape")),
    ("features", {"en": "x" * 81}, ErrorCode("too_long", {"max": 80, "length": 81})),
    ("features", {"en": ["x"] * 61}, ErrorCode("too_many", {"max": 60})),
    ("features", {"en": 7}, ErrorCode("wrong_shape")),
    ("wings", "2", ErrorCode("unknown_field")),
]


@pytest.mark.parametrize(("key", "raw", "value"), ACCEPTED)
def test_accepted(key, raw, value):
    assert clean(EQUIPMENT, "offer", {key: raw}) == ({key: value}, {})


@pytest.mark.parametrize(("key", "raw", "error"), REFUSED)
def test_refused(key, raw, error):
    assert clean(EQUIPMENT, "offer", {key: raw}) == ({}, {key: error})


@pytest.mark.parametrize(("key", "raw", "value"), ACCEPTED)
def test_cleaning_again_changes_nothing(key, raw, value):
    assert clean(EQUIPMENT, "offer", {key: value}) == ({key: value}, {})


def test_one_wrong_field_keeps_the_others():
    raw = {"load_kg": "-1", "warranty_months": "24", "model": "SB 755", "price": {"amount": "9", "currency": "?"}}
    assert clean(EQUIPMENT, "offer", raw) == (
        {"warranty_months": 24, "model": "SB 755"},
        {"load_kg": ErrorCode("negative"), "price": ErrorCode("currency_unknown", {"value": "?"})},
    )


def test_plain_text_takes_the_language_of_the_listing():
    assert clean(EQUIPMENT, "offer", {"dimensions": "200 厘米"}, lang="zh-Hans") == (
        {"dimensions": {"zh-Hans": "200 厘米"}},
        {},
    )


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        (
            {"available_from": "2026-12-02", "available_until": "2026-12-01"},
            {"available_until": ErrorCode("before_other", {"other": "available_from"})},
        ),
        (
            {"price": {"amount": "9", "currency": "HKD"}, "price_max": {"amount": "8", "currency": "HKD"}},
            {"price_max": ErrorCode("below_other", {"other": "price"})},
        ),
        (
            {"price": {"amount": "9", "currency": "HKD"}, "price_max": {"amount": "80", "currency": "CNY"}},
            {"price_max": ErrorCode("currency_differs", {"other": "price"})},
        ),
    ],
)
def test_end_before_start(raw, error):
    facts, errors = clean(CARE, "offer", raw)
    assert errors == error
    assert set(facts) == set(raw) - set(error)


def test_the_same_day_and_the_same_price_are_a_range():
    raw = {
        "available_from": "2026-12-01", "available_until": "2026-12-01",
        "price": {"minor": 900, "currency": "HKD"}, "price_max": {"minor": 900, "currency": "HKD"},
    }  # fmt: skip
    assert clean(CARE, "offer", raw) == (raw, {})


def test_a_field_of_the_other_side_is_refused():
    assert clean(EQUIPMENT, "demand", {"price": {"amount": "9", "currency": "HKD"}, "load_kg": "150"}) == (
        {"load_kg": "150"},
        {"price": ErrorCode("wrong_side")},
    )


def test_publishing_needs_the_required_fields():
    needed = {"party_role": ErrorCode("required"), "facility_types": ErrorCode("required")}
    assert clean(OPERATION, "offer", {}) == ({}, {})
    assert clean(OPERATION, "offer", {}, publishing=True) == ({}, needed)
    wrong = clean(OPERATION, "offer", {"party_role": "tenant", "facility_types": ["canteen"]}, publishing=True)
    assert wrong == (
        {"facility_types": ["canteen"]},
        {"party_role": ErrorCode("unknown_choice", {"value": "tenant"})},
    )
    assert missing(OPERATION, "demand", {"facility_types": ["canteen"]}) == ("party_role",)


@pytest.mark.parametrize(
    ("value", "blank"),
    [
        (None, True), ("", True), ("  ", True), ([], True), ([""], True), ({"en": ""}, True), ({}, True),
        ({"amount": "", "currency": "HKD"}, True), ({"amount": "0", "currency": "HKD"}, False), (0, False),
        (False, False), ("0", False), ({"en": ["x"]}, False), (Decimal(0), False),
    ],
)  # fmt: skip
def test_what_says_nothing(value, blank):
    assert is_blank(value) is blank
    if blank:
        assert clean(EQUIPMENT, "offer", {"price": value}) == ({}, {})


def test_every_type_has_a_cleaner_and_every_code_is_listed():
    assert set(CLEANERS) == set(TYPES)
    used = {error.code: set(error.params) for _, _, error in REFUSED}
    assert {code: set(CODES[code]) for code in used} == used


def test_nothing_that_a_form_can_send_is_raised():
    shapes = [None, "", "x", "\x00", "９", -1, 10**30, 1.5, float("inf"), True, [], [None], [[]], {}, {"en": None},
              {"currency": "HKD"}, {"minor": None, "currency": "HKD"}, {"amount": [], "currency": "HKD"},
              object()]  # fmt: skip
    for kind in kinds.all_kinds():
        for side in ("offer", "demand"):
            for shape in shapes:
                facts, errors = clean(kind, side, {field.key: shape for field in kind.fields()}, lang="en")
                assert all(error.code in CODES for error in errors.values())
                assert not set(facts) & set(errors)
