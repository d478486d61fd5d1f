"""Sums, counts, days and places of tender texts in three languages."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from marketplace.demands import figures
from marketplace.demands.date_reading import read_days
from marketplace.demands.place_reading import read_places


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("預算金額：港幣三十萬元", "300000", "HKD"),
        ("预算金额（万元）：48.5", "485000", "CNY"),
        ("最高限价：￥１，２００，０００元", "1200000", "CNY"),
        ("預算 MOP 250,000，保證金 MOP 10,000", "250000", "MOP"),
        ("采购预算为澳门元12万", "120000", "MOP"),
        ("Estimated value HK$1.2 million; tender deposit HK$50,000", "1200000", "HKD"),
        ("worth INR 7.5 lakh", "750000", "INR"),
        ("Budget (HK$): 300,000", "300000", "HKD"),
    ],
)
def test_a_sum_that_is_called_a_budget(text: str, amount: str, currency: str) -> None:
    best = figures.sums(text, "CNY")[0]
    assert (best.amount, best.currency) == (Decimal(amount), currency)


@pytest.mark.parametrize("text", ["投标保证金HK$50,000", "Tender fee GBP 100", "2026年采购30张床", "try 5 all 300"])
def test_a_sum_that_is_none(text: str) -> None:
    assert figures.sums(text, "CNY") == []


@pytest.mark.parametrize(
    ("text", "value", "written"),
    [
        ("适老化改造项目\n为全县三百二十户老人家庭做改造，现有人员20人", 320, "三百二十户"),
        ("现有128辆车，计划采购25辆", 25, "25辆"),
        ("Laundry for 15 sites\n61 new washers and dryers, supplied and fitted in 2026", 15, "15 sites"),
        ("专车144辆、特约车32辆，合计176辆", 176, "176辆"),
        ("每日为独居老人送餐155份，由六条路线的志工送到家", 155, "155份"),
        ("预计惠及3万人，其中1.5万户会获改善家居", 15000, "1.5万户"),
        ("洗浴每次动用四个人。以捐款购入一台洗浴机", 1, "一台"),
        ("Up to 6,000 electrically operated beds by 15 December 2015", 6000, "6,000 electrically operated beds"),
    ],
)
def test_the_count_that_is_asked_for(text: str, value: int, written: str) -> None:
    best = figures.counts(text)[0]
    assert (best.value, best.written) == (value, written)
    assert text[best.start : best.end].replace("，", ",") == written


@pytest.mark.parametrize(
    ("text", "day", "what"),
    [
        ("投标截止时间：2026年12月31日9时", date(2026, 12, 31), "closes_on"),
        ("截標日期：民國115年3月5日", date(2026, 3, 5), "closes_on"),
        ("须于二〇二六年十二月三十一日前交货", date(2026, 12, 31), "needed_by"),
        ("Closing date: 30 November 2026", date(2026, 11, 30), "closes_on"),
        ("Bids by 11 am on September 15, 2025", date(2025, 9, 15), "closes_on"),
        ("delivery by 31/12/2026", date(2026, 12, 31), "needed_by"),
        ("2026年2月底前完工", date(2026, 2, 28), "needed_by"),
        ("2026-02-30 截止，另于2026-03-01截止", date(2026, 3, 1), "closes_on"),
        ("本院成立于2001年5月1日", date(2001, 5, 1), ""),
    ],
)
def test_days_and_what_they_are(text: str, day: date, what: str) -> None:
    assert [(one.day, one.what) for one in read_days(text)] == [(day, what)]


@pytest.mark.parametrize(
    ("text", "day", "what"),
    [
        ("11月30日前交货", date(2026, 11, 30), "needed_by"),
        ("請於十一月三十日前送貨", date(2026, 11, 30), "needed_by"),
        ("Beds delivered before 30 November", date(2026, 11, 30), "needed_by"),
        ("Bids by January 5th", date(2027, 1, 5), "closes_on"),
        ("12月底前完工", date(2026, 12, 31), "needed_by"),
        ("delivered by the end of February", date(2027, 2, 28), "needed_by"),
        ("2月29日前完工", date(2028, 2, 29), "needed_by"),
        ("截标：11月25日", date(2026, 11, 25), "closes_on"),
    ],
)
def test_a_day_without_a_year_is_the_nearest_to_come_and_said_to_be_assumed(text: str, day: date, what: str) -> None:
    assert [(one.day, one.what, one.assumed) for one in read_days(text, date(2026, 11, 25))] == [(day, what, True)]
    assert read_days(text) == []


@pytest.mark.parametrize("text", ["up to 20 may be delivered", "115年3月5日截標", "13月40日截止", "每月5日送货"])
def test_what_is_no_day_without_a_year(text: str) -> None:
    assert read_days(text, date(2026, 11, 25)) == []


def test_of_a_span_the_last_day_counts() -> None:
    days = read_days("报名时间：2026年11月1日至11月30日", date(2026, 11, 25))
    assert [(one.day, one.what, one.assumed) for one in days] == [
        (date(2026, 11, 1), "", False),
        (date(2026, 11, 30), "closes_on", True),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("高雄長者中心與基金會合作，提供日照服務", ["TW-KHH"]),
        ("采购人地址：北京市朝阳区。\n交货地点：广州市海珠区", ["CN-440105"]),
        (
            "Beds for Hong Kong\nHospitals in Hong Kong need them. A feast was in Tuen Mun, with guests of Japan.",
            ["HK"],
        ),
        ("Australia's health department needs nurses", ["AU"]),
        ("南投縣除南投市、草屯外，魚池、中寮沒有醫院", ["TW-NAN-12", "TW-NAN-13"]),
        ("轮椅二十台", []),
        ("预算：人民币24万元，广州市越秀区某养老院", ["CN-440104"]),
    ],
)
def test_the_places_that_something_is_wanted_for(text: str, expected: list[str]) -> None:
    assert [one.place_id for one in read_places(text)] == expected


@pytest.mark.parametrize(
    "text", ["1" * 30_000, "一" * 30_000, " " * 30_000 + "1", "a" * 30_000, "((" * 15_000, "1," * 15_000]
)
def test_no_text_takes_long(text: str) -> None:
    figures.sums(text)
    figures.counts(text)
    read_days(text, date(2026, 11, 25))
    read_places(text)
