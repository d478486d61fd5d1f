"""One lexical score for every engine.

BM25F over title and body, from the stored streams and the table of document frequencies.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from search.engines.base import Bag, Clause
from search.statistics import Statistics
from search.streams import needle, size

K1 = 1.2
TITLE_WEIGHT = 2.5
TITLE_B, BODY_B = 0.4, 0.6
# A concept is what the words mean, not the words that were asked for.
CONCEPT_WEIGHT = 0.8
# Added for exact tokens, so that model numbers and names come first: far above any sum of words.
WHOLE_POINTS, FAVOURED_POINTS = 2000.0, 1000.0


def saturate(title: int, body: int, title_length: int, body_length: int, statistics: Statistics) -> float:
    """BM25F's saturated frequency of a term, below K1 + 1, from its counts and both lengths in words."""
    frequency = 0.0
    if title:
        frequency += TITLE_WEIGHT * title / (1.0 - TITLE_B + TITLE_B * title_length / statistics.average_title)
    if body:
        frequency += body / (1.0 - BODY_B + BODY_B * body_length / statistics.average_body)
    return frequency * (K1 + 1.0) / (K1 + frequency)


def term_score(term: str, counts: tuple[int, int], lengths: tuple[int, int], statistics: Statistics) -> float:
    """What one term of a word bag adds, from its counts in title and body."""
    return statistics.idf(term) * saturate(*counts, *lengths, statistics)


@dataclass(frozen=True)
class _Variant:
    """One way to hold a clause: the needles to count, in words or phrase stream, and what it is worth."""

    needles: tuple[str, ...]
    chars: bool
    worth: float


def _variants(clause: Clause, statistics: Statistics) -> list[_Variant]:
    made = []
    own = max((statistics.idf(term) for term in clause.words or clause.phrase), default=0.0)
    if clause.words:
        made.append(_Variant(tuple(needle((word,)) for word in clause.words), False, own))
    if clause.phrase:
        made.append(_Variant((needle(clause.phrase),), True, own))
    made.extend(
        _Variant((needle((concept,)),), False, CONCEPT_WEIGHT * statistics.idf(concept)) for concept in clause.concepts
    )
    return made


def _count(bag: Bag, variant: _Variant) -> tuple[int, int]:
    """How often a document holds a variant in its title and anywhere."""
    title_stream, stream = (bag.title_chars, bag.chars) if variant.chars else (bag.title_words, bag.words)
    title = anywhere = 0
    for mark in variant.needles:
        found = stream.count(mark)
        if found:
            anywhere += found
            title += title_stream.count(mark)
    return title, anywhere


def order(
    bags: Mapping[str, Bag],
    clauses: Sequence[Clause],
    statistics: Statistics,
    *,
    whole: Sequence[str] = (),
    favoured: Sequence[str] = (),
) -> list[tuple[str, float]]:
    """Ids with their scores, best first, ties by id. A clause is worth its best variant."""
    asked = [_variants(clause, statistics) for clause in clauses]
    whole_needles = [needle((token,)) for token in whole]
    favoured_needles = [needle((token,)) for token in favoured]
    scored = []
    for id, bag in bags.items():
        title_length = size(bag.title_words)
        body_length = size(bag.words) - title_length
        score = 0.0
        for variants in asked:
            best = 0.0
            for variant in variants:
                title, anywhere = _count(bag, variant)
                if anywhere:
                    value = variant.worth * saturate(title, anywhere - title, title_length, body_length, statistics)
                    best = max(best, value)
            score += best
        if any(mark in bag.exact for mark in whole_needles):
            score += WHOLE_POINTS
        elif any(mark in bag.exact for mark in favoured_needles):
            score += FAVOURED_POINTS
        scored.append((id, score))
    scored.sort(key=lambda pair: (-pair[1], pair[0]))
    return scored
