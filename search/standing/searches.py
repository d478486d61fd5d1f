"""A search that is kept: what it asks for, ready to be held against a document, and the keys it is stored under."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from itertools import product

from search.asking import ask
from search.engines.base import AnyOf, Clause, Codes, Condition
from search.filters import request_filter
from search.requests import FindRequest, Viewer
from search.schema import schema
from search.statistics import Statistics

# Stored under this, a search is held against every document: it asks for no word and no code.
EVERY = "*"
# A place is stored under itself and all above it; more places than this and the search is stored by kind alone.
MOST_PLACE_KEYS = 200
_ANY_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, eq=False)
class Standing:
    """What a kept search asks of documents of a collection. One is itself alone; the same text gives the same one.

    `clauses` and `surfaces` run in parallel: every clause is required, or one of the exact tokens `whole`. `filters`:
    values by name, as a request takes them. `void`: it was given words, and none that anything could hold.
    """

    collection: str
    clauses: tuple[Clause, ...] = ()
    surfaces: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    void: bool = False

    def as_text(self) -> str:
        """As text, which `from_text` reads; the same for the same search, whoever keeps it."""
        clauses = [[c.words, c.phrase, c.concepts, c.exact, c.weight] for c in self.clauses]
        parts = [self.collection, clauses, self.surfaces, self.whole, self._sorted_filters(), self.void]
        return json.dumps(parts, ensure_ascii=False, separators=(",", ":"))

    @cached_property
    def filters_as_text(self) -> str:
        """The filters alone, as text: the same for searches that ask for different words with the same filters."""
        return json.dumps(self._sorted_filters(), ensure_ascii=False)

    def _sorted_filters(self) -> dict[str, list[str]]:
        return {name: list(values) for name, values in sorted(self.filters.items())}

    @staticmethod
    def from_text(text: str) -> Standing:
        """Reads what `as_text` made. What many keep is read once."""
        return _read(text)

    def conditions(self, viewer: Viewer, now: datetime) -> Mapping[str, Condition]:
        """What the filters, and who looks when, require of a document."""
        request = FindRequest(collection=self.collection, now=now, viewer=viewer, filters=self.filters)
        return request_filter(request).conditions


@lru_cache(maxsize=20_000)
def _read(text: str) -> Standing:
    collection, clauses, surfaces, whole, filters, void = json.loads(text)
    return Standing(
        collection,
        tuple(
            Clause(tuple(words), tuple(phrase), tuple(concepts), tuple(exact), weight)
            for words, phrase, concepts, exact, weight in clauses
        ),
        tuple(surfaces),
        tuple(whole),
        {name: tuple(values) for name, values in filters.items()},
        void,
    )


def stand(
    collection: str,
    text: str,
    lang: str | None,
    filters: Mapping[str, tuple[str, ...]],
    statistics: Statistics,
) -> Standing:
    """Makes a search one that stands. `statistics` are those in force for its collection.

    Raises UnknownCollection, UnknownFilter, BadFilterValue.
    """
    schema(collection)
    asked = ask(text, lang, statistics)
    standing = Standing(
        collection,
        asked.clauses,
        asked.surfaces,
        asked.whole if asked.clauses else (),
        {name: tuple(values) for name, values in filters.items() if values},
        void=bool(text.strip()) and not asked.clauses,
    )
    standing.conditions(Viewer(), _ANY_MOMENT)
    return standing


def keys(standing: Standing, statistics: Statistics) -> tuple[str, ...]:
    """The keys a standing search is stored under: a document that it finds has at least one of them.

    Those of the clause that the fewest documents hold; without words those of kind and place, or of another filter;
    (EVERY,) where it asks for neither. None for a search that finds nothing whatever comes.
    """
    if standing.void:
        return ()
    if standing.clauses:
        rarest = min(standing.clauses, key=lambda clause: _commonness(clause, statistics))
        return tuple(dict.fromkeys((*_clause_keys(rarest, statistics), *(f"e:{token}" for token in standing.whole))))
    conditions = standing.conditions(Viewer(), _ANY_MOMENT)
    # Neither who looks when, which changes, nor the currency, which is a code of its own for each kind of reader.
    lasting = {name: _codes(condition) for name, condition in conditions.items() if name[0] != " "}
    choices = {name: found for name, found in lasting.items() if found and not name.startswith("currency_")}
    place, kind = choices.pop("place", ()), choices.pop("kind", ())
    for name in sorted(choices, key=lambda name: (name == "lang", len(choices[name]), name)):
        if name != "lang":
            return choices[name]
    if kind and place and len(kind) * len(place) <= MOST_PLACE_KEYS:
        return tuple(f"{one} {other}" for one, other in product(kind, place))
    return kind or place or next(iter(choices.values()), (EVERY,))


def _commonness(clause: Clause, statistics: Statistics) -> int:
    """How many documents hold one of a clause's variants, at most."""
    counts = statistics.counts
    single = sum(counts.get(term, 0) for term in (*clause.words, *clause.concepts))
    return single + min((counts.get(term, 0) for term in clause.phrase), default=0)


def _clause_keys(clause: Clause, statistics: Statistics) -> Iterable[str]:
    """A key for each way to hold the clause; a phrase is stored under its rarest token."""
    yield from (f"w:{term}" for term in (*clause.words, *clause.concepts))
    if clause.phrase:
        yield "p:" + min(clause.phrase, key=lambda term: (statistics.counts.get(term, 0), term))
    yield from (f"e:{token}" for token in clause.exact)


def code_key(field_name: str, value: str) -> str:
    """The key of a code."""
    return f"c:{field_name}={value}"


def _codes(condition: Condition) -> tuple[str, ...]:
    """A key for each code that would do; none for a condition that is not about codes alone."""
    if isinstance(condition, Codes):
        return tuple(code_key(condition.field, value) for value in condition.values)
    if isinstance(condition, AnyOf):
        parts = [_codes(part) for part in condition.conditions]
        return tuple(key for part in parts for key in part) if all(parts) else ()
    return ()
