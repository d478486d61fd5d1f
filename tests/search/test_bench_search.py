"""`python -m search.bench search` from outside: its files, its closing line, its refusals."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = [
    {"id": "a", "title": "Powered wheelchair", "text": "Folds for the boot of a car.", "ignored": 1},
    {"id": "b", "title": "護理床", "text": "電動,附床褥。"},
    {"id": 3, "title": "送餐服务", "text": "每天两餐。"},
]
QUERIES = [
    {"id": "q1", "text": "轮椅"},
    {"id": "q2", "text": "a nursing bed that moves"},
    {"id": "q3", "text": "xyzzy"},
]


def lines(path: Path, records: list[object]) -> Path:
    path.write_text("\n".join(r if isinstance(r, str) else json.dumps(r) for r in records) + "\n", "utf-8")
    return path


def run(tmp_path: Path, docs: list[object], queries: list[object], *more: str) -> subprocess.CompletedProcess[str]:
    files = ["--docs", str(lines(tmp_path / "d.jsonl", docs)), "--queries", str(lines(tmp_path / "q.jsonl", queries))]
    command = [sys.executable, "-m", "search.bench", "search", *files, "--out", str(tmp_path / "run.tsv"), *more]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


def test_a_run_and_the_closing_figures(tmp_path: Path) -> None:
    done = run(tmp_path, [*DOCS, ""], list(QUERIES), "--no-semantic", "--k", "2")
    assert done.returncode == 0, done.stderr
    rows = [line.split("\t") for line in (tmp_path / "run.tsv").read_text("utf-8").splitlines()]
    assert [(query, doc, rank) for query, doc, rank, _score in rows] == [("q1", "a", "1"), ("q2", "b", "1")]
    assert all(float(score) for *_rest, score in rows)
    figures = json.loads(done.stdout)
    assert set(figures) == {"docs", "queries", "index_s", "query_p50_ms", "query_p99_ms", "rss_mb"}
    assert (figures["docs"], figures["queries"]) == (3, 3)


@pytest.mark.parametrize(
    ("docs", "queries", "said"),
    [
        ([DOCS[0], "{broken"], QUERIES, "d.jsonl, line 2"),
        ([DOCS[0], [1]], QUERIES, "d.jsonl, line 2"),
        ([DOCS[0], {"id": "x", "text": "y"}], QUERIES, "line 2: title"),
        ([DOCS[0], DOCS[0]], QUERIES, "line 2: the id a"),
        (DOCS, [QUERIES[0], "", {"id": "q"}], "q.jsonl, line 3: text"),
    ],
)
def test_a_malformed_line_stops_with_its_number(tmp_path: Path, docs: list, queries: list, said: str) -> None:
    done = run(tmp_path, docs, queries)
    assert done.returncode != 0
    assert said in done.stderr
    assert done.stdout == ""


def test_wrong_calls_are_refused(tmp_path: Path) -> None:
    assert run(tmp_path, DOCS, QUERIES, "--k", "0").returncode == 2
    assert run(tmp_path, DOCS, QUERIES, "--engine", "elastic").returncode == 2
    missing = run(tmp_path, DOCS, QUERIES, "--docs", str(tmp_path / "nowhere.jsonl"))
    assert missing.returncode == 1
    assert "nowhere.jsonl" in missing.stderr
