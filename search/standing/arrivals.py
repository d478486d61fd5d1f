"""A document that has just come: which standing searches may find it, and why one does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import product
from typing import Any

from search.engines.base import AllOf, Clause, Codes, Condition, Entry, Numbers
from search.indexing import entry
from search.requests import Viewer
from search.standing.searches import EVERY, Standing, code_key
from search.streams import GAP, needle

ITSELF, MEANING, NAME = "itself", "meaning", "name"


@dataclass(frozen=True)
class Reason:
    """Why a document was found. `words`: (as it was asked for, how the document holds it: "itself", "meaning", "name").

    `filters`: the filters it passed, values by name.
    """

    words: tuple[tuple[str, str], ...]
    filters: Mapping[str, tuple[str, ...]]

    def as_dict(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "words": [list(pair) for pair in self.words],
            "filters": {name: list(values) for name, values in self.filters.items()},
        }


class Arrival:
    """A document of `search.documents` as its index would hold it.

    Raises KeyError or ValueError for a document that `search.documents` did not make.
    """

    def __init__(self, collection: str, document: Mapping[str, Any]) -> None:
        self.collection = collection
        self.entry: Entry = entry(collection, document)
        self._words = frozenset(self.entry.bag.words.split())
        self._exact = frozenset(self.entry.bag.exact.split())
        # By who looks when: what was answered for each search, and which filters it passed.
        self._answered: dict[tuple[Viewer, datetime], tuple[dict[Standing, Reason | None], dict[str, bool]]] = {}

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Every key under which a standing search that finds this document may be stored; none for a tombstone."""
        if self.entry.deleted:
            return ()
        codes = {name: [code_key(name, value) for value in values] for name, values in sorted(self.entry.codes.items())}
        somewhere = [*codes.get("place", ()), *codes.get("covers", ())]
        chars = sorted(set(self.entry.bag.chars.split()) - {GAP})
        return (
            *(f"w:{word}" for word in sorted(self._words)),
            *(f"p:{token}" for token in chars),
            *(f"e:{token}" for token in sorted(self._exact)),
            *(key for found in codes.values() for key in found),
            *(f"{kind} {place}" for kind, place in product(codes.get("kind", ()), somewhere)),
            EVERY,
        )

    def reason(self, standing: Standing, *, now: datetime, viewer: Viewer) -> Reason | None:
        """Why the standing search finds this document for that viewer now; None where it does not.

        Asked again for the same one it answers from memory: many keep the same search.
        """
        question = (viewer, now)
        if question not in self._answered:
            self._answered[question] = {}, {}
        answered, passed = self._answered[question]
        if standing not in answered:
            answered[standing] = self._reason(standing, now, viewer, passed)
        return answered[standing]

    def _reason(self, standing: Standing, now: datetime, viewer: Viewer, passed: dict[str, bool]) -> Reason | None:
        if self.entry.deleted or standing.void or standing.collection != self.collection:
            return None
        words = self._held(standing)
        if words is None:
            return None
        filters = standing.filters_as_text  # searches for different words often have the same
        if filters not in passed:
            passed[filters] = all(self._passes(condition) for condition in standing.conditions(viewer, now).values())
        return Reason(words, standing.filters) if passed[filters] else None

    def _held(self, standing: Standing) -> tuple[tuple[str, str], ...] | None:
        """How each word asked for is held; None if one is missing and it is not the name of the document either."""
        found = []
        for clause, surface in zip(standing.clauses, standing.surfaces, strict=True):
            how = self._how(clause)
            if how is None:
                break
            found.append((surface, how))
        else:
            return tuple(found)
        if not self._exact.isdisjoint(standing.whole):
            return ((" ".join(standing.surfaces), NAME),)
        return None

    def _how(self, clause: Clause) -> str | None:
        if not self._words.isdisjoint(clause.words):
            return ITSELF
        if clause.phrase and needle(clause.phrase) in self.entry.bag.chars:
            return ITSELF
        if not self._exact.isdisjoint(clause.exact):
            return NAME
        return MEANING if not self._words.isdisjoint(clause.concepts) else None

    def _passes(self, condition: Condition) -> bool:
        if isinstance(condition, Codes):
            return not set(self.entry.codes.get(condition.field, ())).isdisjoint(condition.values)
        if isinstance(condition, Numbers):
            number = self.entry.numbers.get(condition.field)
            if number is None or (condition.at_least is not None and number < condition.at_least):
                return False
            return condition.at_most is None or number <= condition.at_most
        if isinstance(condition, AllOf):
            return all(self._passes(part) for part in condition.conditions)
        return any(self._passes(part) for part in condition.conditions)
