"""Units: what a demand's words ask for, one thing each, known by concept where there is one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from search.matching.ruleset import ruleset
from search.statistics import Statistics
from search.streams import wire
from search.text import analyse_query, folded, thesaurus
from search.text.analysis import CONCEPT

_NUMBER = re.compile(r"[\d.,:%]+")
_LATIN = re.compile(r"[\x00-\x7f]+")


@dataclass(frozen=True)
class Unit:
    """One thing asked for. `concepts` and `broader` are terms ("c:wheelchair"), `latin`: written in letters."""

    surface: str
    words: tuple[str, ...]
    phrase: tuple[str, ...]
    concepts: tuple[str, ...]
    broader: tuple[str, ...]
    latin: bool

    @property
    def key(self) -> tuple[str, ...]:
        """Equal for units that ask for the same."""
        return self.concepts or self.phrase

    def terms(self) -> tuple[str, ...]:
        """The terms of word bags that answer it."""
        return (*self.concepts, *self.words)

    def idf(self, statistics: Statistics) -> float:
        """How much it tells: as its most frequent term does, a phrase without a term as a word found nowhere."""
        terms = self.concepts or self.words
        return min((statistics.idf(wire(term)) for term in terms), default=0.8 * statistics.idf("\ue003"))


@lru_cache(maxsize=20_000)
def units(written: str) -> tuple[Unit, ...]:
    """The units of a text in reading order, each once. Places, bare numbers and words of buying are left out."""
    rules, words = ruleset(), thesaurus()
    found: dict[tuple[str, ...], Unit] = {}
    for group in analyse_query(written).groups:
        concepts = tuple(c for c in group.concepts if _counts(c, rules.ignored_concepts))
        if not concepts:
            if group.concepts or _NUMBER.fullmatch(group.surface) or any(w.startswith("n:") for w in group.words):
                continue
            if not group.words and len(group.phrase) < 2:
                continue
            if not rules.ignored_words.isdisjoint((*group.words, *group.phrase[:1])):
                continue
        above = [CONCEPT + a for c in concepts for a in words.ancestors(c.removeprefix(CONCEPT))[1:]]
        unit = Unit(
            surface=group.surface,
            words=group.words,
            phrase=group.phrase,
            concepts=concepts,
            broader=tuple(dict.fromkeys(above))[:3],
            latin=_LATIN.fullmatch(folded(group.surface)) is not None,
        )
        found.setdefault(unit.key, unit)
    return tuple(found.values())


def _counts(concept: str, ignored: frozenset[str]) -> bool:
    key = concept.removeprefix(CONCEPT)
    return key not in ignored and thesaurus().concepts[key].group != "places"


def merged(groups: Iterable[Iterable[Unit]]) -> tuple[Unit, ...]:
    """The units of several texts, each once."""
    return tuple({unit.key: unit for group in groups for unit in group}.values())
