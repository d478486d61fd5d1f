"""`python -m search.bench standing`: one new offer against many standing demands and saved searches, beside one search.

Half of them are demands of an index, which the matcher judges, half saved searches, kept in a table by key. The
measure of both is one search of that index with the offer's own words: the same at most 24 terms and the same hard
filter, the first 300 found.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from search import Search, Viewer
from search.bench import corpus, documents
from search.bench.engines import table
from search.bench.files import records
from search.bench.measures import add_engine_arguments, engine_of_our_own, parsed, percentile, reported, say
from search.bench.queries import requests
from search.engines.base import Filter
from search.filters import filter_names, visibility
from search.lifecycle import batches
from search.matching import matcher, offers
from search.matching.matcher import CANDIDATES
from search.standing import Arrival, Standing, keys, stand
from search.statistics import Statistics

# As many keys in one question: what every SQLite takes as parameters.
KEYS_AT_ONCE = 500
VIEWER = Viewer(role="member")


def _arguments(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m search.bench standing", description=__doc__)
    parser.add_argument("--offers", type=Path, required=True, help="JSON lines of real offers to make others from")
    parser.add_argument("--demands", type=Path, required=True, help="JSON lines of real demands to make others from")
    parser.add_argument("--count", type=int, default=50_000, help="standing demands and saved searches, half of each")
    parser.add_argument("--arrivals", type=int, default=200, help="new offers to time")
    add_engine_arguments(parser)
    chosen = parsed(parser, arguments)
    if chosen.count < 2 or chosen.arrivals < 1:
        parser.error("--count must be at least 2 and --arrivals at least 1")
    return chosen


def main(arguments: list[str]) -> int:
    """Runs the command; 1 after a malformed line or a failed engine."""
    chosen = _arguments(arguments)
    return reported(lambda: _measure(chosen), table)


class Shelf:
    """Standing searches in a table by key, as the site keeps them."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect(":memory:")
        self._connection.execute("CREATE TABLE searches (id INTEGER PRIMARY KEY, standing TEXT NOT NULL)")
        self._connection.execute(
            "CREATE TABLE search_keys (key TEXT NOT NULL, search INTEGER NOT NULL, PRIMARY KEY (key, search)) "
            "WITHOUT ROWID"
        )

    def put(self, searches: Sequence[Standing], statistics: Statistics) -> None:
        """Keeps searches, in order of their ids."""
        rows = [(at, standing.as_text()) for at, standing in enumerate(searches)]
        found = [(key, at) for at, standing in enumerate(searches) for key in keys(standing, statistics)]
        self._connection.executemany("INSERT INTO searches VALUES (?, ?)", rows)
        self._connection.executemany("INSERT OR IGNORE INTO search_keys VALUES (?, ?)", found)
        self._connection.commit()

    def under(self, wanted: Sequence[str]) -> dict[int, Standing]:
        """What is kept under any of these keys."""
        found: dict[int, Standing] = {}
        for some in batches(wanted, KEYS_AT_ONCE):
            marks = ", ".join("?" * len(some))
            rows = self._connection.execute(
                "SELECT id, standing FROM searches WHERE id IN "
                f"(SELECT search FROM search_keys WHERE key IN ({marks}))",
                some,
            )
            found.update((at, Standing.from_text(kept)) for at, kept in rows if at not in found)
        return found


def made_demands(real: Sequence[dict[str, Any]], count: int) -> Iterator[dict[str, Any]]:
    """`count` demand records: the real ones with the places, requirements and texts of others of their language."""
    chance = random.Random(3)  # noqa: S311 - variety, not secrecy
    by_language = {lang: [one for one in real if one["lang"] == lang] for lang in {one["lang"] for one in real}}
    for number in range(count):
        base = real[number % len(real)]
        other, placed = (chance.choice(by_language[base["lang"]]) for _ in range(2))
        made = {**base, "id": f"made-{number:06d}"}
        if number >= len(real):
            made["text"] = f"{base.get('text', '')} {other.get('text', '')}"[: chance.randint(100, 1500)]
            made["buyer"] = placed.get("buyer", "")
            facts, must = dict(base["facts"]), [*base["facts"].get("must", ()), *other["facts"].get("must", ())]
            facts["must"] = chance.sample(must, min(len(must), chance.randint(1, 6)))
            facts |= {"place": placed["facts"]["place"]} if "place" in placed["facts"] else {}
            made["facts"] = facts
        yield made


