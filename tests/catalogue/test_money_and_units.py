"""Currencies, units and classifications."""

from __future__ import annotations

from decimal import Decimal

import pytest

from catalogue import classifications, currencies, units


def test_any_currency_is_known_and_three_come_first():
    codes = [currency.code for currency in currencies.all_currencies()]
    assert codes[:3] == ["CNY", "HKD", "MOP"]
    assert len(codes) == len(set(codes)) == 155
    assert codes[3:] == sorted(codes[3:])
    assert {"GBP", "TWD", "AUD", "USD", "EUR", "INR", "SGD", "JPY", "KWD"} <= set(codes)
    assert {one.code: one.exponent for one in currencies.all_currencies() if one.code in ("HKD", "JPY", "KWD",
    "CLF")} == {
        "HKD": 2, "JPY": 0, "KWD": 3, "CLF": 4,
    }  # fmt: skip
    assert currencies.get("MOP").names == {"zh-Hans": "澳门币", "zh-Hant": "澳門元", "en": "Macanese Pataca"}
    assert not currencies.is_known("XXQ")
    assert not currencies.is_known(None)


@pytest.mark.parametrize(
    ("amount", "code", "minor"),
    [("188", "HKD", 18800), ("41.5", "HKD", 4150), ("0", "CNY", 0), ("1200", "JPY", 1200), ("1.234", "KWD", 1234),
     ("-3.8", "MOP", -380), ("1E+3", "HKD", 100000)],
)  # fmt: skip
def test_minor_units_and_back(amount, code, minor):
    assert currencies.to_minor(Decimal(amount), code) == minor
    assert currencies.from_minor(minor, code) == Decimal(amount)


def test_a_price_keeps_its_decimals():
    assert str(currencies.from_minor(18800, "HKD")) == "188.00"
    assert str(currencies.from_minor(1200, "JPY")) == "1200"


@pytest.mark.parametrize(
    ("amount", "code", "error"),
    [("1.005", "HKD", ValueError), ("0.5", "JPY", ValueError), ("NaN", "HKD", ValueError), ("Infinity", "HKD",
     ValueError),
     ("1E+16", "HKD", ValueError), ("1E+999999", "HKD", ValueError), ("1", "XXQ", KeyError)],
)  # fmt: skip
def test_amounts_that_are_refused(amount, code, error):
    with pytest.raises(error):
        currencies.to_minor(Decimal(amount), code)


@pytest.mark.parametrize(
    ("text", "key"),
    [("month", "month"), ("每月", "month"), ("per month", "month"), ("个月", "month"), ("each", "piece"),
     ("每台", "piece"),
     ("張", "piece"), ("beds", "bed"), ("张床位", "bed"), ("每人每月", "person_month"), ("per bed per year",
     "bed_year"),
     ("户", "household"), ("戶", "household"), ("Households", "household"), ("meals", "meal"), ("㎡", "m2"),
     ("次", "visit"),
     ("人次", "person_time"), ("bed_month", "bed_month"), (" 小時 ", "hour"), ("fortnight", None), ("", None)],
)  # fmt: skip
def test_units_by_what_people_write(text, key):
    assert units.resolve(text) == key


def test_units_of_prices_have_words_for_them():
    assert units.get("month").price_labels == {"zh-Hans": "每月", "zh-Hant": "每月", "en": "per month"}
    assert units.get("month").for_price
    assert not units.get("storey").for_price
    with pytest.raises(KeyError):
        units.get("fortnight")
    assert units.keys() == {unit.key for unit in units.all_units()}


def test_what_was_not_checked_says_so():
    lists = [classifications.get(key) for key in classifications.all_keys()]
    unverified = {one.key: sum(not entry.verified for entry in one.entries) for one in lists}
    assert unverified == {
        "ability_gb_t_42195": 5, "care_home_types": 0, "elderly_products_2023": 6, "expo_zones": 9,
        "gdrcs_provider_kinds": 0, "iddsi": 8, "institution_stars": 4, "iso9999": 12, "medical_device_19": 4,
        "medical_device_class": 0, "nbs_2020": 90, "smart_products": 0,
    }  # fmt: skip
    assert classifications.get("institution_stars").entry("4").verified
    assert all(one.source for one in lists)


def test_classes_lie_below_their_divisions():
    nbs = classifications.get("nbs_2020")
    assert nbs.entry("0130").parent == "01"
    assert nbs.entry("0130").labels == {"zh-Hans": "机构养老照护", "zh-Hant": "機構養老照護",
    "en": "Institutional care"}
    assert sum(entry.parent is None for entry in nbs.entries) == 12
    with pytest.raises(KeyError):
        nbs.entry("0131")
    with pytest.raises(KeyError):
        classifications.get("cpv")
