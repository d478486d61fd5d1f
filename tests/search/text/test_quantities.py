"""Numbers with units."""

from __future__ import annotations

from decimal import Decimal

import pytest

from search.text import folded, quantities
from search.text.quantities import chinese_number


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("30張", ["n:30:bed"]),
        ("1,200 residents", ["n:1200:person"]),
        ("2.5萬人次", ["n:25000:person"]),
        ("約10分鐘", ["n:10:minute"]),
        ("24-hour", ["n:1440:minute"]),
        ("承重160公斤", ["n:160000:gram"]),
        ("175 kg", ["n:175000:gram"]),
        ("100平方米", ["n:100:square_metre"]),
        ("三百二十戶", ["n:320:household"]),
        ("2 weeks", ["n:14:day"]),
        ("AQ-200", []),
        ("the bed", []),
        ("", []),
    ],
)
def test_quantities(text, terms):
    assert [q.term for q in quantities(folded(text))] == terms


@pytest.mark.parametrize(
    ("numeral", "value"),
    [("三十", 30), ("一万五千", 15000), ("二〇二六", 2026), ("十二", 12), ("两百", 200), ("三亿", 300_000_000)],
)
def test_chinese_numerals(numeral, value):
    assert chinese_number(numeral) == Decimal(value)


def test_what_is_no_numeral_has_no_value():
    assert chinese_number("轮椅") is None
    assert chinese_number("") is None
