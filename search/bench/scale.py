"""`python -m search.bench scale`: one demand against very many offers, explained, beside the least that it costs.

The offers are made from real ones. The baseline is one bare question for the same terms, at most 24, with the same
filter and the first 300 ids as answer, and one exact pass over as many vectors as there are offers. Without a page's
time limit; with meaning too where the quick encoder is installed, against random vectors, since time does not depend on
what they say.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from search import Search, Viewer
from search.bench import corpus, documents
from search.bench.engines import table
from search.bench.files import records
from search.bench.measures import engine_of_our_own, percentile, reported, say
from search.engines import elastic_bodies, sqlite_sql
from search.engines.base import Filter
from search.engines.elastic import ElasticEngine
from search.engines.sqlite import SqliteEngine
from search.engines.sqlite_tables import by_role
from search.filters import visibility
from search.indexing import entry
from search.lifecycle import batches, refresh_statistics
from search.matching import demands, matcher
from search.matching.matcher import CANDIDATES
from search.schema import schema
from search.semantic import meaning_of

Figures = dict[str, Any]
VIEWER = Viewer(role="organiser")
LISTED = 50
DIMENSION = 512


def _arguments(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m search.bench scale", description=__doc__)
    parser.add_argument("--offers", type=Path, required=True, help="JSON lines of real offers to make others from")
    parser.add_argument("--demands", type=Path, required=True, help="JSON lines of demands to match")
    parser.add_argument("--counts", default="10000,100000", help="numbers of offers to measure at, rising")
    parser.add_argument("--no-semantic", action="store_true", help="words and concepts alone")
    parser.add_argument("--url", help="address of Elasticsearch; without it only the embedded engine is measured")
    chosen = parser.parse_args(arguments)
    try:
        chosen.counts = [int(count) for count in chosen.counts.split(",")]
    except ValueError:
        parser.error("--counts are whole numbers with commas between")
    if chosen.counts != sorted(set(chosen.counts)) or chosen.counts[0] < CANDIDATES:
        parser.error(f"--counts must rise and be at least {CANDIDATES}")
    return chosen


def main(arguments: list[str]) -> int:
    """Runs the command; 1 after a malformed line or a failed engine."""
    chosen = _arguments(arguments)
    asked = {"url": chosen.url, "semantic": not chosen.no_semantic}
    return reported(lambda: measure(chosen.offers, chosen.demands, chosen.counts, **asked), table)


def measure(offers: Path, demands_: Path, counts: Sequence[int], *, url: str | None, semantic: bool) -> Figures:
    """Milliseconds at each number of offers, for each engine, and how they grow. Raises MalformedLine, OSError,
    SearchUnavailable."""
    real = list(records(offers, ("id", "title", "summary", "lang", "kind")))
    asked = [documents.demand(record) for record in records(demands_, ("id", "title"))]
    figures: Figures = {"demands": len(asked)}
    for engine in ("sqlite", *(("elastic",) if url else ())):
        with engine_of_our_own(engine, url) as search, _vectors_apart():
            made = corpus.make(real, counts[-1])
            held = 0
            for count in counts:
                _fill(search, made, count - held, semantic)
                held = count
                figures |= _timed(search, asked, count, semantic)
            _growth(figures, engine, counts)
    return figures


@contextmanager
def _vectors_apart() -> Iterator[None]:
    """Vectors of made offers stay out of the folder that others use."""
    before = os.environ.get("SEARCH_VECTORS")
    with tempfile.TemporaryDirectory(prefix="search-bench-vectors-") as folder:
        os.environ["SEARCH_VECTORS"] = folder
        try:
            yield
        finally:
            if before is None:
                del os.environ["SEARCH_VECTORS"]
            else:
                os.environ["SEARCH_VECTORS"] = before


def _fill(search: Search, made: Iterator[dict[str, Any]], number: int, semantic: bool) -> None:
    meaning = meaning_of(search.engine) if semantic else None
    chance = np.random.default_rng(1)
    for batch in batches((documents.offer(next(made)) for _ in range(number)), 5000):
        for part in batches(batch):
            search.engine.write("offers", [entry("offers", document) for document in part])
        if meaning:
            meaning.suppose("offers", batch, chance)
    search.engine.settle("offers")
    refresh_statistics(search.engine, "offers")
    say(f"{search.engine.name}: {number} more offers written")


def _timed(search: Search, asked: Sequence[dict[str, Any]], count: int, semantic: bool) -> Figures:
    """Each demand matched, and its baseline, turn and turn about; after one round that is not counted."""
    vectors = np.random.default_rng(2).standard_normal((count, DIMENSION), np.float32)
    ways: dict[str, Callable[[dict[str, Any]], None]] = {
        "baseline": lambda document: bare(search, document, vectors),
        "words": lambda document: _match(search, document, semantic=False),
    }
    if semantic and meaning_of(search.engine):
        ways["meaning"] = lambda document: _match(search, document, semantic=True)
    times: dict[str, list[float]] = {name: [] for name in ways}
    for document in asked[:10]:
        for way in ways.values():
            way(document)
    for document in asked:
        for name, way in ways.items():
            begun = time.perf_counter()
            way(document)
            times[name].append((time.perf_counter() - begun) * 1000)
    start = f"{search.engine.name}_{count}"
    figures: Figures = {}
    for name, spent in times.items():
        figures[f"{start}_{name}_p50_ms"] = round(percentile(spent, 0.5), 1)
        figures[f"{start}_{name}_p99_ms"] = round(percentile(spent, 0.99), 1)
    for name in list(times)[1:]:
        figures[f"{start}_{name}_times_baseline"] = round(
            figures[f"{start}_{name}_p50_ms"] / figures[f"{start}_baseline_p50_ms"], 2
        )
    say(json.dumps(figures))
    return figures


def _growth(figures: Figures, engine: str, counts: Sequence[int]) -> None:
    for name in ("words", "meaning"):
        first, last = (figures.get(f"{engine}_{count}_{name}_p50_ms") for count in (counts[0], counts[-1]))
        if first and last:
            figures[f"{engine}_{name}_growth"] = round(last / first, 2)


def _match(search: Search, document: dict[str, Any], *, semantic: bool) -> None:
    matcher.match_demand(search.engine, document, now=documents.NOW, viewer=VIEWER, limit=LISTED, semantic=semantic)


def bare(search: Search, document: dict[str, Any], vectors: npt.NDArray[np.float32]) -> None:
    """The bare question of a demand, asked of the engine without our layer, and an exact pass over the vectors."""
    terms = demands.profile(document).terms(search.engine.statistics("offers"))
    filter = Filter(visibility(VIEWER, documents.NOW))
    if terms:
        (_bare_sqlite if search.engine.name == "sqlite" else _bare_elastic)(search, terms, filter)
    likeness = vectors @ vectors[0]
    np.argpartition(-likeness, min(LISTED, len(likeness) - 1))[:LISTED]


def _bare_sqlite(search: Search, terms: Sequence[tuple[str, float]], filter: Filter) -> None:
    engine = cast(SqliteEngine, search.engine)
    parameters = sqlite_sql.Parameters()
    words = parameters.add(" OR ".join(sqlite_sql.holding("words", term) for term, _weight in terms))
    with engine.connections.read() as connection:
        tables = by_role(connection, "offers")["live"]
        conditions = [
            sqlite_sql.condition_sql(condition, tables, schema("offers"), parameters)
            for condition in filter.conditions.values()
        ]
        found = f"SELECT rowid, bm25({tables.text}) FROM {tables.text} WHERE {tables.text} MATCH {words}"
        connection.execute(
            f"WITH f(doc, score) AS MATERIALIZED ({found}) "
            f"SELECT d.id FROM f CROSS JOIN {tables.docs} d ON d.doc = f.doc "
            f"WHERE {' AND '.join(['d.deleted_at IS NULL', *conditions])} ORDER BY f.score LIMIT {CANDIDATES}",
            parameters.values,
        ).fetchall()


def _bare_elastic(search: Search, terms: Sequence[tuple[str, float]], filter: Filter) -> None:
    engine = cast(ElasticEngine, search.engine)
    body = {
        "query": {
            "bool": {
                "should": [{"term": {"words": {"value": term, "boost": weight}}} for term, weight in terms],
                "minimum_should_match": 1,
                "filter": [elastic_bodies.condition_query(one) for one in filter.conditions.values()],
                "must_not": [{"term": {"deleted": True}}],
            }
        },
        "size": CANDIDATES,
        "track_total_hits": False,
        "_source": False,
    }
    engine.client.search(index=engine.names.alias("offers"), body=body)
