"""How often quantity, budget, currency and place are read right from texts whose facts are known.

    python -m marketplace.reading.measure --demands FILE [--misses]

FILE holds one JSON object a line: `title`, `text`, and `facts` with any of quantity, budget, currency and place. A fact
counts where the text states it: a number that stands in it with what it counts, a sum of that amount, the currency
beside it or of the place, a place that is named. "wrong" is another value first, "missed" is none at all.
"""

from __future__ import annotations

import argparse
import json
import math
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from catalogue import currencies, places
from marketplace.demands import figures
from marketplace.demands.reading import read_need

FIELDS = ("quantity", "budget", "currency", "place")
# A fact may be more exact than the text ("about 1.19 million"): as right as the text can be.
NEAR = Decimal("0.005")


def judge(record: dict[str, Any], *, with_title: bool = True) -> Iterator[tuple[str, str, str, str]]:
    """(field, "right" | "wrong" | "missed", wanted, got) for each fact that the record's text states."""
    text = f"{record['title']}\n{record['text']}" if with_title else record["text"]
    facts, content = record["facts"], read_need(text)
    quantity = facts.get("quantity")
    if quantity is not None and _says(text, quantity):
        got = content["lines"][0]["quantity"] if content["lines"] else ""
        yield "quantity", _verdict(got, str(quantity) == got), str(quantity), got
    budget, money = facts.get("budget"), content["budget"]
    stated = [one for one in figures.prices(text, "XXX") if budget is not None and _near(one.amount, budget)]
    if stated:
        got = str(currencies.from_minor(money["minor"], money["currency"])) if money else ""
        yield "budget", _verdict(got, bool(got) and _near(Decimal(got), budget)), str(budget), got
        if stated[0].currency != "XXX" or places.resolve(text):
            got = money["currency"] if money else ""
            yield "currency", _verdict(got, got == facts.get("currency")), str(facts.get("currency")), got
    wanted = places.resolve(str(facts.get("place") or ""))
    named = [one for one in wanted if any(_related(one, other) for other in places.resolve(text))]
    if named:
        got_places = content["places"]
        right = all(any(_related(one, other) for other in got_places) for one in named) and all(
            any(_related(one, other) for other in wanted) for one in got_places
        )
        yield "place", _verdict("x" if got_places else "", right), " ".join(wanted), " ".join(got_places)


def _says(text: str, quantity: int) -> bool:
    """Whether the number stands in the text: counted in any writing, or in digits of two places or more."""
    written = {int(number.replace(",", "")) for number in re.findall(r"(?<![\d.])\d[\d,]*\d(?![\d.]*[%万萬])", text)}
    return quantity in written or any(one.value == quantity for one in figures.counts(text))


def _verdict(got: str, right: bool) -> str:
    return "right" if right else "wrong" if got else "missed"


def _near(amount: Decimal, wanted: Any) -> bool:
    return abs(amount - Decimal(str(wanted))) <= NEAR * Decimal(str(wanted))


def _related(one: str, other: str) -> bool:
    return one in places.ancestors(other) or other in places.ancestors(one)


def interval(right: int, stated: int, z: float = 1.96) -> tuple[float, float]:
    """Wilson's 95 % interval of a share."""
    if not stated:
        return 0.0, 1.0
    share, square = right / stated, z * z
    middle = (share + square / (2 * stated)) / (1 + square / stated)
    half = z * math.sqrt(share * (1 - share) / stated + square / (4 * stated * stated)) / (1 + square / stated)
    return middle - half, middle + half


def main() -> None:
    """Print a line for each field."""
    parser = argparse.ArgumentParser(description="How often stated facts of demands are read right.")
    parser.add_argument("--demands", type=Path, required=True)
    parser.add_argument("--without-title", action="store_true", help="read the text alone")
    parser.add_argument("--misses", action="store_true", help="print what was wrong or missed")
    arguments = parser.parse_args()
    tally: dict[str, Counter[str]] = {field: Counter() for field in FIELDS}
    for line in arguments.demands.read_text("utf-8").splitlines():
        record = json.loads(line)
        for field, verdict, wanted, got in judge(record, with_title=not arguments.without_title):
            tally[field][verdict] += 1
            if arguments.misses and verdict != "right":
                print(f"{record['id']}\t{field}\t{verdict}\twanted {wanted}\tgot {got or '-'}")  # noqa: T201
    for field, counted in tally.items():
        stated = counted.total()
        low, high = interval(counted["right"], stated)
        print(  # noqa: T201
            f"{field:9} stated {stated:3}  right {counted['right']:3} ({counted['right'] / max(1, stated):.1%}, "
            f"95 % interval {low:.1%} to {high:.1%})  wrong {counted['wrong']:2}  missed {counted['missed']:2}"
        )


if __name__ == "__main__":
    main()
