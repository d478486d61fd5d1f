"""The life of an index: built beside the serving one while writers go on, verified, swapped in, rolled back."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from search import statistics, text
from search.engines.base import Engine, WriteReport
from search.indexing import entry, seconds
from search.schema import COLLECTIONS, schema

T = TypeVar("T")
BATCH = 500
# Above this many documents the embedded engine takes longer than a page should: time for a cluster.
COMFORTABLE = 100_000
# As many ids of each sort are named in a report; the counts are of all.
_NAMED = 20
# Seconds between two looks at what an index lacks.
_PAUSE = 0.5


@dataclass(frozen=True)
class VerifyReport:
    """An index beside what it should hold.

    Ids that are missing, held too much, or of a lower revision; samples of each.
    """

    expected: int
    held: int
    missing: int
    surplus: int
    stale: int
    samples: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether the index holds exactly what it should.

        A higher revision than expected was written meanwhile: that is well.
        """
        return not (self.missing or self.surplus or self.stale)

    def as_dict(self) -> dict[str, Any]:
        """As plain data, with `ok`."""
        return asdict(self) | {"ok": self.ok}


class VerifyFailed(RuntimeError):
    """An index that was to go into service does not hold what it should; `report` says what is wrong."""

    def __init__(self, report: VerifyReport) -> None:
        super().__init__(f"the index does not hold what it should: {report.as_dict()}")
        self.report = report


def batches(items: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    """Lists of at most `size`."""
    stream = iter(items)
    while batch := list(islice(stream, size)):
        yield batch


def put(
    engine: Engine, collection: str, documents: Iterable[Mapping[str, Any]], *, role: str | None = None
) -> WriteReport:
    """Analyses and writes documents in batches.

    Raises SearchUnavailable; batches before the failing one are written.
    """
    report = WriteReport()
    for batch in batches(documents):
        report += engine.write(collection, [entry(collection, document) for document in batch], role=role)
    engine.settle(collection, role=role)
    return report


def refresh_statistics(engine: Engine, collection: str) -> statistics.Statistics:
    """Counts all documents again and puts the table in force."""
    table = statistics.count(engine.bags(collection))
    engine.save_statistics(collection, table)
    return table


def compare(engine: Engine, collection: str, expected: Mapping[str, int], role: str = "live") -> VerifyReport:
    """An index beside the revisions that it should hold (tombstones count as held under their revision)."""
    held = {item.id: item for item in engine.held(collection, role)}
    wanted = {str(id): revision for id, revision in expected.items()}
    missing = [id for id in wanted if id not in held]
    surplus = [id for id, item in held.items() if id not in wanted and not item.deleted]
    stale = [id for id, revision in wanted.items() if id in held and held[id].revision < revision]
    samples = (*missing[:_NAMED], *surplus[:_NAMED], *stale[:_NAMED])
    return VerifyReport(len(wanted), len(held), len(missing), len(surplus), len(stale), samples)


class Rebuild:
    """A new index of a collection. From its beginning to `swap`, every `put` of any process writes to it, too.

    Documents must be read for it after its beginning. As a context it is abandoned if it was not swapped.
    """

    def __init__(self, engine: Engine, collection: str, *, restore: bool = False) -> None:
        self._engine, self._collection, self._open = engine, collection, True
        self._restored = restore
        if restore:
            engine.restore(collection)
        else:
            engine.begin(collection, analysis_version=text.ANALYSIS_VERSION, schema_version=schema(collection).version)

    def put(self, documents: Iterable[Mapping[str, Any]]) -> WriteReport:
        """Writes documents to the new index alone."""
        return put(self._engine, self._collection, documents, role="next")

    def verify(self, expected: Mapping[str, int], *, patience: float = 60.0) -> VerifyReport:
        """The new index beside the revisions it should hold at least, surplus aside: that was written since.

        Writers that have changed a fact and not yet put it are waited for, `patience` seconds at most. Raises
        VerifyFailed if the index still lacks something.
        """
        deadline = time.monotonic() + patience
        while True:
            report = compare(self._engine, self._collection, expected, role="next")
            if not (report.missing or report.stale):
                return report
            if time.monotonic() >= deadline:
                raise VerifyFailed(report)
            time.sleep(min(_PAUSE, patience))

    def swap(self) -> None:
        """Puts the new index into service in one step; the old one is kept for `rollback`."""
        self._engine.swap(self._collection)
        self._open = False
        refresh_statistics(self._engine, self._collection)

    def abandon(self) -> None:
        """Drops the new index; does nothing after a swap."""
        if self._open:
            self._engine.abandon(self._collection)
            self._open = False

    def __enter__(self) -> Rebuild:
        return self

    def __exit__(self, *_error: object) -> None:
        self.abandon()


def rollback(engine: Engine, collection: str) -> None:
    """Puts the index before the last swap into service again, after sending it what it missed.

    Raises LookupError without one.
    """
    with Rebuild(engine, collection, restore=True) as returning:
        known = {item.id: item.revision for item in engine.held(collection, "next")}
        returning.put(
            document
            for document in engine.all_documents(collection)
            if document["revision"] > known.get(document["id"], -1)
        )
        returning.swap()


def status(engine: Engine) -> dict[str, Any]:
    """See `search.Search.status`."""
    collections = {}
    for collection in COLLECTIONS:
        indexes = engine.indexes(collection)
        live = next(index for index in indexes if index.role == "live")
        table = engine.statistics(collection)
        collections[collection] = {
            "documents": live.documents,
            "deleted": live.deleted,
            "current": (live.analysis_version, live.schema_version)
            == (text.ANALYSIS_VERSION, schema(collection).version),
            "past_its_size": engine.name == "sqlite" and live.documents > COMFORTABLE,
            "statistics": {"version": table.version, "documents": table.documents},
            "indexes": [asdict(index) for index in indexes],
        }
    return {"engine": engine.name, "collections": collections}


def purge(engine: Engine, before: datetime) -> int:
    """Drops tombstones of every collection written before a moment (aware); how many."""
    return sum(engine.purge_deleted(collection, seconds(before)) for collection in COLLECTIONS)
