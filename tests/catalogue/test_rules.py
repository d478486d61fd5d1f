"""What an offer states against what a demand wants: met, not met or unknown."""

from __future__ import annotations

from decimal import Decimal

import pytest

from catalogue import kinds
from catalogue.rules import RULES, judge


def money(minor, currency="HKD"):
    return {"minor": minor, "currency": currency}


CASES = [
    # rule, offered, wanted, verdict
    ("at_least", 24, 12, "met"),
    ("at_least", 12, 12, "met"),
    ("at_least", 6, 12, "not met"),
    ("at_least", "180.5", "180", "met"),
    ("at_least", "4", "5", "not met"),  # four stars offered, five wanted
    ("at_least", None, 12, "unknown"),
    ("at_least", 12, None, "unknown"),
    ("at_least", "many", 12, "unknown"),
    ("at_least", True, 1, "unknown"),
    ("at_most", 21, 30, "met"),
    ("at_most", 45, 30, "not met"),
    ("at_most", 0, 0, "met"),
    ("equal", "passed", "passed", "met"),
    ("equal", "filed", "passed", "not met"),
    ("equal", True, True, "met"),
    ("equal", False, True, "not met"),
    ("equal", "", "passed", "unknown"),
    ("has", True, True, "met"),
    ("has", False, True, "not met"),
    ("has", False, False, "met"),
    ("has", True, False, "met"),
    ("has", None, True, "unknown"),
    ("has", "yes", True, "unknown"),
    ("includes", ["yue", "en"], ["yue"], "met"),
    ("includes", ["yue"], ["yue", "pt"], "not met"),
    ("includes", "yue", ["yue"], "met"),
    ("includes", [], ["yue"], "unknown"),
    ("includes", ["yue"], [], "unknown"),
    ("overlaps", ["single", "twin"], ["twin", "day"], "met"),
    ("overlaps", ["single"], ["twin"], "not met"),
    ("counterpart", "operator_seeks_facilities", "owner_seeks_operator", "met"),
    ("counterpart", "landlord_offers_premises", "operator_seeks_facilities", "met"),
    ("counterpart", "owner_seeks_operator", "owner_seeks_operator", "not met"),
    ("counterpart", "landlord_offers_premises", "owner_seeks_operator", "not met"),
    ("mentions", {"en": ["CPR valve", "Transport mode"]}, {"en": ["cpr VALVE"]}, "met"),
    ("mentions", {"zh-Hant": ["ＩＳＯ 13485"]}, {"en": ["ISO 13485"]}, "met"),
    ("mentions", {"en": ["CPR valve"]}, {"en": ["CPR valve", "low noise"]}, "unknown"),
    ("mentions", {"en": "certificate at QF level 2"}, {"en": "QF level 2"}, "met"),
    ("not_later", "2026-11-30", "2026-12-01", "met"),
    ("not_later", "2026-12-02", "2026-12-01", "not met"),
    ("not_later", "2026-12", "2026-12-01", "unknown"),
    ("not_earlier", "2026-12-01", "2026-12-01", "met"),
    ("not_earlier", "2026-11-30", "2026-12-01", "not met"),
    ("covers", ["HK"], ["HK-NTP"], "met"),
    ("covers", ["MO"], ["HK-NTP"], "not met"),
    ("covers", ["HK-NTP"], ["HK"], "unknown"),
    ("within_budget", money(9000), money(10000), "met"),
    ("within_budget", money(10000), money(10000), "met"),
    ("within_budget", money(10001), money(10000), "not met"),
    ("within_budget", money(0), money(10000), "met"),
    ("within_budget", money(100, "JPY"), money(100, "JPY"), "met"),
    ("within_budget", money(9000, "CNY"), money(10000), "unknown"),
    ("within_budget", money(9000, "XXQ"), money(10000, "XXQ"), "unknown"),
    ("within_budget", {"currency": "HKD"}, money(10000), "unknown"),
]


@pytest.mark.parametrize(("rule", "offered", "wanted", "verdict"), CASES)
def test_judge(rule, offered, wanted, verdict):
    assert judge(rule, offered, wanted) == verdict


def test_every_rule_is_in_the_table_and_none_fails_on_odd_values():
    assert {rule for rule, *_ in CASES} == set(RULES)
    odd = [None, "", "x", 0, 1.5, True, [], [1], {}, {"minor": 1}, {"en": 5}, object()]
    for rule in RULES:
        for offered in odd:
            for wanted in odd:
                assert judge(rule, offered, wanted) in ("met", "not met", "unknown")


@pytest.mark.parametrize(
    ("rates", "verdict"),
    [
        ({"CNY": Decimal("1.08"), "HKD": 1}, "met"),  # 90 yuan are 97.2 dollars of the 100 there are
        ({"CNY": "1.2", "HKD": "1"}, "not met"),
        ({"CNY": Decimal("0.14"), "HKD": Decimal("0.128")}, "met"),  # both in US dollars
        ({"CNY": Decimal("1.08")}, "unknown"),
        ({"CNY": 0, "HKD": 1}, "unknown"),
        ({"CNY": "NaN", "HKD": 1}, "unknown"),
        ({}, "unknown"),
        (None, "unknown"),
    ],
)
def test_two_currencies_need_a_rate(rates, verdict):
    assert judge("within_budget", money(9000, "CNY"), money(10000), rates=rates) == verdict


def test_exponents_count_when_currencies_meet():
    assert judge("within_budget", money(2000, "JPY"), money(10000), rates={"JPY": "0.05", "HKD": 1}) == "met"
    assert judge("within_budget", money(2001, "JPY"), money(10000), rates={"JPY": "0.05", "HKD": 1}) == "not met"


def test_what_is_not_bound_to_a_place_is_not_excluded_by_one():
    assert judge("covers", ["MO"], ["HK"], place_bound=False) == "unknown"
    assert judge("covers", ["HK"], ["HK"], place_bound=False) == "met"


def test_an_unknown_rule_is_an_error_of_the_caller():
    with pytest.raises(KeyError):
        judge("guess", 1, 1)


def test_a_rule_fits_the_type_of_its_field():
    fits = {
        "at_least": {"integer", "decimal", "choice"}, "at_most": {"integer", "decimal"}, "equal": {"choice"},
        "has": {"boolean"}, "includes": {"choices"}, "overlaps": {"choices", "places"}, "counterpart": {"choice"},
        "mentions": {"tags", "text"}, "covers": {"places"}, "within_budget": {"money"},
        "not_later": {"date"}, "not_earlier": {"date"},
    }  # fmt: skip
    wrong = [
        (field.key, field.compare, field.type)
        for kind in kinds.all_kinds()
        for field in kind.fields()
        if field.compare and field.type not in fits[field.compare]
    ]
    assert wrong == []
