"""The engine for many: an Elasticsearch 8 cluster. The only module that knows its client."""

from __future__ import annotations

import base64
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import elasticsearch
from elasticsearch import helpers

from search.engines import elastic_bodies as bodies
from search.engines.base import Bag, Entry, Filter, Found, Held, IndexInfo, Selection, Stored, WriteReport
from search.engines.candidates import Counting
from search.engines.deadline import Deadline
from search.engines.elastic_indexes import Indexes
from search.engines.sieve import MOST_CLAUSES, whole_weight
from search.requests import SearchUnavailable
from search.statistics import Statistics

# Writing and administration are no part of a page.
PATIENCE_SECONDS = 30.0
# How long a process goes on with the table of frequencies it has before it looks for a newer one.
STATISTICS_SECONDS = 5.0
_PAGE = 1000
_ROLES = ("live", "next", "previous")


class ElasticEngine:
    """`url`: one node or a load balancer.

    `prefix`: of every index name; `timeout`: seconds a search may take; it is never retried.
    """

    name = "elastic"

    def __init__(self, url: str, *, prefix: str, timeout: float, analysis_version: str) -> None:
        self._url, self._timeout = url, timeout
        self.names = Indexes(lambda: self._patient, prefix)
        self._analysis_version = analysis_version
        self._open: elasticsearch.Elasticsearch | None = None
        self._process = os.getpid()
        self._ready = False
        self._tables: dict[str, tuple[float, Statistics]] = {}
        self._deadline = Deadline()

    # Connection

    @property
    def client(self) -> elasticsearch.Elasticsearch:
        """The client of this process, with the timeout of a search."""
        if self._open is None or self._process != os.getpid():
            self._open = elasticsearch.Elasticsearch(
                self._url, request_timeout=self._timeout, max_retries=0, retry_on_timeout=False
            )
            self._process = os.getpid()
        return self._open

    @property
    def _hurried(self) -> elasticsearch.Elasticsearch:
        """The client with what is left of a page's time."""
        return self.client.options(request_timeout=self._deadline.remaining(self._timeout))

    def limited(self) -> AbstractContextManager[None]:
        """All questions inside share one timeout."""
        return self._deadline.limited(self._timeout)

    @property
    def _patient(self) -> elasticsearch.Elasticsearch:
        return self.client.options(request_timeout=PATIENCE_SECONDS)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Whatever the client raises comes out as SearchUnavailable."""
        try:
            yield
        except elasticsearch.NotFoundError as error:
            self._ready = False  # somebody dropped the indices: make them anew next time
            raise SearchUnavailable(f"elasticsearch: {error}") from error
        except (elasticsearch.ApiError, elasticsearch.TransportError) as error:
            raise SearchUnavailable(f"elasticsearch: {error}") from error

    # Indexes

    def _prepare(self) -> None:
        """Creates what is missing, once a process."""
        if self._ready:
            return
        with self._translated():
            # A hanging cluster is noticed by this first look, in the time of a page.
            self._hurried.indices.exists(index=self.names.statistics)
            self.names.complete(self._analysis_version)
        self._ready = True

    def analysis_version(self, collection: str) -> str:
        """The analysis version of the live index."""
        self._prepare()
        with self._translated():
            return self.names.meta(self.names.roles(collection)["live"])["analysis_version"]

    def indexes(self, collection: str) -> tuple[IndexInfo, ...]:
        """The indexes of a collection."""
        self._prepare()
        with self._translated():
            return self.names.infos(collection)

    def begin(self, collection: str, *, analysis_version: str, schema_version: str) -> str:
        """Creates the next index. Raises RebuildUnderway if there is one."""
        self._prepare()
        with self._translated():
            return self.names.begin(collection, analysis_version)

    def swap(self, collection: str) -> None:
        """Next becomes live, live becomes previous, in one call. Raises LookupError without a next index."""
        with self._translated():
            self.names.swap(collection)

    def abandon(self, collection: str) -> None:
        """Drops the next index, if there is one."""
        with self._translated():
            self.names.abandon(collection)

    def restore(self, collection: str) -> None:
        """Previous becomes next. Raises LookupError without a previous index, RebuildUnderway if one is being built."""
        self._prepare()
        with self._translated():
            self.names.restore(collection)

    # Writing

    def write(self, collection: str, entries: Sequence[Entry], *, role: str | None = None) -> WriteReport:
        """Writes to every index that takes writes, or to that of one role, in one bulk request."""
        self._prepare()
        if not entries:
            return WriteReport()
        with self._translated():
            # Asked anew for each batch, after its documents were read: whoever began a rebuild before reads them later.
            return self._bulk(collection, entries, self.names.targets(collection, role))

    def _bulk(self, collection: str, entries: Sequence[Entry], targets: Sequence[str]) -> WriteReport:
        deleted_at = int(time.time())
        operations: list[dict[str, Any]] = []
        sources = [bodies.source(entry, deleted_at) for entry in entries]
        for target in targets:
            for entry, source in zip(entries, sources, strict=True):
                action = {
                    "_index": self.names.alias(collection, target), "_id": entry.id,
                    "version": entry.revision, "version_type": "external_gte",
                }  # fmt: skip
                operations += ({"index": action}, source)
        # An alias that is gone by now must not come back as an index of that name.
        answer = self._patient.bulk(
            operations=operations, require_alias=True, filter_path="errors,items.*.status,items.*.error"
        )
        refused = 0
        if answer["errors"]:
            for at, item in enumerate(answer["items"]):
                outcome = item["index"]
                target = targets[at // len(entries)]
                if outcome["status"] == 409:
                    refused += target == targets[0]
                elif outcome["status"] >= 300 and not (target == "next" and outcome["status"] == 404):
                    self._ready = False  # somebody may have dropped the indices: look again next time
                    raise SearchUnavailable(f"elasticsearch: {outcome['error']}")
        return WriteReport(len(entries) - refused, refused)

    def settle(self, collection: str, *, role: str | None = None) -> None:
        """Makes everything written findable."""
        self._prepare()
        with self._translated():
            names = [self.names.alias(collection, target) for target in self.names.targets(collection, role)]
            self._patient.indices.refresh(index=",".join(names), ignore_unavailable=True)

    def purge_deleted(self, collection: str, before: int) -> int:
        """Drops old tombstones from every index of the collection; how many the live one had."""
        self._prepare()
        purged = 0
        with self._translated():
            for role, index in self.names.roles(collection).items():
                self._patient.indices.refresh(index=index)
                query = {"range": {"deleted_at": {"lt": before}}}
                while True:
                    hits = self._patient.search(index=index, query=query, size=_PAGE, source=False)["hits"]["hits"]
                    if not hits:
                        break
                    operations = [{"delete": {"_index": index, "_id": hit["_id"]}} for hit in hits]
                    self._patient.bulk(operations=operations, refresh=True)
                    purged += len(hits) if role == "live" else 0
        return purged

    # Finding

    def select(self, selection: Selection) -> Found:
        """Finds, filters, counts in one request."""
        self._prepare()
        with self._translated():
            answer = self._hurried.search(
                index=self.names.alias(selection.collection), body=bodies.select(selection), filter_path=_SELECTED
            )
        hits = answer["hits"].get("hits", ())
        ids = tuple(hit["sort"][-1] for hit in hits)
        bags, fresh_until = {}, {}
        if selection.bags:
            bags = {hit["sort"][-1]: bodies.unpacked(hit["fields"]["bag"][0]) for hit in hits}
            ageing = [hit for hit in hits if bodies.FRESH_UNTIL in hit["fields"]]
            fresh_until = {hit["sort"][-1]: hit["fields"][bodies.FRESH_UNTIL][0] for hit in ageing}
        aggregations = answer.get("aggregations", {})
        facets = {
            facet: {
                bucket["key"]: bucket["doc_count"]
                for bucket in aggregations.get(facet, {}).get("values", {}).get("buckets", ())
            }
            for facet in selection.facets
        }
        return Found(answer["hits"]["total"]["value"], facets, ids, bags, fresh_until)

    def first_found(self, selections: Sequence[Selection]) -> int | None:
        """The first selection that finds anything, all asked in one request."""
        self._prepare()
        searches: list[dict[str, Any]] = []
        for selection in selections:
            searches += ({"index": self.names.alias(selection.collection)}, bodies.existence(selection))
        with self._translated():
            answers = self._hurried.msearch(searches=searches)["responses"]
        for at, answer in enumerate(answers):
            if "error" in answer:
                raise SearchUnavailable(f"elasticsearch: {answer['error']}")
            if answer["hits"]["total"]["value"]:
                return at
        return None

    def candidates(
        self,
        collection: str,
        terms: Sequence[tuple[str, float]],
        filter: Filter,
        limit: int = 300,
        *,
        outlines: bool = False,
    ) -> list[Stored]:
        """Documents that hold any of the terms; see the Protocol."""
        self._prepare()
        asked = sorted(dict(terms).items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_CLAUSES]
        if not asked:
            return []
        weighed = [(term, whole_weight(weight)) for term, weight in asked]
        counting = Counting([term for term, _weight in asked])
        if outlines:
            outlined = self._outlined(collection, weighed, filter, limit, counting)
            if outlined is not None:
                return outlined
        with self._translated():
            answer = self._hurried.search(
                index=self.names.alias(collection), body=bodies.any_of_terms(weighed, filter, limit)
            )
        found = []
        for hit in answer["hits"]["hits"]:
            bag = bodies.unpacked(hit["fields"]["bag"][0])
            document = hit["_source"]["document"]
            found.append(counting.stored(hit["_id"], document, bag.title_words, bag.words, int(hit["_score"])))
        return found

    def _outlined(
        self, collection: str, weighed: Sequence[tuple[str, int]], filter: Filter, limit: int, counting: Counting
    ) -> list[Stored] | None:
        """Candidates without their documents; None if the index was filled before it kept outlines."""
        with self._translated():
            answer = self._hurried.search(
                index=self.names.alias(collection),
                body=bodies.any_of_terms(weighed, filter, limit, outlines=True),
                filter_path=_OUTLINED,
            )
        found = []
        for hit in answer.get("hits", {}).get("hits", ()):
            if "fields" not in hit:
                return None
            document, title_words, words = bodies.unpacked_outline(hit["fields"]["outline"][0])
            weight, _length, id = hit["sort"]
            found.append(counting.stored(id, document, title_words, words, int(weight), outlined=True))
        return found

    def documents(self, collection: str, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Live documents by id."""
        self._prepare()
        if not ids:
            return {}
        with self._translated():
            # Sources as they are kept: cutting pieces out of them would take the cluster longer than sending them.
            answer = self._hurried.mget(
                index=self.names.alias(collection), ids=list(ids), filter_path="docs._id,docs.found,docs._source"
            )
        found = {item["_id"]: item["_source"] for item in answer["docs"] if item.get("found")}
        return {id: source["document"] for id, source in found.items() if not source.get("deleted")}

    # Counting and listing

    def statistics(self, collection: str) -> Statistics:
        """The table in force a few seconds ago at most."""
        known = self._tables.get(collection)
        if known is not None and time.monotonic() - known[0] < STATISTICS_SECONDS:
            return known[1]
        self._prepare()
        table = known[1] if known is not None else Statistics()
        with self._translated():
            index = self.names.statistics
            answer = self._hurried.options(ignore_status=404).get(
                index=index, id=collection, source_includes=["version"]
            )
            if answer.get("found") and answer["_source"]["version"] != table.version:
                data = self._patient.get(index=index, id=collection)["_source"]["data"]
                table = Statistics.from_bytes(base64.b64decode(data))
        self._tables[collection] = (time.monotonic(), table)
        return table

    def save_statistics(self, collection: str, statistics: Statistics) -> None:
        """Puts a table in force."""
        self._prepare()
        document = {"version": statistics.version, "data": base64.b64encode(statistics.to_bytes()).decode()}
        with self._translated():
            self._patient.index(index=self.names.statistics, id=collection, document=document)
        self._tables[collection] = (time.monotonic(), statistics)

    def frequencies(self, collection: str, terms: Sequence[str]) -> tuple[int, dict[str, int]]:
        """Documents, and how many of them hold each term."""
        statistics = self.statistics(collection)
        return statistics.documents, {term: statistics.counts.get(term, 0) for term in terms}

    def count(self, collection: str) -> int:
        """How many documents the live index holds."""
        self._prepare()
        with self._translated():
            query = {"bool": {"must_not": [{"term": {"deleted": True}}]}}
            return self._patient.count(index=self.names.alias(collection), query=query)["count"]

    def _hits(self, collection: str, role: str, **what: Any) -> Iterator[dict[str, Any]]:
        """Everything an index holds, by id. Ids do not change, so pages need no snapshot."""
        self._prepare()
        with self._translated():
            index = self.names.roles(collection).get(role)
            if index is None:
                return
            self._patient.indices.refresh(index=index)
            after = None
            while True:
                body = bodies.page_by_id(after, _PAGE, **what)
                hits = self._patient.search(index=index, body=body)["hits"]["hits"]
                yield from hits
                if len(hits) < _PAGE:
                    return
                after = hits[-1]["sort"][0]

    def bags(self, collection: str) -> Iterator[Bag]:
        """The streams of every live document."""
        for hit in self._hits(collection, "live", live_only=True, bag=True):
            yield bodies.unpacked(hit["fields"]["bag"][0])

    def held(self, collection: str, role: str = "live") -> Iterator[Held]:
        """What an index holds."""
        for hit in self._hits(collection, role, live_only=False, source=["revision", "deleted"]):
            yield Held(hit["_id"], hit["_source"]["revision"], bool(hit["_source"].get("deleted")))

    def all_documents(self, collection: str, role: str = "live") -> Iterator[dict[str, Any]]:
        """Every document of an index."""
        for hit in self._hits(collection, role, live_only=False, source=["revision", "document"]):
            document = hit["_source"].get("document")
            yield document or {"id": hit["_id"], "revision": hit["_source"]["revision"], "deleted": True}

    def drop(self) -> None:
        """Drops every index of the prefix."""
        with self._translated():
            self.names.drop()
        self._ready = False
        self._tables = {}

    def close(self) -> None:
        """Closes the client."""
        if self._open is not None and self._process == os.getpid():
            self._open.close()
        self._open = None


def write_with_helper(client: elasticsearch.Elasticsearch, index: str, sources: Sequence[dict[str, Any]]) -> int:
    """Writes ready bodies as the client's own helper does, which is what our writing is measured against; how many."""
    actions = (
        {"_index": index, "_id": source["id"], "_source": source, "version": 1, "version_type": "external_gte"}
        for source in sources
    )
    return helpers.bulk(client.options(request_timeout=PATIENCE_SECONDS), actions, chunk_size=500)[0]


_OUTLINED = "hits.hits.sort,hits.hits.fields"
_SELECTED = "hits.total.value,hits.hits.sort,hits.hits.fields,aggregations.*.values.buckets"
