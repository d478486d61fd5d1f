"""What a price in a brochure is for: read where it stands behind the sum, left out where it is not said."""

from __future__ import annotations

from typing import Any

import pytest

from marketplace.reading.passages import Passages
from marketplace.reading.products import products


@pytest.mark.parametrize(
    ("price", "amount", "unit"),
    [
        ("单价人民币 7,600 元/张", 760_000, "piece"),
        ("價格 ¥3,580元每台", 358_000, "piece"),
        ("Price: CNY 300 per hour", 30_000, "hour"),
        ("价格 CNY 200", 20_000, ""),
        ("价格 CNY 200 / 不含运费", 20_000, ""),
    ],
)
def test_the_unit_of_a_price_is_the_one_written_behind_it(price: str, amount: int, unit: str) -> None:
    text = f"五功能电动护理床\n最低床面高度 28 厘米。\n{price}"
    lines: list[dict[str, Any]] = [{"text": text, "where": {}}]
    found: list[dict[str, Any]] = products(Passages(lines), lines, "zh-Hans", "CNY")
    assert [(one["price"], one["price_unit"]) for one in found] == [({"minor": amount, "currency": "CNY"}, unit)]
