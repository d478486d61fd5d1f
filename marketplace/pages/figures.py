"""How much there is of each kind, as a stranger may know it."""

from __future__ import annotations

from dataclasses import dataclass

from catalogue.kinds import Kind, all_kinds
from marketplace import clock
from marketplace.indexing import service as indexing
from search import FindRequest, Viewer


@dataclass(frozen=True)
class Figure:
    """A kind with its open offers and demands."""

    kind: Kind
    offers: int
    demands: int


def by_kind() -> list[Figure] | None:
    """A figure for every kind, in the catalogue's order; None while the search engine does not answer."""
    try:
        offers, demands = _counts("offers"), _counts("demands")
    except indexing.Away:
        return None
    return [Figure(kind, offers.get(kind.key, 0), demands.get(kind.key, 0)) for kind in all_kinds()]


def _counts(collection: str) -> dict[str, int]:
    asked = FindRequest(
        collection=collection, sort="newest", size=1, facets=("kind",), now=clock.now(), viewer=Viewer())
    return dict(indexing.ask(lambda engine: engine.find(asked)).facets["kind"])
