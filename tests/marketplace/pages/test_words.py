"""What templates ask of the catalogue."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from marketplace.actor import Actor
from marketplace.pages import words
from marketplace.rates import service as rates
from marketplace.types import Money


@pytest.fixture
def in_english(app: Flask) -> Iterator[None]:
    with app.test_request_context("/", headers={"Cookie": "locale=en"}):
        yield


@pytest.fixture
def in_traditional(app: Flask) -> Iterator[None]:
    with app.test_request_context("/", headers={"Cookie": "locale=zh_Hant"}):
        yield


@pytest.mark.usefixtures("in_english")
def test_names_in_english() -> None:
    assert words.place_name("CN-440103") == "Liwan"
    assert words.place_name("CN-440103", path=True) == "Liwan, Guangzhou, Guangdong"
    assert words.place_name("nowhere") == "nowhere"
    assert (words.unit_word("month"), words.unit_word("month", price=True)) == ("month", "per month")
    assert (words.unit_word("boatload"), words.unit_word(None)) == ("boatload", "")
    assert (words.number("1234567.5"), words.number(30), words.number("about 3")) == ("1,234,567.5", "30", "about 3")


@pytest.mark.usefixtures("in_traditional")
def test_names_in_traditional_chinese() -> None:
    assert words.place_name("CN-4401") == "廣州市"
    assert words.words({"zh-Hans": "设备", "zh-Hant": "器材", "en": "Equipment"}) == "器材"
    assert words.currencies_for_reader() == ("HKD", "CNY", "MOP")


@pytest.mark.usefixtures("in_english")
@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ({"minor": 20000000, "currency": "HKD"}, "HKD 200,000"),
        ({"minor": 125050, "currency": "CNY"}, "CNY 1,250.50"),
        (Money(980000, "JPY"), "JPY 980,000"),
        ({"minor": 5, "currency": "XXQ"}, "XXQ 5"),
    ],
)
def test_amounts_carry_their_code(value: object, shown: str) -> None:
    assert words.amount(value) == shown


def test_a_sum_is_shown_in_the_readers_currency_once_there_is_a_rate(app: Flask) -> None:
    yuan = {"minor": 920000, "currency": "CNY"}
    with app.test_request_context("/", headers={"Cookie": "locale=zh_Hant"}):
        assert words.amount_about(yuan) is None
    organiser = Actor(user_id=None, kind="organiser")
    row = rates.add_rate(actor=organiser, currency="HKD", rate="0.92", valid_on="2026-01-05", source="a bank")
    with app.test_request_context("/", headers={"Cookie": "locale=zh_Hant"}):
        assert words.amount_about(yuan) == {"text": "HKD 10,000", "valid_on": row.valid_on}
        assert words.amount_about({"minor": 1000000, "currency": "HKD"}) is None


@pytest.mark.usefixtures("in_english")
def test_facts_come_by_section_with_the_price_in_one_row() -> None:
    facts = {
        "price": {"minor": 1, "currency": "HKD"}, "price_max": {"minor": 2, "currency": "HKD"}, "price_unit": "piece",
        "model": "X-1", "serves": [], "unheard_of": 3,
    }  # fmt: skip
    rows = [row["field"].key for section in words.fact_sections("equipment", facts) for row in section["rows"]]
    assert sorted(rows) == ["model", "price"]
    assert words.fact_sections("no such kind", facts) == []


def test_a_fragment_is_cut_at_its_marks() -> None:
    fragment = {"text": "电动护理床，低位", "marks": ((5, 5), (0, 2), (2, 5), (6, 99))}
    assert words.pieces(fragment) == [("电动", True), ("护理床", True), ("，", False), ("低位", True)]
    assert words.pieces(("", ())) == []


def test_the_language_of_a_passage_is_that_of_the_text_it_was_taken_from() -> None:
    texts = {"title": {"en": "Nursing bed"}, "summary": {"zh-Hans": "低位护理床，可租", "en": "Low bed"}}
    assert words.language_of("… 护理床 …", texts) == "zh-Hans"
    assert words.language_of("Low bed … something else", texts) == "en"
    assert (words.language_of("轮椅", texts), words.language_of("…", texts)) == (None, None)
