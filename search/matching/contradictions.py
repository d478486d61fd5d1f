"""Contradictions: what a demand asks for that cannot all be had, found in what it says alone."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from search.matching.passages import texts_of
from search.matching.readings import AT_LEAST, AT_MOST, EQUAL, Bound, read
from search.text.analysis import Group

NUMBERS, TOO_LATE, BUDGET = "numbers", "delivered too late", "budget"
# Where a requirement goes on to another condition.
_CLAUSE = re.compile(r"[，；、;,](?!\d)|\b(?:and|but)\b|[且但而]", re.IGNORECASE)


@dataclass(frozen=True)
class Contradiction:
    """Two things that exclude each other. `code`: "numbers" (requirements `between`; facts: said), "delivered too late"
    (facts: days, needed_by, earliest) or "budget" (facts: one, other; quantity and whole where one is for each)."""

    code: str
    between: tuple[int, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class _Asked:
    """A requirement's bound and what it is about."""

    index: int
    about: tuple[Group, ...]
    bound: Bound


def contradictions(
    content: Mapping[str, Any], today: date, *, stated: Sequence[Mapping[str, Any]] = ()
) -> tuple[Contradiction, ...]:
    """What contradicts itself in a demand's content: numbers, dates, sums. What is only wished for contradicts nothing.

    `stated`: further sums that its words name, shaped as a budget is.
    """
    sums = [one for one in (content.get("budget"), *stated) if one]
    return (
        *_numbers(content.get("requirements") or ()),
        *_dates(content.get("dates") or {}, today),
        *_sums(sums, _quantity(content.get("lines") or ())),
    )


def _numbers(requirements: Sequence[Mapping[str, Any]]) -> list[Contradiction]:
    asked = [
        one
        for index, row in enumerate(requirements)
        if row.get("need") != "nice"
        for one in _bounds(index, row.get("text") or {})
    ]
    found: dict[tuple[int, ...], Contradiction] = {}
    for one, other in itertools.combinations(asked, 2):
        if _exclude(one.bound, other.bound) and _alike(one.about, other.about):
            between = tuple(sorted({one.index, other.index}))
            said = (one.bound.written, other.bound.written)
            found.setdefault(between, Contradiction(NUMBERS, between, {"said": said}))
    return list(found.values())


def _bounds(index: int, texts: Mapping[str, str]) -> list[_Asked]:
    """The bounds of a requirement, in the first of its languages that has any. A clause that names nothing goes on
    about what the one before it named."""
    for written in texts_of(texts):
        found: list[_Asked] = []
        about: tuple[Group, ...] = ()
        for clause in _CLAUSE.split(written):
            reading = read(clause)
            about = reading.groups or about
            if not reading.negated:
                found += [_Asked(index, about, bound) for bound in reading.bounds]
        if found:
            return found
    return []


def _alike(one: tuple[Group, ...], other: tuple[Group, ...]) -> bool:
    """Whether two conditions are about the same, group for group."""
    if not one or not other:
        return False
    return all(any(_same(a, b) for b in other) for a in one) and all(any(_same(a, b) for a in one) for b in other)


def _same(one: Group, other: Group) -> bool:
    if not set(one.concepts).isdisjoint(other.concepts) or one.phrase == other.phrase:
        return True
    short, long = sorted((one.phrase, other.phrase), key=len)
    return bool(short) and short == long[-len(short) :]


def _exclude(one: Bound, other: Bound) -> bool:
    if one.unit != other.unit or one.sense == other.sense:
        return False  # two numbers without "at least" may be two sizes, both wanted
    low = max((b.value for b in (one, other) if b.sense in (AT_LEAST, EQUAL)), default=None)
    high = min((b.value for b in (one, other) if b.sense in (AT_MOST, EQUAL)), default=None)
    return low is not None and high is not None and low > high


def _dates(dates: Mapping[str, Any], today: date) -> list[Contradiction]:
    """Delivery allowed to take longer than there is until the day it is needed."""
    days, needed_by = dates.get("deadline_days"), dates.get("needed_by")
    if days is None or not needed_by:
        return []
    earliest = today + timedelta(days=int(days))
    if earliest <= date.fromisoformat(needed_by):
        return []
    return [Contradiction(TOO_LATE, facts={"days": days, "needed_by": needed_by, "earliest": earliest.isoformat()})]


def _sums(sums: Sequence[Mapping[str, Any]], quantity: Decimal | None) -> list[Contradiction]:
    """Two sums that are not one, or a price for each that the quantity makes more than the whole."""
    for one, other in itertools.combinations(sums, 2):
        if one["currency"] != other["currency"]:
            continue
        bases = [_basis(one), _basis(other)]
        if bases[0] == bases[1]:
            if one["minor"] != other["minor"]:
                return [Contradiction(BUDGET, facts={"one": dict(one), "other": dict(other)})]
            continue
        each, total = (one, other) if bases[0] == "each" else (other, one)
        if quantity is None:
            continue
        whole = int(each["minor"] * quantity)
        if whole > total["minor"]:
            facts = {"one": dict(total), "other": dict(each), "quantity": str(quantity)}
            return [Contradiction(BUDGET, facts=facts | {"whole": {"minor": whole, "currency": one["currency"]}})]
    return []


def _basis(budget: Mapping[str, Any]) -> str:
    return str(budget.get("basis") or "total")


def _quantity(lines: Sequence[Mapping[str, Any]]) -> Decimal | None:
    """The quantity of the only line that has one."""
    found = []
    for line in lines:
        with suppress(InvalidOperation):
            found.append(Decimal(str(line.get("quantity"))))
    return found[0] if len(found) == 1 else None
