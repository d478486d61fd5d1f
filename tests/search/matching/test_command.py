"""The matching command, run as from outside."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
OFFERS = [
    {
        "id": "o1",
        "title": "电动护理床",
        "summary": "可升降，带护栏。",
        "lang": "zh-Hans",
        "supplier": "甲",
        "supplier_region": "Shenzhen",
        "kind": "equipment",
        "facts": {"features": ["护栏"]},
    },
    {
        "id": "o2",
        "title": "Day care centre",
        "summary": "Day care for older people.",
        "lang": "en",
        "supplier": "Other",
        "supplier_region": "Hong Kong",
        "kind": "care_place",
        "facts": {"serves": ["Sha Tin"]},
    },
    {
        "id": "o3",
        "title": "Nursing beds",
        "summary": "Adjustable beds",
        "lang": "en",
        "supplier": "Third",
        "supplier_region": "unknown",
        "kind": "equipment",
        "facts": {"something_new": [1, 2]},
        "unknown_key": {},
    },
]
DEMANDS = [
    {
        "id": "d1",
        "title": "購置電動護理床",
        "text": "需要30張床。",
        "lang": "zh-Hant",
        "buyer": "乙",
        "region": "Hong Kong",
        "facts": {
            "kind": "equipment",
            "date": "2001-01-01",
            "place": "香港",
            "must": ["電動護理床", "保養五年"],
            "nice": ["床欄"],
        },
    },
    {"id": "d2", "title": "zzz", "text": "", "lang": "en", "facts": {"kind": "adaptation"}},
]


def lines(path, records):
    path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), "utf-8")
    return path


def run(folder, offers, demands, *more):
    command = [
        sys.executable,
        "-m",
        "search.bench",
        "match",
        "--offers",
        str(offers),
        "--demands",
        str(demands),
        "--out",
        str(folder / "run.tsv"),
        "--explain",
        str(folder / "explain.jsonl"),
        *more,
    ]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)


def test_run_explanations_and_figures(tmp_path):
    done = run(tmp_path, lines(tmp_path / "o", OFFERS), lines(tmp_path / "d", DEMANDS), "--no-semantic")
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert set(figures) == {
        "offers",
        "demands",
        "index_s",
        "match_p50_ms",
        "match_p99_ms",
        "baseline_p50_ms",
        "rss_mb",
        "semantic",
    }
    assert (figures["offers"], figures["demands"], figures["semantic"]) == (3, 2, "none")
    ranked = [line.split("\t") for line in (tmp_path / "run.tsv").read_text("utf-8").splitlines()]
    assert [row[:3] for row in ranked[:2]] == [["d1", "o1", "1"], ["d1", "o3", "2"]]
    explained = [json.loads(line) for line in (tmp_path / "explain.jsonl").read_text("utf-8").splitlines()]
    assert [(e["demand"], e["offer"]) for e in explained] == [(row[0], row[1]) for row in ranked]
    first = explained[0]
    assert set(first) == {"demand", "offer", "band", "score", "parts", "gates", "requirements"}
    assert sum(part["points"] for part in first["parts"]) == pytest.approx(first["score"], abs=0.005)
    assert first["requirements"] == [
        {"text": "電動護理床", "need": "must", "state": "met", "why": "电动护理床"},
        {"text": "保養五年", "need": "must", "state": "unknown", "why": ""},
        {"text": "床欄", "need": "nice", "state": "met", "why": "可升降，带护栏。"},
    ]
    assert first["gates"] == [{"name": "place", "state": "unknown"}]


def test_at_most_k_offers_are_listed(tmp_path):
    done = run(tmp_path, lines(tmp_path / "o", OFFERS), lines(tmp_path / "d", DEMANDS), "--no-semantic", "--k", "1")
    assert done.returncode == 0, done.stderr
    assert len((tmp_path / "run.tsv").read_text("utf-8").splitlines()) == 1


@pytest.mark.parametrize(
    ("spoiled", "why"),
    [
        ("{\n", "line 2"),
        ('{"id": "o9"}\n', "line 2"),
        ('{"id": "o9", "title": "x", "lang": "fr", "kind": "equipment"}\n', "line 2"),
        ('{"id": "o9", "title": "x", "lang": "en", "kind": "boats"}\n', "line 2"),
    ],
)
def test_a_malformed_line_stops_it_with_its_number(tmp_path, spoiled, why):
    offers = lines(tmp_path / "o", OFFERS[:1])
    with offers.open("a", encoding="utf-8") as file:
        file.write(spoiled)
    done = run(tmp_path, offers, lines(tmp_path / "d", DEMANDS))
    assert done.returncode != 0
    assert why in done.stderr
    assert done.stdout == ""
