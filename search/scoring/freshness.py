"""Listings that state something confirmed too long ago sink, the same for every engine: a little, and never below what
they are asked for by name."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from search.scoring.lexical import FAVOURED_POINTS, WHOLE_POINTS

# What is left of the score by words and meaning. A listing that fits clearly better stays in front of a fresh one; of
# two that fit about as well, the fresh one is. An exact model number or name keeps its place before all others.
STALE = 0.8


def sunk(ranked: Sequence[tuple[str, float]], stale: Collection[str]) -> list[tuple[str, float]]:
    """Ids with their scores in the order of what is left of them, best first, ties by id."""

    def left(id: str, score: float) -> float:
        if id not in stale:
            return score
        exact = next((points for points in (WHOLE_POINTS, FAVOURED_POINTS) if score >= points), 0.0)
        return exact + STALE * (score - exact)

    return sorted(((id, left(id, score)) for id, score in ranked), key=lambda pair: (-pair[1], pair[0]))
