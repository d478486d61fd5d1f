"""What comes nearest to a text when not every word of it must be there: any word or concept will do, the best first."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

from search import text
from search.engines.base import Engine, Filter, Stored
from search.engines.sieve import MOST_CLAUSES
from search.scoring import lexical
from search.statistics import Statistics
from search.streams import wire


@dataclass(frozen=True)
class Near:
    """A document and how near it is: the sum of what its words tell."""

    stored: Stored
    score: float


def telling_terms(written: str, statistics: Statistics, most: int = MOST_CLAUSES) -> list[tuple[str, float]]:
    """The terms of a text's word bag that tell most, with their weights: rare in the index, often in the text.

    Terms that no document holds are left out.
    """
    counts = Counter(wire(term) for term in text.bag(written))
    weighed = []
    for term, number in counts.items():
        if term in statistics.counts:
            worth = lexical.CONCEPT_WEIGHT if term.startswith("c:") else 1.0
            weighed.append((term, worth * statistics.idf(term) * (1.0 + math.log(number))))
    weighed.sort(key=lambda pair: (-pair[1], pair[0]))
    return weighed[:most]


def nearby(engine: Engine, collection: str, written: str, filter: Filter, limit: int = 300) -> list[Near]:
    """Documents that pass the filter and hold any telling term of a text, the nearest first, ties by id.

    Raises SearchUnavailable.
    """
    statistics = engine.statistics(collection)
    terms = telling_terms(written, statistics)
    scored = [
        Near(stored, score(stored, terms, statistics)) for stored in engine.candidates(collection, terms, filter, limit)
    ]
    scored.sort(key=lambda near: (-near.score, near.stored.id))
    return scored


def score(stored: Stored, terms: list[tuple[str, float]], statistics: Statistics) -> float:
    """The weights of the terms a candidate holds, each by how often and how prominently it does."""
    return sum(
        weight * lexical.saturate(*stored.term_counts[term], *stored.lengths, statistics)
        for term, weight in terms
        if any(stored.term_counts[term])
    )
