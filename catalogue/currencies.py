"""Currencies: any that is in use can be stored; three are offered first."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from catalogue.languages import LANGUAGES, Labels
from catalogue.yaml_files import DATA

FILE = DATA / "currencies.tsv"
OFFERED_FIRST = ("CNY", "HKD", "MOP")
MAX_MINOR = 10**17  # fits a 64-bit integer with room for sums


@dataclass(frozen=True, eq=False)
class Currency:
    """An ISO 4217 currency. `exponent`: decimal places of its minor unit (2: cents, 0: none)."""

    code: str
    exponent: int
    names: Labels


@cache
def _by_code() -> Mapping[str, Currency]:
    with FILE.open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
        read = {
            row["code"]: Currency(row["code"], int(row["exponent"]), {lang: row[lang] for lang in LANGUAGES})
            for row in rows
        }
    first = {code: read[code] for code in OFFERED_FIRST}
    return first | read


def all_currencies() -> tuple[Currency, ...]:
    """Every currency: those offered first, then by code."""
    return tuple(_by_code().values())


def get(code: str) -> Currency:
    """The currency with this code. Raises KeyError."""
    return _by_code()[code]


def is_known(code: object) -> bool:
    """Whether this is the code of a currency."""
    return isinstance(code, str) and code in _by_code()


def to_minor(amount: Decimal, code: str) -> int:
    """An amount in major units as a whole number of minor units.

    Raises KeyError for an unknown currency, ValueError for more decimals than the currency has, for a value that is
    not finite, and for one that is too large to store.
    """
    exponent = get(code).exponent
    if not amount.is_finite():
        raise ValueError("not a finite amount")
    if abs(amount) > MAX_MINOR:
        raise ValueError("too large")
    scaled = amount.scaleb(exponent)
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{code} has {exponent} decimals")
    minor = int(scaled)
    if abs(minor) > MAX_MINOR:
        raise ValueError("too large")
    return minor


def from_minor(minor: int, code: str) -> Decimal:
    """Minor units as an amount in major units, with the currency's decimals. Raises KeyError."""
    return Decimal(minor).scaleb(-get(code).exponent)
