"""Finding and matching: plain documents in, plain results out. Knows neither the site nor its database.

search = open_search("sqlite:////var/lib/market/search.db")
search.put("offers", [offer_document(...), ...])
search.find(FindRequest(collection="offers", text="轮椅", now=now, viewer=Viewer()))
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from search import finder, lifecycle, text
from search.documents import demand_document, offer_document, tombstone
from search.engines.base import Engine, WriteReport
from search.lifecycle import Rebuild, VerifyFailed, VerifyReport
from search.requests import (
    BadFilterValue,
    FindRequest,
    FindResult,
    Fragment,
    Hit,
    RebuildUnderway,
    SearchUnavailable,
    UnknownCollection,
    UnknownFilter,
    UnknownSort,
    Viewer,
)
from search.schema import COLLECTIONS, schema
from search.statistics import Statistics

if TYPE_CHECKING:
    from search.matching.matcher import MatchList, Standing

__all__ = [
    "COLLECTIONS",
    "BadFilterValue",
    "FindRequest",
    "FindResult",
    "Fragment",
    "Hit",
    "Rebuild",
    "RebuildUnderway",
    "Search",
    "SearchUnavailable",
    "UnknownCollection",
    "UnknownFilter",
    "UnknownSort",
    "VerifyFailed",
    "VerifyReport",
    "Viewer",
    "WriteReport",
    "demand_document",
    "offer_document",
    "open_search",
    "tombstone",
]

_SQLITE = "sqlite:///"


def open_search(url: str, *, prefix: str = "silver", timeout: float = 1.0) -> Search:
    """Opens an engine: "sqlite:////absolute/path.db", or the address of an Elasticsearch cluster with `prefix` for
    its index names.

    `timeout`: seconds that a search may take. Nothing is asked of the engine yet. Raises ValueError for another kind
    of address.
    """
    if url.startswith(_SQLITE):
        from search.engines.sqlite import SqliteEngine

        return Search(SqliteEngine(url.removeprefix(_SQLITE), timeout=timeout, analysis_version=text.ANALYSIS_VERSION))
    if url.startswith(("http://", "https://")):
        from search.engines.elastic import ElasticEngine

        return Search(ElasticEngine(url, prefix=prefix, timeout=timeout, analysis_version=text.ANALYSIS_VERSION))
    raise ValueError(f"no engine for the address {url.partition(':')[0]}:")


class Search:
    """The search over one engine. Threads may share it. Every method may raise SearchUnavailable."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def put(self, collection: str, documents: Iterable[Mapping[str, Any]]) -> WriteReport:
        """Writes documents and tombstones; at once found by everybody. An older revision than the index holds is
        refused, which is no error.

        Raises UnknownCollection, and ValueError or KeyError for documents that `search.documents` did not make.
        """
        schema(collection)
        report = lifecycle.put(self.engine, collection, documents)
        if self.engine.statistics(collection).is_stale(self.engine.count(collection)):
            lifecycle.refresh_statistics(self.engine, collection)
        return report

    def learn(self, collection: str, documents: Iterable[Mapping[str, Any]]) -> int:
        """Makes vectors before a match asks for them, where an encoder is installed; returns how many were made."""
        from search import semantic

        return semantic.learn(self.engine, collection, documents)

    def lacks_vectors(self, collection: str, ids: Iterable[str]) -> bool:
        """Whether any of these documents has no vector of an encoder in use; never without encoders."""
        from search import semantic

        return semantic.is_lacking(self.engine, collection, list(ids))

    def find(self, request: FindRequest) -> FindResult:
        """Answers a request. Raises UnknownFilter (400 on a page), UnknownCollection."""
        with self.engine.limited():
            return finder.find(self.engine, request)

    def match_demand(
        self, document: Mapping[str, Any], *, now: datetime, viewer: Viewer, limit: int = 50, rates: Any = None
    ) -> MatchList:
        """Offers for a demand document, which need not be indexed itself."""
        from search.matching import matcher

        with self.engine.limited():
            return matcher.match_demand(self.engine, document, now=now, viewer=viewer, limit=limit, rates=rates)

    def match_offer(
        self, document: Mapping[str, Any], *, now: datetime, viewer: Viewer, limit: int = 50, rates: Any = None
    ) -> MatchList:
        """Open demands for an offer document, which need not be indexed itself."""
        from search.matching import matcher

        with self.engine.limited():
            return matcher.match_offer(self.engine, document, now=now, viewer=viewer, limit=limit, rates=rates)

    def stand(
        self,
        demand: Mapping[str, Any],
        offer: Mapping[str, Any],
        *,
        now: datetime,
        viewer: Viewer,
        limit: int = 50,
        rates: Any = None,
    ) -> Standing:
        """Where one offer stands for a demand, and how it is judged; neither need be indexed itself."""
        from search.matching import matcher

        with self.engine.limited():
            return matcher.stand(self.engine, demand, offer, now=now, viewer=viewer, limit=limit, rates=rates)

    def refresh_statistics(self, collection: str) -> Statistics:
        """Counts word frequencies again; `put` does so by itself when the collection has grown by a quarter."""
        return lifecycle.refresh_statistics(self.engine, collection)

    def rebuild(self, collection: str) -> Rebuild:
        """Begins a new index beside the serving one. Raises RebuildUnderway if there is one already."""
        return Rebuild(self.engine, collection)

    def rollback(self, collection: str) -> None:
        """Serves the index before the last swap again. Raises LookupError if none is kept."""
        lifecycle.rollback(self.engine, collection)

    def abandon(self, collection: str) -> None:
        """Drops the half-built index that a rebuild left behind when its process died."""
        self.engine.abandon(collection)

    def verify(self, collection: str, expected: Mapping[str, int]) -> VerifyReport:
        """The serving index beside the revisions it should hold, by document id."""
        return lifecycle.compare(self.engine, collection, expected)

    def status(self) -> dict[str, Any]:
        """Indexes of each collection by role, whether the serving one is of this program's analysis and
        schema, and table of frequencies.
        """
        return lifecycle.status(self.engine)

    def purge_deleted(self, before: datetime) -> int:
        """Drops tombstones written before a moment for good; how many."""
        return lifecycle.purge(self.engine, before)

    def drop(self) -> None:
        """Drops everything this engine holds under its prefix; for tests and measurements."""
        self.engine.drop()

    def close(self) -> None:
        """Gives up connections; the next call opens them again."""
        self.engine.close()
