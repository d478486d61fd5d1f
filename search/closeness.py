"""Close in meaning: what a search finds put in the order of words and meaning, and what its words do not find.

An optional extra. A model that is not loaded yet is loaded beside; until it is there, the search answers by words.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from search.engines.base import AllOf, AnyOf, Codes, Condition, Engine, Filter
from search.indexing import codes_and_numbers
from search.requests import FindRequest, SearchUnavailable
from search.scoring import fusion
from search.semantic import Meaning, meaning_of

MOST = 10
# So many are looked at, since some may not pass the filter or are found already.
LOOKED_AT = 60


def meaning_for(engine: Engine, request: FindRequest, *, wait: bool = False) -> Meaning | None:
    """Meaning for a search by words in the order of relevance; None without encoders, or before they are loaded unless
    `wait`."""
    if request.sort != "relevance" or not request.text.strip():
        return None
    meaning = meaning_of(engine)
    return meaning if meaning and (meaning.warm() or wait) else None


def reordered(
    ranked: Sequence[tuple[str, float]], scored: int, request: FindRequest, meaning: Meaning
) -> list[tuple[str, float]]:
    """The first `scored` in the order of words and meaning together, the others as they were."""
    first = ranked[:scored]
    likeness = meaning.alike(request.text, request.lang, request.collection, [id for id, _score in first])
    return [*(fusion.fused(first, likeness) if likeness else first), *ranked[scored:]]


def close(
    engine: Engine, request: FindRequest, filter: Filter, found: Collection[str], meaning: Meaning
) -> dict[str, dict[str, Any]]:
    """At most MOST documents by id, the nearest first, that pass the filter and are not among those `found`; none when
    the engine's time is used up."""
    ids = meaning.nearest_to(request.text, request.lang, request.collection, LOOKED_AT)
    try:
        known = engine.documents(request.collection, ids)
    except SearchUnavailable:
        return {}
    chosen: dict[str, dict[str, Any]] = {}
    for id in ids:
        if id in known and id not in found and passes(request.collection, known[id], filter):
            chosen[id] = known[id]
            if len(chosen) == MOST:
                break
    return chosen


def passes(collection: str, document: Mapping[str, Any], filter: Filter) -> bool:
    """Whether a document passes a filter; as the engines have it."""
    codes, numbers = codes_and_numbers(collection, document)
    return all(_holds(condition, codes, numbers) for condition in filter.conditions.values())


def _holds(condition: Condition, codes: Mapping[str, tuple[str, ...]], numbers: Mapping[str, int]) -> bool:
    if isinstance(condition, Codes):
        return not set(condition.values).isdisjoint(codes.get(condition.field, ()))
    if isinstance(condition, AnyOf):
        return any(_holds(part, codes, numbers) for part in condition.conditions)
    if isinstance(condition, AllOf):
        return all(_holds(part, codes, numbers) for part in condition.conditions)
    number = numbers.get(condition.field)
    if number is None:
        return False
    return (condition.at_least is None or number >= condition.at_least) and (
        condition.at_most is None or number <= condition.at_most
    )
