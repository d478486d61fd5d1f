"""What a reader typed, as clauses that engines can find: each word as itself, its phrase or its concept."""

from __future__ import annotations

from dataclasses import dataclass, replace

from search import text
from search.engines.base import Clause
from search.engines.sieve import MOST_CLAUSES, whole_weight
from search.statistics import Statistics
from search.streams import exact_token, wire

# No reader types more; the rest of a pasted page is not looked at.
LONGEST_TEXT = 5000
_PIECES = 12  # of a query, joined to see whether they are a name
_PIECE_RUN = 6


@dataclass(frozen=True)
class Asked:
    """`clauses` and `surfaces` run in parallel, in reading order.

    `dropped` are surfaces beyond the most that are looked for.
    """

    clauses: tuple[Clause, ...]
    surfaces: tuple[str, ...]
    dropped: tuple[str, ...]
    whole: tuple[str, ...]
    favoured: tuple[str, ...]
    groups: tuple[text.Group, ...]


def ask(written: str, lang: str | None, statistics: Statistics) -> Asked:
    """Analyses a query. At most 24 clauses, those that tell most."""
    # Halves of characters, which no text has, come from broken addresses.
    written = written[:LONGEST_TEXT].encode("utf-8", "replace").decode()
    groups = [
        group for group in text.analyse_query(written, lang).groups if group.words or group.phrase or group.concepts
    ]
    clauses = [_clause(group, statistics) for group in groups]
    # Of a longer text the words that no document holds go first: they would only find nothing.
    kept = sorted(range(len(clauses)), key=lambda i: (not _is_known(clauses[i], statistics), -clauses[i].weight, i))
    kept = kept[:MOST_CLAUSES]
    kept.sort()
    whole, favoured = _exact(text.folded(written)) if clauses else ((), ())
    return Asked(
        tuple(clauses[i] for i in kept),
        tuple(groups[i].surface for i in kept),
        tuple(group.surface for i, group in enumerate(groups) if i not in set(kept)),
        whole,
        favoured,
        tuple(groups[i] for i in kept),
    )


def _clause(group: text.Group, statistics: Statistics) -> Clause:
    exact = exact_token(text.folded(group.surface))
    clause = Clause(
        words=tuple(wire(word) for word in group.words),
        phrase=tuple(wire(term) for term in group.phrase),
        concepts=tuple(wire(concept) for concept in group.concepts),
        exact=(exact,) if exact else (),
    )
    terms = clause.words or clause.phrase or clause.concepts
    return replace(clause, weight=whole_weight(max(statistics.idf(term) for term in terms)))


def _is_known(clause: Clause, statistics: Statistics) -> bool:
    if any(term in statistics.counts for term in (*clause.words, *clause.concepts)):
        return True
    return all(term in statistics.counts for term in clause.phrase)


def _exact(folded: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The whole query as one exact token, and every run of a few of its pieces: a model number or a name within it."""
    whole = exact_token(folded)
    pieces = folded.split()[:_PIECES]
    runs = {
        exact_token("".join(pieces[start:end])): None
        for start in range(len(pieces))
        for end in range(start + 1, min(start + _PIECE_RUN, len(pieces)) + 1)
    }
    # A single character is never a name.
    favoured = tuple(run for run in runs if len(run) > 1 and run != whole)
    return ((whole,) if len(whole) > 1 else ()), favoured
