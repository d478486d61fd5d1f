"""Numbers with units, however they are written: 30张, 30 beds and 三十張 are one and the same."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import yaml

UNITS_FILE = Path(__file__).parent / "data" / "units.yaml"

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0, "俩": 2}
_STEPS = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10_000, "亿": 100_000_000}


class Quantity(NamedTuple):
    """A number with a unit. `value` in the base unit of `unit`; `start`..`end` in the folded text; `written` in it."""

    value: Decimal
    unit: str
    start: int
    end: int
    written: str

    @property
    def term(self) -> str:
        """The comparable term of the word stream, for example `n:30:bed`."""
        return f"n:{plain(self.value)}:{self.unit}"


def plain(value: Decimal) -> str:
    """A decimal without exponent or trailing zeros."""
    text = format(value.normalize(), "f")
    return text if text != "-0" else "0"


@lru_cache(maxsize=1)
def _units() -> tuple[dict[str, tuple[str, Decimal]], dict[str, int], re.Pattern[str]]:
    data = yaml.safe_load(UNITS_FILE.read_text("utf-8"))
    spellings: dict[str, tuple[str, Decimal]] = {}
    for unit, entry in data["units"].items():
        for factor, words in entry.items():
            for word in words:
                spellings[str(word)] = (unit, Decimal(str(factor)))
    longest = sorted(spellings, key=len, reverse=True)
    latin = "|".join(re.escape(w) for w in longest if w.isascii())
    other = "|".join(re.escape(w) for w in longest if not w.isascii())
    english = "|".join(sorted(data["numbers"], key=len, reverse=True))
    number = (
        r"(?P<digits>(?<![\d.,a-z])\d+(?:,\d{3})*(?:\.\d+)?)|(?P<han>[零〇一二两三四五六七八九十百千万亿]+)"
        rf"|(?<![a-z])(?P<word>{english})(?![a-z])"
    )
    unit = rf"(?:(?P<latin>{latin})(?![a-z0-9])|(?P<other>{other}))"
    return spellings, data["numbers"], re.compile(rf"(?:{number})(?P<myriad>\s*[万亿])?(?:余|多|来)?[\s-]?\s*{unit}")


def chinese_number(text: str) -> Decimal | None:
    """The value of a folded Chinese numeral such as 三百二十 or 一万五千; None when it is not one."""
    total = section = digit = 0
    if not text or len(text) > 20:
        return None
    if all(c in _DIGITS for c in text):
        return Decimal("".join(str(_DIGITS[c]) for c in text))
    for c in text:
        if c in _DIGITS:
            digit = _DIGITS[c]
        elif c in _STEPS:
            section += (digit or 1) * _STEPS[c]
            digit = 0
        elif c in _MYRIADS:
            total = (total + section + digit or 1) * _MYRIADS[c]
            section = digit = 0
        else:
            return None
    return Decimal(total + section + digit)


def quantities(text: str) -> list[Quantity]:
    """Every number with a known unit in folded text, in reading order."""
    spellings, english, pattern = _units()
    found = []
    for match in pattern.finditer(text):
        if match["digits"]:
            try:
                value = Decimal(match["digits"].replace(",", ""))
            except InvalidOperation:
                continue
        elif match["han"]:
            number = chinese_number(match["han"])
            if number is None:
                continue
            value = number
        else:
            value = Decimal(english[match["word"]])
        if match["myriad"]:
            value *= _MYRIADS[match["myriad"].strip()]
        unit, factor = spellings[match["latin"] or match["other"]]
        if value < 10**15:
            found.append(Quantity(value * factor, unit, match.start(), match.end(), match.group()))
    return found
