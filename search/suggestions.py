"""Other words to try when nothing was found.

Indexed words spelled nearly like those asked for, then titles of what comes nearest.
"""

from __future__ import annotations

from difflib import SequenceMatcher

from search.asking import Asked
from search.engines.base import Engine, Filter
from search.requests import FindRequest
from search.statistics import Statistics
from search.text.scanning import HAN_RUN

MOST = 5
_LEAST_LIKE = 0.72
_TITLES = 3


def suggest(
    engine: Engine, request: FindRequest, asked: Asked, filter: Filter, statistics: Statistics
) -> tuple[str, ...]:
    """Up to five texts to search for instead, none of them what was asked."""
    suggestions: dict[str, None] = {}
    for surface in asked.surfaces:
        suggestions.update(
            (request.text.replace(surface, word), None) for word in nearest(surface.casefold(), statistics)
        )
    terms = [(term, float(clause.weight)) for clause in asked.clauses for term in (*clause.words, *clause.concepts)]
    words = dict.fromkeys(word for surface in asked.surfaces for word in nearest(surface.casefold(), statistics))
    terms += [(word, statistics.idf(word)) for word in words]
    if terms:
        for candidate in engine.candidates(request.collection, terms, filter, _TITLES):
            titles = candidate.document["texts"].get("title", {})
            title = titles.get(request.lang) or next(iter(titles.values()), "")
            suggestions[title] = None
    suggestions.pop(request.text, None)
    suggestions.pop("", None)
    return tuple(suggestions)[:MOST]


def nearest(word: str, statistics: Statistics, most: int = 2) -> tuple[str, ...]:
    """Indexed words that are spelled nearly like `word`, the likest and commonest first.

    () if it is one itself.
    """
    if word in statistics.counts or len(word) < 2:
        return ()
    han = HAN_RUN.search(word) is not None
    letters = set(word)
    found = []
    for term, number in statistics.counts.items():
        if abs(len(term) - len(word)) > 2 or ":" in term or (not han and term[0] != word[0]) or len(term) < 2:
            continue
        if len(letters.intersection(term)) * 2 < len(letters):
            continue
        likeness = SequenceMatcher(None, word, term, autojunk=False).ratio()
        if likeness >= (0.5 if han else _LEAST_LIKE):
            found.append((-likeness, -number, term))
    return tuple(term for _like, _number, term in sorted(found)[:most])
