"""Candidates: documents that engines hand over for judging, with the counts a judge needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from search.engines.base import Stored
from search.streams import needle, size

_NONE = (0, 0)


class Counting:
    """Counts asked terms in word streams; made once for a question, since a few hundred documents are counted."""

    def __init__(self, terms: Sequence[str]) -> None:
        self._nothing = dict.fromkeys(terms, _NONE)
        self._asked = frozenset(terms)

    def stored(self, id: str, document: Mapping[str, Any], title_words: str, words: str, weight: int) -> Stored:
        """A candidate with its counts of the asked terms."""
        counts = self._nothing.copy()
        for term in self._asked.intersection(words.split()):
            mark = needle((term,))
            title = title_words.count(mark)
            counts[term] = (title, words.count(mark) - title)
        title_length = size(title_words)
        return Stored(id, document, counts, (title_length, size(words) - title_length), weight)
