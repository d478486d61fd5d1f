"""`python -m search.bench engines`: both engines, on many offers made from real ones, beside what they are made of.

The embedded engine stands beside the bare FTS5 statement for the same terms and filters, Elasticsearch beside the same
bodies sent by the client alone and beside the client's own bulk helper, analysis beside the clock of one core.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from search import FindRequest, Search
from search.bench import corpus, documents
from search.bench.bare import Bare, BareElastic, BareSqlite
from search.bench.files import records
from search.bench.measures import engine_of_our_own, percentile, reported, say
from search.bench.queries import requests
from search.engines.base import Entry
from search.finder import find_parts
from search.indexing import entry
from search.lifecycle import BATCH, batches, refresh_statistics
from search.text import analyse

Figures = dict[str, float]


def _arguments(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m search.bench engines", description=__doc__)
    parser.add_argument("--docs", type=Path, required=True, help="JSON lines of real offers to make others from")
    parser.add_argument("--count", type=int, default=20_000, help="offers to make")
    parser.add_argument("--queries", type=int, default=300, help="searches to time")
    parser.add_argument("--url", help="address of Elasticsearch; without it only the embedded engine is measured")
    chosen = parser.parse_args(arguments)
    if chosen.count < 1 or chosen.queries < 1:
        parser.error("--count and --queries must be at least 1")
    return chosen


def main(arguments: list[str]) -> int:
    """Runs the command; 1 after a malformed line or a failed engine."""
    chosen = _arguments(arguments)
    return reported(lambda: _measure(chosen), table)


def _measure(chosen: argparse.Namespace) -> Figures:
    real = list(records(chosen.docs, ("id", "title", "summary", "lang", "kind")))
    made = [documents.offer(record) for record in corpus.make(real, chosen.count)]
    say(f"{len(made)} offers made from {len(real)}")
    figures: Figures = {"offers": len(made), "queries": chosen.queries}
    figures |= _analysis(made)
    entries = [entry("offers", document) for document in made]
    asked = requests(real, chosen.queries)
    for engine in ("sqlite", *(("elastic",) if chosen.url else ())):
        with engine_of_our_own(engine, chosen.url) as search:
            bare: Bare = BareSqlite(search) if engine == "sqlite" else BareElastic(search)
            figures |= _writing(search, bare, entries)
            figures |= _finding(search, bare, asked)
    return figures


def _analysis(made: Sequence[dict[str, Any]]) -> Figures:
    """Documents a second of one core: their texts analysed, and the whole of what an index takes made of them."""
    sample = made[:5000]
    begun = time.thread_time()
    for document in sample:
        for by_language in document["texts"].values():
            for text in by_language.values():
                analyse(text)
    analysed = time.thread_time()
    for document in sample:
        entry("offers", document)
    return {
        "analysis_per_s": round(len(sample) / (analysed - begun), 1),
        "entries_per_s": round(len(sample) / (time.thread_time() - analysed), 1),
    }


def _writing(search: Search, bare: Bare, entries: Sequence[Entry]) -> Figures:
    """Entries written a second, and by the bare means, turn and turn about in tenths, so that both have the same
    weather.
    """
    own = raw = 0.0
    step = max(BATCH, -(-len(entries) // 10))
    for number, tenth in enumerate(batches(entries, step)):
        turns = [("own", lambda tenth=tenth: _write(search, tenth)), ("raw", lambda tenth=tenth: bare.write(tenth))]
        for name, write in turns if number % 2 else reversed(turns):
            begun = time.perf_counter()
            write()
            spent = time.perf_counter() - begun
            own, raw = (own + spent, raw) if name == "own" else (own, raw + spent)
    search.engine.settle("offers")
    refresh_statistics(search.engine, "offers")
    name = search.engine.name
    say(f"{name}: {len(entries)} written in {own:.1f} s, bare {raw:.1f} s")
    return {
        f"{name}_write_per_s": round(len(entries) / own, 1),
        f"{name}_bare_write_per_s": round(len(entries) / raw, 1),
        f"{name}_write_ratio": round(raw / own, 3),
    }


def _write(search: Search, entries: Sequence[Entry]) -> None:
    for batch in batches(entries):
        search.engine.write("offers", batch)


def _finding(search: Search, bare: Bare, asked: Sequence[FindRequest]) -> Figures:
    """Milliseconds of each search: all of it, its scoring alone, and the bare question. Each was asked before."""
    whole: list[float] = []
    scoring: list[float] = []
    raw: list[float] = []
    # Of this thread's own work, which a busy machine stretches less than the clock.
    own_work: list[float] = []
    # Searches that find something at once: others ask twice, and would not be beside their like.
    first = [(request, search.find(request)) for request in asked]
    kept = [request for request, result in first if result.total and not result.relaxed]
    hits = sum(result.total for _request, result in first if result.total and not result.relaxed)
    for request in kept:
        question = bare.question(request)
        bare.ask(question)
        worked, begun = time.thread_time(), time.perf_counter()
        _result, spent = find_parts(search.engine, request)
        half, ended = time.thread_time(), time.perf_counter()
        bare.ask(question)
        raw.append((time.perf_counter() - ended) * 1000)
        own_work.append(((half - worked) - (time.thread_time() - half) - spent) * 1000)
        whole.append((ended - begun) * 1000)
        scoring.append(spent * 1000)
    rest = [all_of_it - scored for all_of_it, scored in zip(whole, scoring, strict=True)]
    figures: Figures = {
        f"{search.engine.name}_searches": len(kept),
        f"{search.engine.name}_mean_total": round(hits / max(1, len(kept)), 1),
    }
    measured = {
        "find": whole,
        "scoring": scoring,
        "find_without_scoring": rest,
        "bare": raw,
        "work_above_bare": own_work,
    }
    for name, times in measured.items():
        for label, share in (("p50", 0.5), ("p99", 0.99)):
            figures[f"{search.engine.name}_{name}_{label}_ms"] = round(percentile(times, share), 2)
    return figures


def table(figures: dict[str, Any]) -> str:
    """The figures in one table."""
    width = max(map(len, figures))
    return "\n".join(f"{name:{width}}  {value:>12}" for name, value in figures.items())
