"""`python -m search.bench report`: every measurement in one run, on both engines, with the baselines beside, as tables.

With `--write README.md` the tables are put between the two marks there. Takes a quarter of an hour.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from search import SearchUnavailable
from search.bench import baselines, documents, scorer
from search.bench.files import MalformedLine, Run, records
from search.bench.measures import say, setting
from search.semantic import installed
from search.semantic.encoders import E5, USE

Figures = dict[str, Any]
OPENING, CLOSING = "<!-- measured: begin -->", "<!-- measured: end -->"
LISTED = 100
_MATCHING = (
    ("ndcg10", "nDCG@10"),
    ("ndcg10_other_language", "the same, offers in another language alone"),
    ("hit1", "the first place deserves it"),
    ("recall5", "recall@5"),
    ("recall20", "recall@20"),
    ("unjudged10", "unjudged among the first ten"),
)
_EXPLAINED: tuple[tuple[str, Callable[[Figures], str]], ...] = (
    ("of 'strong', deserve it", lambda one: f"{one['strong_deserved']} of {one['strong']}"),
    (
        "of demands that nothing meets, shown a 'strong'",
        lambda one: f"{one['nothing_meets_shown_strong']} of {one['nothing_meets']}",
    ),
    ("place judged alike", lambda one: f"{one['place_agreement']} of {one['places']}"),
    ("requirements said 'met': precision", lambda one: f"{one['met_precision']} {one['met_precision_interval']}"),
    ("their recall", lambda one: f"{one['met_recall']}"),
    ("unknown said 'not met'", lambda one: f"{one['unknown_said_not_met']} of {one['unknown']}"),
)
_SETTINGS = {"words only": None, "semantic": USE, "semantic-plus": f"{USE}+{E5}"}


def main(arguments: list[str]) -> int:
    """Runs the command; 1 after a failed measurement."""
    parser = argparse.ArgumentParser(prog="python -m search.bench report", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("demo"), help="the folder of offers, demands, judgements")
    parser.add_argument("--url", default=os.environ.get("SEARCH_TEST_URL"), help="address of Elasticsearch")
    parser.add_argument("--counts", default="10000,100000", help="numbers of offers to match against")
    parser.add_argument("--write", type=Path, help="a file with the two marks to put the tables between")
    chosen = parser.parse_args(arguments)
    try:
        tables = report(chosen.data, chosen.url, chosen.counts)
    except (MalformedLine, OSError, SearchUnavailable, RuntimeError) as error:
        say(str(error))
        return 1
    sys.stdout.write(tables + "\n")
    if chosen.write:
        put_between(chosen.write, tables)
    return 0


def put_between(path: Path, tables: str) -> None:
    """Replaces what stands between the marks of a file. Raises ValueError without them."""
    before, opening, rest = path.read_text("utf-8").partition(OPENING)
    _old, closing, after = rest.partition(CLOSING)
    if not (opening and closing):
        raise ValueError(f"{path} lacks {OPENING} and {CLOSING}")
    path.write_text(f"{before}{OPENING}\n{tables}\n{CLOSING}{after}", "utf-8")


def report(data: Path, url: str | None, counts: str) -> str:
    """The tables. Raises MalformedLine, OSError, SearchUnavailable, RuntimeError."""
    files = ["--offers", str(data / "offers.jsonl"), "--demands", str(data / "demands.jsonl")]
    engines = ["sqlite", *(["elastic"] if url else [])]
    address = ["--url", url] if url else []
    parts = [f"Measured on {datetime.now(UTC):%Y-%m-%d} by one `make bench`, on a machine with {os.cpu_count()} cores."]
    parts.append(_matching(data, files, engines, url))
    parts.append(_rows("names", "**Names of things**, nDCG@10", _run("names", [])))
    with setting("SEARCH_SEMANTIC", USE if USE in installed() else "off"):
        scale = _run("scale", [*files, "--counts", counts, *address])
    parts.append(_rows("scale", "**One demand against many offers**, explained, 50 listed", scale))
    for engine in engines:
        asked = [*files, "--engine", engine, *(address if engine == "elastic" else [])]
        title = f"**One new offer against standing demands and searches**, {engine}"
        parts.append(_rows("standing", title, _run("standing", asked)))
    title = "**Search** on 20,000 offers"
    parts.append(_rows("engines", title, _run("engines", ["--docs", str(data / "offers.jsonl"), *address])))
    return "\n\n".join(parts)


def _run(command: str, arguments: Sequence[str]) -> Figures:
    """The closing line of a command. Raises RuntimeError if it fails."""
    from search.bench.__main__ import COMMANDS

    say(f"-- {command} {' '.join(arguments)}")
    written = io.StringIO()
    with contextlib.redirect_stdout(written):
        outcome = import_module(f"search.bench.{COMMANDS[command]}").main(list(arguments))
    if outcome:
        raise RuntimeError(f"{command} failed")
    figures: Figures = json.loads(written.getvalue().splitlines()[-1])
    return figures


def _matching(data: Path, files: Sequence[str], engines: Sequence[str], url: str | None) -> str:
    judged = scorer.read(data / "judgements")
    langs = scorer.languages(data / "offers.jsonl", data / "demands.jsonl")
    columns: dict[str, Figures] = {}
    with (
        tempfile.TemporaryDirectory(prefix="search-bench-") as folder,
        setting("SEARCH_VECTORS", str(Path(folder) / "vectors")),
    ):
        path, explained = Path(folder) / "run.tsv", Path(folder) / "explained.jsonl"
        for name, run in _baselines(data):
            _write(path, run)
            columns[name] = scorer.score(scorer.read_run(path), judged, langs)
        for name, names in _SETTINGS.items():
            if names and not set(names.split("+")) <= set(installed()):
                continue
            runs = []
            for engine in engines:
                asked = [*files, "--out", str(path), "--explain", str(explained), "--engine", engine]
                with setting("SEARCH_SEMANTIC", names or "off"):
                    _run("match", [*asked, *(["--url", str(url)] if engine == "elastic" else [])])
                runs.append(path.read_bytes())
            figures = scorer.score(scorer.read_run(path), judged, langs)
            figures |= scorer.explained(scorer.read_explanations(explained), judged)
            figures["same"] = len(set(runs)) == 1
            columns[name] = figures
    return _matching_table(columns, engines)


def _baselines(data: Path) -> Iterator[tuple[str, baselines.Ranked]]:
    offers = [documents.offer(one) for one in records(data / "offers.jsonl", ("id", "title"))]
    demands = [documents.demand(one) for one in records(data / "demands.jsonl", ("id", "title"))]
    yield "plain BM25", baselines.plain(offers, demands, LISTED)
    if installed():
        yield f"vectors only ({' + '.join(installed())})", baselines.nearest(offers, demands, installed(), LISTED)


def _write(path: Path, run: baselines.Ranked) -> None:
    with Run(path) as file:
        for demand, ranked in run.items():
            file.add(demand, ranked)


def _matching_table(columns: dict[str, Figures], engines: Sequence[str]) -> str:
    lines = ["**Matching** on the real demands and offers in `demo/`, with 95 % intervals:", ""]
    lines += [f"| figure | {' | '.join(columns)} |", "|---" * (len(columns) + 1) + "|"]
    for key, label in _MATCHING:
        cells = [
            f"{one[key]:.3f} [{one[f'{key}_interval'][0]}, {one[f'{key}_interval'][1]}]" for one in columns.values()
        ]
        lines.append(f"| {label} | {' | '.join(cells)} |")
    base = columns["plain BM25"]["ndcg10"]
    times = [f"{one['ndcg10'] / base:.2f}" for one in columns.values()]
    lines.append(f"| times plain BM25 | {' | '.join(times)} |")
    for label, shown in _EXPLAINED:
        cells = [shown(one) if "strong" in one else "" for one in columns.values()]
        lines.append(f"| {label} | {' | '.join(cells)} |")
    alike = [{True: "yes", False: "no", None: ""}[one.get("same")] for one in columns.values()]
    lines.append(f"| same run on {' and '.join(engines)} | {' | '.join(alike)} |")
    return "\n".join(lines)


def _rows(command: str, title: str, figures: Figures) -> str:
    lines = [f"{title} (`python -m search.bench {command}`):", "", "| figure | |", "|---|---|"]
    lines += [f"| {name.replace('_', ' ')} | {value} |" for name, value in figures.items()]
    return "\n".join(lines)
