"""Heads: the thing that a title is about, told apart from what it is for, made of or part of.

In all three languages the thing named comes last in its phrase (轮椅坐垫 is a cushion, "wheelchair cushion" too), and
what follows a preposition, a colon or a bracket only describes it.
"""

from __future__ import annotations

import re
from functools import lru_cache

from search.matching.ruleset import ruleset
from search.text import concept_spots, thesaurus

_ASIDE = re.compile(r"[（(][^（()）]*[)）]")
_BREAK = re.compile(
    r"\b(?:for|with|to|in|at|of|by|from|across|under|on|linked|including|via)\b|[：:,，;；|—–]|\s-\s", re.IGNORECASE
)
_AND = re.compile(r"\band\b|\bor\b|[、/及和與与或＋+&]", re.IGNORECASE)
# Groups of the thesaurus that never name the thing itself.
_NEVER = frozenset({"places", "attributes"})

SAME, NARROWER, BROADER, NONE = 1.0, 0.8, 0.35, 0.0


@lru_cache(maxsize=20_000)
def asides(title: str) -> tuple[str, tuple[str, ...]]:
    """A title without what it says in brackets, and that; brackets around everything are none."""
    bare = _ASIDE.sub(" ", title).strip()
    return (bare, tuple(piece[1:-1] for piece in _ASIDE.findall(title))) if bare else (title, ())


@lru_cache(maxsize=20_000)
def heads(title: str) -> tuple[str, ...]:
    """Ids of the concepts a title is about, in order; the first phrase that names any decides."""
    for phrase in _BREAK.split(asides(title)[0]):
        found: dict[str, None] = {}
        for part in _AND.split(phrase or ""):
            spots = [spot for spot in concept_spots(part) if _is_thing(spot.id)]
            if spots:
                telling = [spot for spot in spots if spot.id not in ruleset().generic_heads]
                spots = telling or spots
                end = max(spot.end for spot in spots)
                found.update(dict.fromkeys(spot.id for spot in spots if spot.end == end))
        if found:
            return tuple(found)
    return ()


def _is_thing(concept: str) -> bool:
    return concept not in ruleset().ignored_concepts and thesaurus().concepts[concept].group not in _NEVER


def kinship(wanted: str, offered: tuple[str, ...]) -> float:
    """How the thing wanted stands to the things an offer's title is about: SAME, NARROWER, BROADER or NONE."""
    words = thesaurus()
    if wanted in offered:
        return SAME
    if any(wanted in words.ancestors(one)[1:] for one in offered):
        return NARROWER
    if any(one in words.ancestors(wanted)[1:] for one in offered):
        return BROADER
    return NONE