def saved_searches(real: Sequence[dict[str, Any]], count: int, statistics: Statistics) -> list[Standing]:
    """`count` saved searches of offers: common words, names of things and their beginnings, features, suppliers.

    Half of them are filtered.
    """
    known = set(filter_names("offers"))
    return [
        stand("offers", asked.text, asked.lang, {k: v for k, v in asked.filters.items() if k in known}, statistics)
        for asked in requests(real, count)
    ]


def _measure(chosen: argparse.Namespace) -> dict[str, Any]:
    real = list(records(chosen.offers, ("id", "title", "summary", "lang", "kind")))
    wanted = list(records(chosen.demands, ("id", "title", "lang")))
    half = chosen.count // 2
    made = [documents.offer(one) for one in corpus.make(real, 2000 + chosen.arrivals, seed=2)]
    with engine_of_our_own(chosen.engine, chosen.url) as search:
        search.put("offers", made[:2000])
        search.put("demands", (documents.demand(one) for one in made_demands(wanted, chosen.count - half)))
        search.refresh_statistics("offers")
        search.refresh_statistics("demands")
        statistics = search.engine.statistics("offers")
        searches = saved_searches(real, half, statistics)
        shelf = Shelf()
        shelf.put(searches, statistics)
        say(f"{chosen.count - half} demands indexed, {half} searches kept")
        return _timed(search, shelf, searches, made[2000:]) | {"standing": chosen.count, "engine": chosen.engine}


def _timed(search: Search, shelf: Shelf, searches: Sequence[Standing], arrivals: Sequence[Any]) -> dict[str, Any]:
    """Milliseconds of each part for each new offer; the searches found are compared with all searches, held one by
    one against the first few offers.
    """
    one, saved, judged, held, found = [], [], [], [], []
    for at, document in enumerate(arrivals):
        terms = offers.terms(offers.profile(document), search.engine.statistics("demands"))
        filter = Filter(visibility(VIEWER, documents.NOW))
        for _again in range(2):  # the second time counts: the same pages are in memory for all
            begun = time.perf_counter()
            search.engine.candidates("demands", terms, filter, CANDIDATES)
            searched = time.perf_counter()
            arrival = Arrival("offers", document)
            under = shelf.under(arrival.keys)
            hits = {
                number
                for number, standing in under.items()
                if arrival.reason(standing, now=documents.NOW, viewer=VIEWER) is not None
            }
            kept = time.perf_counter()
            matcher.match_offer(search.engine, document, now=documents.NOW, viewer=VIEWER, limit=100, semantic=False)
            ended = time.perf_counter()
        one.append((searched - begun) * 1000)
        saved.append((kept - searched) * 1000)
        judged.append((ended - kept) * 1000)
        held.append(len(under))
        found.append(len(hits))
        if at < 3:
            anew = Arrival("offers", document)
            every = {
                number
                for number, standing in enumerate(searches)
                if anew.reason(standing, now=documents.NOW, viewer=VIEWER) is not None
            }
            if every != hits:
                raise AssertionError(f"{document['id']}: {len(hits)} found by key, {len(every)} one by one")
    both = [a + b for a, b in zip(saved, judged, strict=True)]
    figures: dict[str, Any] = {"arrivals": len(arrivals)}
    for name, times in (("search", one), ("saved", saved), ("demands", judged), ("both", both)):
        figures |= {
            f"{name}_p50_ms": round(percentile(times, 0.5), 2),
            f"{name}_p99_ms": round(percentile(times, 0.99), 2),
        }
    pairs = [whole / alone for whole, alone in zip(both, one, strict=True)]
    figures |= {
        "held_mean": round(sum(held) / len(held), 1),
        "found_mean": round(sum(found) / len(found), 1),
        "saved_ratio": round(sum(saved) / sum(one), 2),
        "demands_ratio": round(sum(judged) / sum(one), 2),
        # Of each new offer and the search beside it, so that a busy machine slows both: its middle is the figure.
        "ratio_p50": round(percentile(pairs, 0.5), 2),
        "ratio": round(sum(both) / sum(one), 2),
    }
    return figures
