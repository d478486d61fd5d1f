"""`python -m search.bench names`: names of things as one region or language has them, sought among those of another.

Each name is a listing of its own and each query a search of the site, so that what is measured is what a visitor gets:
what the search finds, then what comes nearest. "unseen": the pairs of which the thesaurus has neither name as a
spelling of its own, so that nothing can have been read off them.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from search import Search
from search.bench import documents
from search.bench.engines import table
from search.bench.files import MalformedLine
from search.bench.measures import add_engine_arguments, engine_of_our_own, parsed, reported, say, setting
from search.bench.retrieval import answer
from search.bench.scorer import interval, ndcg
from search.semantic import installed
from search.text import folded, thesaurus

FILE = Path("demo/names/names.tsv")
FIRST = 10
Names = dict[str, tuple[str, dict[str, int]]]  # by query: its language, and the grades of the names sought


@dataclass(frozen=True)
class Direction:
    """Names of a set sought from one language in another. `names`: all that stand against each other."""

    label: str
    queries: Names
    names: tuple[str, ...]
    lang: str


def read(path: Path) -> list[Direction]:
    """The directions of a file: as it is written, and back for a set between English and Chinese. Raises
    MalformedLine, OSError."""
    rows: dict[str, list[tuple[str, str, str, str, int]]] = defaultdict(list)
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        fields = line.split("\t")
        if number == 1 and fields[0] == "set":
            continue
        if len(fields) != 6 or not fields[5].isdigit():
            raise MalformedLine(path, number, "not set, language, query, language, name, grade")
        rows[fields[0]].append((fields[1], fields[2], fields[3], fields[4], int(fields[5])))
    found = []
    for label, pairs in rows.items():
        found.append(_direction(f"{label}, {pairs[0][0]} to {pairs[0][2]}", pairs))
        if pairs[0][0] == "en":
            back = [(name_lang, name, lang, query, grade) for lang, query, name_lang, name, grade in pairs]
            found.append(_direction(f"{label}, {pairs[0][2]} to en", back))
    return found


def _direction(label: str, pairs: list[tuple[str, str, str, str, int]]) -> Direction:
    queries: Names = {}
    for lang, query, _name_lang, name, grade in pairs:
        queries.setdefault(query, (lang, {}))[1][name] = grade
    return Direction(label, queries, tuple(dict.fromkeys(pair[3] for pair in pairs)), pairs[0][2])


def scores(direction: Direction, engine: str, url: str | None) -> dict[str, float]:
    """nDCG@10 by query, with the encoders that are switched on. Raises SearchUnavailable."""
    with engine_of_our_own(engine, url) as search, _vectors_apart():
        made = [
            documents.plain({"id": str(at), "title": name, "text": ""}, direction.lang)
            for at, name in enumerate(direction.names)
        ]
        search.put("offers", made)
        search.refresh_statistics("offers")
        search.learn("offers", made)
        return {query: _score(search, direction, query) for query in direction.queries}


def _score(search: Search, direction: Direction, query: str) -> float:
    grades = direction.queries[query][1]
    ranked = [direction.names[int(id)] for id, _score in answer(search, query, FIRST)]
    return ndcg([grades.get(name, 0) for name in ranked], list(grades.values()))


@contextmanager
def _vectors_apart() -> Iterator[None]:
    before = os.environ.get("SEARCH_VECTORS")
    with tempfile.TemporaryDirectory(prefix="search-bench-vectors-") as folder:
        os.environ["SEARCH_VECTORS"] = folder
        try:
            yield
        finally:
            os.environ.pop("SEARCH_VECTORS")
            if before is not None:
                os.environ["SEARCH_VECTORS"] = before


def is_seen(query: str, names: Mapping[str, int]) -> bool:
    """Whether the thesaurus has the query or one of the names as a spelling of its own."""
    spellings = _spellings()
    return any(folded(one) in spellings for one in (query, *names))


@lru_cache(maxsize=1)
def _spellings() -> frozenset[str]:
    return frozenset(folded(word) for concept in thesaurus().concepts.values() for word in concept.all_words())


def main(arguments: list[str]) -> int:
    """Runs the command; 1 after a malformed line or a failed engine."""
    parser = argparse.ArgumentParser(prog="python -m search.bench names", description=__doc__)
    parser.add_argument("--names", type=Path, default=FILE, help="set, language, query, language, name, grade")
    add_engine_arguments(parser)
    chosen = parsed(parser, arguments)
    return reported(lambda: _measure(read(chosen.names), chosen.engine, chosen.url), table)


def _measure(directions: list[Direction], engine: str, url: str | None) -> dict[str, Any]:
    settings = {"words only": "off"}
    if installed():
        settings["with encoders"] = "+".join(installed())
    figures: dict[str, Any] = {}
    for direction in directions:
        unseen = [query for query, (_lang, names) in direction.queries.items() if not is_seen(query, names)]
        figures[f"{direction.label}: queries (unseen)"] = f"{len(direction.queries)} ({len(unseen)})"
        for label, encoders in settings.items():
            with setting("SEARCH_SEMANTIC", encoders):
                got = scores(direction, engine, url)
            figures[f"{direction.label}: {label}"] = f"{_mean(got.values())} {interval(list(got.values()))}"
            figures[f"{direction.label}: {label}, unseen"] = _mean(got[query] for query in unseen)
        say(direction.label)
    return figures


def _mean(values: Any) -> float:
    listed = list(values)
    return round(sum(listed) / len(listed), 3) if listed else 0.0
