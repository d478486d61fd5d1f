"""Candidates: documents that engines hand over for judging, with the counts a judge needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from search.engines.base import Stored
from search.streams import needle, size

_NONE = (0, 0)


# What an outline is made of, as paths into a document.
PATHS = ("$.id", "$.revision", "$.kind", "$.organisation.id", "$.places", "$.facts.serves", "$.facts.located")


def outline(document: Mapping[str, Any]) -> dict[str, Any]:
    """What ranking many candidates needs to know of a document: which it is, of what kind, whose, and where."""
    facts, owner = document.get("facts") or {}, document.get("organisation") or {}
    return outlined(
        document.get("id"),
        document.get("revision"),
        document.get("kind"),
        owner.get("id"),
        document.get("places"),
        facts.get("serves"),
        facts.get("located"),
    )


def outlined(
    id: Any, revision: Any, kind: Any, owner: Any, places: Any, serves: Any, located: Any
) -> dict[str, Any]:
    """An outline from what stands at PATHS."""
    where = {"serves": serves, "located": located}
    return {
        "id": id,
        "revision": revision,
        "kind": kind,
        "organisation": {"id": owner},
        "places": places or [],
        "facts": {key: value for key, value in where.items() if value},
    }


class Counting:
    """Counts asked terms in word streams; made once for a question, since a few hundred documents are counted."""

    def __init__(self, terms: Sequence[str]) -> None:
        self._nothing = dict.fromkeys(terms, _NONE)
        self._asked = frozenset(terms)
        self._marks = {term: needle((term,)) for term in terms}

    def stored(
        self, id: str, document: Mapping[str, Any], title_words: str, words: str, weight: int, *, outlined: bool = False
    ) -> Stored:
        """A candidate with its counts of the asked terms."""
        counts = self._nothing.copy()
        for term in self._asked.intersection(words.split()):
            mark = self._marks[term]
            title = title_words.count(mark)
            counts[term] = (title, words.count(mark) - title)
        title_length = size(title_words)
        return Stored(id, document, counts, (title_length, size(words) - title_length), weight, outlined)
