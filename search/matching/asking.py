"""Questions: what a requirement asks for, apart from how much, so that one answer serves everybody who asks the same.

"Safe working load at least 180 kg" and "承重不少于200公斤" are one question, answered by a number of kilograms. A
requirement without a number, or with one that cannot be compared, is answered by yes or no.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from search.matching.readings import read
from search.matching.results import MET, NOT_MET
from search.text import folded, quantities

YES, NO, NUMBER = "yes", "no", "number"
_LONGEST_TOPIC = 120


@dataclass(frozen=True)
class Question:
    """`topic`: the same for everybody who asks the same; `unit`: of the number that answers it, "" for yes or no."""

    topic: str
    unit: str


@lru_cache(maxsize=10_000)
def question_of(written: str) -> Question:
    """The question that a requirement puts to a supplier."""
    reading = read(written)
    units = {bound.unit for bound in reading.bounds}
    names = sorted({_name(group.concepts, group.words, group.surface) for group in reading.groups})
    if len(units) == 1 and names and not (reading.loose_number or reading.negated):
        unit = units.pop()
        return Question(_short(" ".join([*names, f"#{unit}"])), unit)
    if names and not (reading.bounds or reading.loose_number or reading.negated):
        return Question(_short(" ".join(names)), "")
    return Question(_short(f"={' '.join(folded(written).split())}"), "")


def measured(words: str, unit: str) -> Decimal | None:
    """The one number of a unit that an answer names, in the unit's base; None where it names none or several."""
    values = {found.value for found in quantities(folded(words)) if found.unit == unit}
    return values.pop() if len(values) == 1 else None


def judged(texts: tuple[str, ...], answers: Mapping[str, Mapping[str, Any]]) -> tuple[str, dict[str, object]] | None:
    """State and evidence of a requirement (its text in each language) by what the supplier answered; None where
    nothing was."""
    for written in texts:
        given = answers.get(question_of(written).topic)
        if given is None:
            continue
        why = {
            "words": next(iter((given.get("words") or {}).values()), ""),
            "lang": next(iter(given.get("words") or {}), ""),
            "field": "answer",
            "code": "answer",
            "on": given.get("on", ""),
        }
        if given["state"] == NUMBER:
            value = Decimal(given["value"])
            holds = all(bound.holds(value) for bound in read(written).bounds)
            return (MET if holds else NOT_MET), why
        return (MET if given["state"] == YES else NOT_MET), why
    return None


def _name(concepts: tuple[str, ...], words: tuple[str, ...], surface: str) -> str:
    return min(concepts) if concepts else "+".join(sorted(set(words))) or folded(surface)


def _short(topic: str) -> str:
    if len(topic) <= _LONGEST_TOPIC:
        return topic
    return f"{topic[:80]}~{hashlib.sha256(topic.encode()).hexdigest()[:24]}"
