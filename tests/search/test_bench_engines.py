"""`python -m search.bench engines` on a few offers, from outside; and the corpus it makes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from search.bench import corpus

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "demo" / "offers.jsonl"


def records() -> list[dict]:
    return [json.loads(line) for line in DOCS.read_text("utf-8").splitlines()]


def run(*more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "search.bench", "engines", "--docs", str(DOCS), *more]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=200, check=False)


def test_the_embedded_engine_is_measured_beside_the_bare_statement() -> None:
    done = run("--count", "120", "--queries", "10")
    assert done.returncode == 0, done.stderr
    *rows, last = done.stdout.splitlines()
    figures = json.loads(last)
    assert [row.split() for row in rows] == [[name, str(value)] for name, value in figures.items()]
    assert figures["offers"] == 120
    assert figures["sqlite_searches"] > 0
    assert all(figures[f"sqlite_{name}_p50_ms"] > 0 for name in ("find", "scoring", "bare"))
    assert not [name for name in figures if name.startswith("elastic")]


def test_elasticsearch_is_measured_beside_its_client(elastic_url: str) -> None:
    done = run("--count", "120", "--queries", "10", "--url", elastic_url)
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout.splitlines()[-1])
    assert figures["elastic_searches"] == figures["sqlite_searches"]
    assert figures["elastic_mean_total"] == figures["sqlite_mean_total"]
    assert figures["elastic_write_ratio"] > 0


def test_the_same_offers_are_made_every_time_and_each_differs() -> None:
    real = records()
    made = list(corpus.make(real, 800))
    assert made == list(corpus.make(real, 800))
    assert made[:100] == list(corpus.make(real, 100))
    assert len({record["id"] for record in made}) == 800
    assert len({(record["title"], record["summary"]) for record in made}) > 780
    assert {record["kind"] for record in made} == {record["kind"] for record in real}


def test_without_records_none_can_be_made() -> None:
    with pytest.raises(ValueError, match="no records"):
        next(corpus.make([], 1))
