"""Candidates: documents that engines hand over for judging, with the counts a judge needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from search.engines.base import Bag, Stored
from search.streams import needle, size


def stored(id: str, document: Mapping[str, Any], bag: Bag, terms: Sequence[str], weight: int) -> Stored:
    """A candidate with its counts of the asked terms."""
    counts = {}
    for term in terms:
        mark = needle((term,))
        title = bag.title_words.count(mark)
        counts[term] = (title, bag.words.count(mark) - title)
    title_length = size(bag.title_words)
    return Stored(id, document, counts, (title_length, size(bag.words) - title_length), weight)
