"""`python -m search.bench search`: documents and queries in, a run of ranked documents out."""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import replace
from pathlib import Path

from search import FindRequest, Search, SearchUnavailable, Viewer
from search.bench import documents
from search.bench.files import MalformedLine, Run, records
from search.bench.measures import add_engine_arguments, engine_of_our_own, memory_mb, parsed, percentile, say
from search.closeness import meaning_for
from search.engines.base import Filter
from search.filters import visibility
from search.finder import find
from search.nearby import nearby
from search.requests import LARGEST_PAGE, LAST_PAGE
from search.scoring.fusion import fused
from search.text import detect_language


def _arguments(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m search.bench search", description=__doc__)
    parser.add_argument("--docs", type=Path, required=True, help="JSON lines of id, title, text")
    parser.add_argument("--queries", type=Path, required=True, help="JSON lines of id, text")
    parser.add_argument("--out", type=Path, required=True, help="the run: query, document, rank, score")
    parser.add_argument("--k", type=int, default=100, help="documents a query, at most")
    parser.add_argument("--no-semantic", action="store_true", help="words and concepts alone")
    add_engine_arguments(parser)
    chosen = parsed(parser, arguments)
    if chosen.k < 1:
        parser.error("--k must be at least 1")
    return chosen


def answer(search: Search, text: str, k: int, *, semantic: bool = True) -> list[tuple[str, float]]:
    """At most `k` documents with falling scores: what the search finds with every word, then what comes nearest to the
    text by any of its words and, where encoders are installed, by its meaning."""
    lang = detect_language(text)
    viewer = Viewer()
    ranked: dict[str, float] = {}
    size = min(k, LARGEST_PAGE)
    request = FindRequest(collection="offers", text=text, lang=lang, now=documents.NOW, viewer=viewer, size=size)
    for page in range(1, min(LAST_PAGE, -(-k // size)) + 1):
        result = find(search.engine, replace(request, page=page), wait=True, semantic=semantic)
        if result.relaxed:
            break  # not every word: what is nearest says more
        ranked |= {hit.id: hit.score for hit in result.hits}
        if page >= result.pages:
            break
    lowest = min(ranked.values(), default=0.0)
    if len(ranked) < k:
        near = _near(search, request, max(k, 300), semantic)
        rest = [(id, score) for id, score in near if id not in ranked]
        # Scores fall along the whole run: what does not hold every word stands below what does.
        shift = lowest - rest[0][1] - 1.0 if ranked and rest else 0.0
        ranked |= {id: score + shift for id, score in rest}
    return list(ranked.items())[:k]


def _near(search: Search, request: FindRequest, most: int, semantic: bool) -> list[tuple[str, float]]:
    filter = Filter(visibility(request.viewer, request.now))
    near = [(one.stored.id, one.score) for one in nearby(search.engine, request.collection, request.text, filter, most)]
    meaning = meaning_for(search.engine, request, wait=True) if semantic else None
    if meaning is None:
        return near
    known = {id for id, _score in near}
    further = meaning.nearest_to(request.text, request.lang, request.collection, most)
    near += [(id, 0.0) for id in further if id not in known]
    likeness = meaning.alike(request.text, request.lang, request.collection, [id for id, _score in near])
    return fused(near, likeness)


def main(arguments: list[str]) -> int:
    """Runs the command; 1 after a malformed line or a failed engine."""
    chosen = _arguments(arguments)
    try:
        figures = _measure(chosen)
    except (MalformedLine, OSError, SearchUnavailable) as error:
        say(str(error))
        return 1
    sys.stdout.write(json.dumps(figures) + "\n")
    return 0


def _measure(chosen: argparse.Namespace) -> dict[str, float]:
    docs = list(records(chosen.docs, ("id", "title", "text")))
    queries = list(records(chosen.queries, ("id", "text")))
    with engine_of_our_own(chosen.engine, chosen.url) as search:
        begun = time.perf_counter()
        made = [documents.plain(doc, detect_language(f"{doc['title']} {doc['text']}")) for doc in docs]
        search.put("offers", made)
        search.refresh_statistics("offers")
        if not chosen.no_semantic:
            search.learn("offers", made)
        index_s = time.perf_counter() - begun
        say(f"{len(docs)} documents indexed in {index_s:.1f} s")
        times = []
        with Run(chosen.out) as run:
            for query in queries:
                begun = time.perf_counter()
                ranked = answer(search, query["text"], chosen.k, semantic=not chosen.no_semantic)
                times.append((time.perf_counter() - begun) * 1000)
                run.add(query["id"], ranked)
    return {
        "docs": len(docs),
        "queries": len(queries),
        "index_s": round(index_s, 3),
        "query_p50_ms": round(percentile(times, 0.5), 2),
        "query_p99_ms": round(percentile(times, 0.99), 2),
        "rss_mb": memory_mb(),
    }
