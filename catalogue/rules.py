"""Comparison rules: how what an offer states answers what a demand wants.

A rule says "met", "not met" or "unknown". What an offer does not state is unknown, and unknown is never met.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from catalogue import currencies, places

MET = "met"
NOT_MET = "not met"
UNKNOWN = "unknown"

# Roles that answer each other.
COUNTERPARTS = frozenset({
    frozenset({"owner_seeks_operator", "operator_seeks_facilities"}),
    frozenset({"landlord_offers_premises", "operator_seeks_facilities"}),
})  # fmt: skip

Rates = Mapping[str, Decimal | str | int | float]


def judge(rule: str, offered: Any, wanted: Any, *, rates: Rates | None = None, place_bound: bool = True) -> str:
    """Whether an offered value answers a wanted one: "met", "not met" or "unknown".

    Values have the shapes of their field types. `rates`: what one major unit of each currency is worth in one common
    currency; needed only where two currencies meet. `place_bound` matters to the rule `covers` alone.
    Raises KeyError for an unknown rule.
    """
    compare = RULES[rule]
    if _empty(offered) or _empty(wanted):
        return UNKNOWN
    try:
        if rule == "covers":
            return _covers(offered, wanted, place_bound)
        if rule == "within_budget":
            return _within_budget(offered, wanted, rates)
        return compare(offered, wanted)
    except (TypeError, ValueError, ArithmeticError, KeyError):
        return UNKNOWN  # a value of another shape says nothing


def _empty(value: Any) -> bool:
    return value is None or (isinstance(value, (str, list, tuple, dict, set, frozenset)) and not value)


def _verdict(answer: bool) -> str:
    return MET if answer else NOT_MET


def _number(value: Any) -> Decimal:
    if isinstance(value, bool):
        raise TypeError("a truth value is not a number")
    return Decimal(str(value))


def _codes(value: Any) -> frozenset[str]:
    return frozenset([value] if isinstance(value, str) else value)


def _at_least(offered: Any, wanted: Any) -> str:
    return _verdict(_number(offered) >= _number(wanted))


def _at_most(offered: Any, wanted: Any) -> str:
    return _verdict(_number(offered) <= _number(wanted))


def _equal(offered: Any, wanted: Any) -> str:
    if isinstance(offered, bool) or isinstance(wanted, bool):
        return _verdict(offered is wanted)
    return _verdict(offered == wanted)


def _has(offered: Any, wanted: Any) -> str:
    """For yes/no facts: only a wanted yes asks for anything."""
    if not isinstance(offered, bool) or not isinstance(wanted, bool):
        raise TypeError("not a truth value")
    return MET if offered or not wanted else NOT_MET


def _includes(offered: Any, wanted: Any) -> str:
    return _verdict(_codes(wanted) <= _codes(offered))


def _overlaps(offered: Any, wanted: Any) -> str:
    return _verdict(bool(_codes(wanted) & _codes(offered)))


def _counterpart(offered: Any, wanted: Any) -> str:
    """For roles in a deal: an owner or a landlord on one side needs an operator on the other."""
    return _verdict(frozenset((offered, wanted)) in COUNTERPARTS)


def _not_later(offered: Any, wanted: Any) -> str:
    return _verdict(_date(offered) <= _date(wanted))


def _not_earlier(offered: Any, wanted: Any) -> str:
    return _verdict(_date(offered) >= _date(wanted))


def _date(value: Any) -> str:
    if not isinstance(value, str) or len(value) != 10:
        raise TypeError("not a date")
    return value


def _mentions(offered: Any, wanted: Any) -> str:
    """For free words: found means met; not found says nothing, since a list of features is never complete."""
    said = [_fold(word) for word in _words(offered)]
    asked = [_fold(word) for word in _words(wanted)]
    return MET if all(any(word in phrase for phrase in said) for word in asked) else UNKNOWN


def _words(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [word for part in value.values() for word in _words(part)]
    return [word for word in value if isinstance(word, str)]


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()


def _covers(offered: Any, wanted: Any, place_bound: bool = True) -> str:
    relation = places.relation(_codes(offered), _codes(wanted), place_bound=place_bound)
    return {"included": MET, "excluded": NOT_MET}.get(relation, UNKNOWN)


def _within_budget(offered: Any, wanted: Any, rates: Rates | None = None) -> str:
    price = currencies.from_minor(offered["minor"], offered["currency"])
    budget = currencies.from_minor(wanted["minor"], wanted["currency"])
    if offered["currency"] != wanted["currency"]:
        if not rates:
            return UNKNOWN
        price *= _rate(rates, offered["currency"])
        budget *= _rate(rates, wanted["currency"])
    return _verdict(price <= budget)


def _rate(rates: Rates, code: str) -> Decimal:
    rate = Decimal(str(rates[code]))
    if not rate.is_finite() or rate <= 0:
        raise ValueError("not a rate")
    return rate


RULES: dict[str, Callable[[Any, Any], str]] = {
    "at_least": _at_least,
    "at_most": _at_most,
    "equal": _equal,
    "has": _has,
    "includes": _includes,
    "overlaps": _overlaps,
    "mentions": _mentions,
    "counterpart": _counterpart,
    "not_later": _not_later,
    "not_earlier": _not_earlier,
    "covers": _covers,
    "within_budget": _within_budget,
}
