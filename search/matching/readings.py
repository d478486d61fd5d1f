"""Readings: what a requirement asks for, in parts that must each be shown: things, words, numbers with bounds."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from search.text import analyse_query, folded, quantities
from search.text.analysis import CONCEPT, Group
from search.text.scanning import HAN_RUN

FILE = Path(__file__).parent / "data" / "requirements.yaml"
AT_LEAST, AT_MOST, EQUAL = "at_least", "at_most", "equal"
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True)
class Bound:
    """A number with a unit that the requirement names. `value` in the unit's base."""

    value: Decimal
    unit: str
    written: str
    sense: str

    def holds(self, offered: Decimal) -> bool:
        """Whether an offered number is within the bound."""
        if self.sense == AT_LEAST:
            return offered >= self.value
        if self.sense == AT_MOST:
            return offered <= self.value
        return offered == self.value


@dataclass(frozen=True)
class Reading:
    """A requirement as it is judged. `parts`: each a set of things that must stand together; `bounds`: its numbers;
    `loose_number`: there is a number that cannot be compared; `negated`: it asks for the absence of something."""

    parts: tuple[tuple[Group, ...], ...]
    bounds: tuple[Bound, ...]
    loose_number: bool
    negated: bool

    @property
    def groups(self) -> tuple[Group, ...]:
        """All that is asked for, of all parts."""
        return tuple(group for part in self.parts for group in part)


@lru_cache(maxsize=1)
def _rules() -> dict[str, Any]:
    data = yaml.safe_load(FILE.read_text("utf-8"))
    return {
        "weak": frozenset(map(str, data["weak"])),
        "weak_characters": frozenset(data["weak_characters"]),
        "weak_concepts": frozenset(CONCEPT + concept for concept in data["weak_concepts"]),
        AT_LEAST: tuple(data["at_least"]),
        AT_MOST: tuple(data["at_most"]),
        # They bound a number and name nothing; the longest first, so that none is cut in two.
        "bound_words": _any_of((*data["at_least"], *data["at_most"])),
        "negations": frozenset(data["negations"]),
        "separators": re.compile(data["separators"]),
    }


def _any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    """Matches any of the phrases; those in letters only as whole words."""
    longest = sorted(phrases, key=len, reverse=True)
    return re.compile("|".join(rf"\b{re.escape(p)}\b" if p.isascii() else re.escape(p) for p in longest))


@lru_cache(maxsize=10_000)
def read(written: str) -> Reading:
    """Reads a requirement."""
    rules = _rules()
    text = folded(written)
    parts, loose, negated = [], False, False
    for piece in rules["separators"].split(rules["bound_words"].sub(" ", text)):
        groups = []
        for group in analyse_query(piece).groups:
            if any(word.startswith("n:") for word in group.words):
                continue
            if _DIGIT.search(group.surface) and not group.concepts:
                loose = True
            elif folded(group.surface) in rules["negations"]:
                negated = True
            elif _counts(group, rules):
                groups.append(group)
        if groups:
            parts.append(tuple(groups))
    bounds = tuple(Bound(q.value, q.unit, q.written, _sense(text, q.start, q.end, rules)) for q in quantities(text))
    return Reading(tuple(parts), bounds, loose, negated)


def _counts(group: Group, rules: dict[str, Any]) -> bool:
    if group.concepts:
        return not set(group.concepts) <= rules["weak_concepts"]
    surface = folded(group.surface)
    if HAN_RUN.fullmatch(surface):
        return surface not in (rules["weak_characters"] if len(surface) == 1 else rules["weak"])
    return not any(word in rules["weak"] for word in (*group.words, *group.phrase[:1]))


def _sense(text: str, start: int, end: int, rules: dict[str, Any]) -> str:
    before, after = text[max(0, start - 16) : start], text[end : end + 12]
    for sense in (AT_LEAST, AT_MOST):
        for words in rules[sense]:
            if before.rstrip().endswith(words) or after.lstrip().startswith(words):
                return sense
    return EQUAL
