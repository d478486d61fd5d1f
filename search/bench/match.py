"""`python -m search.bench match`: offers and demands in, a run of ranked offers and their explanations out."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from catalogue.records import RecordError
from search import Search, SearchUnavailable, Viewer
from search.bench import documents
from search.bench.files import MalformedLine, Run, records
from search.bench.measures import add_engine_arguments, engine_of_our_own, memory_mb, parsed, percentile, say
from search.engines.base import Filter
from search.filters import visibility
from search.matching import Match, demands, matcher
from search.matching.matcher import CANDIDATES
from search.semantic import meaning_of

BATCH = 500


def _arguments(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m search.bench match", description=__doc__)
    parser.add_argument("--offers", type=Path, required=True, help="JSON lines of offers")
    parser.add_argument("--demands", type=Path, required=True, help="JSON lines of demands")
    parser.add_argument("--out", type=Path, required=True, help="the run: demand, offer, rank, score")
    parser.add_argument("--explain", type=Path, help="one JSON line for each offer of the run")
    parser.add_argument("--k", type=int, default=100, help="offers a demand, at most")
    parser.add_argument("--no-semantic", action="store_true", help="words and concepts alone")
    add_engine_arguments(parser)
    chosen = parsed(parser, arguments)
    if chosen.k < 1:
        parser.error("--k must be at least 1")
    return chosen


def main(argv: list[str]) -> int:
    """Runs the command; 1 after a malformed line or a failed engine."""
    chosen = _arguments(argv)
    try:
        figures = _measure(chosen)
    except (MalformedLine, OSError, SearchUnavailable) as error:
        say(str(error))
        return 1
    sys.stdout.write(json.dumps(figures) + "\n")
    return 0


def _documents(path: Path, make: Any) -> Iterator[dict[str, Any]]:
    """Documents of the records of a file; a record that the catalogue refuses is a malformed line."""
    for number, record in enumerate(records(path, ("id", "title")), 1):
        try:
            yield make(record)
        except RecordError as error:
            raise MalformedLine(path, number, f"{error.field}: {error}") from error


def explanation(demand_id: str, match: Match) -> dict[str, Any]:
    """A match as a line of the explanations."""
    return {
        "demand": demand_id,
        "offer": match.id,
        "band": match.band,
        "score": match.score,
        "parts": [{"name": p.name, "points": p.points, "out_of": p.out_of} for p in match.parts],
        "gates": [{"name": gate.name, "state": gate.state} for gate in match.gates],
        "requirements": [
            {"text": r.text, "need": r.need, "state": r.state, "why": r.why.get("words", "")}
            for r in match.requirements
        ],
    }


def _measure(chosen: argparse.Namespace) -> dict[str, Any]:
    offers = list(_documents(chosen.offers, documents.offer))
    wanted = list(_documents(chosen.demands, documents.demand))
    viewer = Viewer(role="organiser")
    with engine_of_our_own(chosen.engine, chosen.url) as search:
        begun = time.perf_counter()
        for start in range(0, len(offers), BATCH):
            search.put("offers", offers[start : start + BATCH])
        search.refresh_statistics("offers")
        meaning = None if chosen.no_semantic else meaning_of(search.engine)
        if meaning:
            meaning.learn("offers", offers)
        index_s = time.perf_counter() - begun
        say(f"{len(offers)} offers indexed in {index_s:.1f} s")
        times, baseline = [], []
        with Run(chosen.out) as run:
            lines = chosen.explain.open("w", encoding="utf-8", newline="\n") if chosen.explain else None
            try:
                for document in wanted:
                    begun = time.perf_counter()
                    found = matcher.match_demand(
                        search.engine,
                        document,
                        now=documents.NOW,
                        viewer=viewer,
                        limit=chosen.k,
                        semantic=bool(meaning),
                    )
                    times.append((time.perf_counter() - begun) * 1000)
                    baseline.append(_baseline(search, document, viewer))
                    run.add(document["id"], ((m.id, m.score) for m in found.matches))
                    if lines:
                        for match in found.matches:
                            line = explanation(document["id"], match)
                            lines.write(json.dumps(line, ensure_ascii=False) + "\n")
            finally:
                if lines:
                    lines.close()
    return {
        "offers": len(offers),
        "demands": len(wanted),
        "index_s": round(index_s, 3),
        "match_p50_ms": round(percentile(times, 0.5), 2),
        "match_p99_ms": round(percentile(times, 0.99), 2),
        "baseline_p50_ms": round(percentile(baseline, 0.5), 2),
        "rss_mb": memory_mb(),
        "semantic": meaning.label if meaning else "none",
    }


def _baseline(search: Search, document: dict[str, Any], viewer: Viewer) -> float:
    """Milliseconds of the bare question: the same terms and filter, the first candidates."""
    terms = demands.profile(document).terms(search.engine.statistics("offers"))
    begun = time.perf_counter()
    search.engine.candidates("offers", terms, Filter(visibility(viewer, documents.NOW)), CANDIDATES)
    return (time.perf_counter() - begun) * 1000
