"""What an engine is asked and what it answers, in plain types; and the Protocol that every engine keeps.

Terms, phrases and exact tokens are wire tokens (`search.streams`). Weights are whole numbers, so that sums are the
same on every engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from search.statistics import Statistics


@dataclass(frozen=True)
class Codes:
    """The document has one of `values` in the code field `field`."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Numbers:
    """The document's number is there and within the bounds, both inclusive; None leaves a side open."""

    field: str
    at_least: int | None = None
    at_most: int | None = None


@dataclass(frozen=True)
class AnyOf:
    """At least one of the conditions holds."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True)
class AllOf:
    """Every condition holds; none at all is true."""

    conditions: tuple[Condition, ...]


Condition = Codes | Numbers | AnyOf | AllOf


@dataclass(frozen=True)
class Filter:
    """Conditions by name, all of them required. Deleted documents are never found, whatever the filter says."""

    conditions: Mapping[str, Condition] = field(default_factory=dict)

    def without(self, name: str) -> Filter:
        """The same without the condition of that name."""
        return Filter({key: value for key, value in self.conditions.items() if key != name})


@dataclass(frozen=True)
class Clause:
    """One thing that is asked for: found as itself (one of `words`, or `phrase`, or one of `exact`) or by a concept."""

    words: tuple[str, ...] = ()
    phrase: tuple[str, ...] = ()
    concepts: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()
    weight: int = 1


@dataclass(frozen=True)
class Order:
    """Sort by these fields in turn, documents without a value last, ties by id."""

    fields: tuple[tuple[str, bool], ...]  # (field, descending)


@dataclass(frozen=True)
class Selection:
    """A question. A document is found if it passes the filter and has every clause, or one of the `whole` exact tokens.

    With `order` None the first come in sieve order: what the clauses weigh where they were found, then the shorter
    document, then id.
    Exact tokens of `favoured` put a document before all that have none of them, and those of `whole` before those.
    """

    collection: str
    clauses: tuple[Clause, ...] = ()
    whole: tuple[str, ...] = ()
    favoured: tuple[str, ...] = ()
    filter: Filter = field(default_factory=Filter)
    facets: tuple[str, ...] = ()
    order: Order | None = None
    offset: int = 0
    limit: int = 20
    bags: bool = False


class Bag(NamedTuple):
    """The streams of a document: words and phrase stream of the title and of everything, and its exact tokens."""

    title_words: str
    title_chars: str
    words: str
    chars: str
    exact: str


NO_TEXT = Bag("", "", "", "", "")


@dataclass(frozen=True)
class Entry:
    """A document made ready for an index. A tombstone has `deleted` true and nothing else."""

    id: str
    revision: int
    deleted: bool = False
    document: Mapping[str, Any] = field(default_factory=dict)
    bag: Bag = NO_TEXT
    length: int = 0
    codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    numbers: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Found:
    """`total` and `facets` count everything found.

    `ids` are the slice asked for; `bags` by id if they were asked for, and with them `fresh_until` of those that age
    (seconds since 1970).
    """

    total: int
    facets: Mapping[str, Mapping[str, int]]
    ids: tuple[str, ...]
    bags: Mapping[str, Bag]
    fresh_until: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Stored:
    """A candidate: its document, how often each asked term is in its title and in the rest, both lengths in words.

    `outlined`: the document is but its outline (`search.engines.candidates.outline`).
    """

    id: str
    document: Mapping[str, Any]
    term_counts: Mapping[str, tuple[int, int]]
    lengths: tuple[int, int]
    engine_score: int
    outlined: bool = False


class Held(NamedTuple):
    """What an index holds under an id."""

    id: str
    revision: int
    deleted: bool


@dataclass(frozen=True)
class WriteReport:
    """How many documents were written, and how many refused because the index held a newer revision."""

    written: int = 0
    refused: int = 0

    def __add__(self, other: WriteReport) -> WriteReport:
        return WriteReport(self.written + other.written, self.refused + other.refused)


@dataclass(frozen=True)
class IndexInfo:
    """An index of a collection. `role`: "live" answers, "next" is being built, "previous" is kept for rollback."""

    name: str
    role: str
    analysis_version: str
    schema_version: str
    created_at: str
    documents: int
    deleted: int


class Engine(Protocol):
    """All methods raise `search.requests.SearchUnavailable` when the engine is down or slow, and nothing of its own."""

    name: str

    def write(self, collection: str, entries: Sequence[Entry], *, role: str | None = None) -> WriteReport:
        """Writes to the live index and, while one is being built, to the next; or to the index of one role alone.

        Whatever it held under an id gives way unless its revision is higher (then the entry is refused, which is no
        error).
        Counts are those of the live index. What was written is found after `settle`.
        """

    def settle(self, collection: str, *, role: str | None = None) -> None:
        """What was written before is found by the next question of any process."""

    def select(self, selection: Selection) -> Found:
        """Finds, filters, counts."""

    def first_found(self, selections: Sequence[Selection]) -> int | None:
        """The index of the first selection that finds anything; None if none does."""

    def candidates(
        self,
        collection: str,
        terms: Sequence[tuple[str, float]],
        filter: Filter,
        limit: int = 300,
        *,
        outlines: bool = False,
    ) -> list[Stored]:
        """Documents that hold any of the terms of word bags, those first whose terms weigh most (once more in
        a title). With `outlines` an engine may leave all of a document away but its outline, which is faster.
        """

    def frequencies(self, collection: str, terms: Sequence[str]) -> tuple[int, dict[str, int]]:
        """How many documents there are and how many hold each term, by the table in force (`statistics`)."""

    def documents(self, collection: str, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Documents by id; those that are not there or deleted are left out."""

    def statistics(self, collection: str) -> Statistics:
        """The table of document frequencies in force; an empty one if none was made."""

    def save_statistics(self, collection: str, statistics: Statistics) -> None:
        """Puts a table in force for all processes."""

    def bags(self, collection: str) -> Iterator[Bag]:
        """The streams of every live document."""

    def held(self, collection: str, role: str = "live") -> Iterator[Held]:
        """What the index of that role holds, tombstones included, ordered by id. Nothing if there is no such index."""

    def all_documents(self, collection: str, role: str = "live") -> Iterator[dict[str, Any]]:
        """Every document of the index of that role, tombstones as `{"id", "revision", "deleted": True}`."""

    def count(self, collection: str) -> int:
        """How many documents the live index holds, tombstones left out."""

    def indexes(self, collection: str) -> tuple[IndexInfo, ...]:
        """The indexes of a collection by role: live, next, previous."""

    def limited(self) -> AbstractContextManager[None]:
        """All questions inside share one timeout, however many they are."""

    def analysis_version(self, collection: str) -> str:
        """The analysis version of the live index."""

    def begin(self, collection: str, *, analysis_version: str, schema_version: str) -> str:
        """Creates the next index and makes it the second write target of all processes; its name.

        Raises `search.requests.RebuildUnderway` if there is one already.
        """

    def swap(self, collection: str) -> None:
        """Makes the next index live in one step and the live one previous; an older previous one is dropped."""

    def abandon(self, collection: str) -> None:
        """Drops the next index, if there is one."""

    def restore(self, collection: str) -> None:
        """Makes the previous index the next one, so that it gets all writes again. Raises LookupError without one."""

    def purge_deleted(self, collection: str, before: int) -> int:
        """Drops tombstones written before `before` (seconds since 1970) for good; how many."""

    def drop(self) -> None:
        """Drops every index and table it keeps."""

    def close(self) -> None:
        """Gives up its connections."""


def flatten(conditions: Iterable[Condition]) -> Condition:
    """Conditions as one."""
    parts = tuple(conditions)
    return parts[0] if len(parts) == 1 else AllOf(parts)
