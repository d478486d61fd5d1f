"""Tuning: what other weights would gain, printed and not taken up."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from search.bench.files import MalformedLine
from search.bench.tune import Judged, ascend, mean_ndcg, read_judgements

ROOT = Path(__file__).parents[3]
THINGS = ("wheelchair", "nursing bed", "hearing aid", "walking frame", "bath chair", "patient hoist")


def test_a_place_that_is_wrong_caps_the_gain(tmp_path):
    path = tmp_path / "judgements.tsv"
    path.write_text("demand\toffer\tthing\tplace\nd\ta\t3\tok\nd\tb\t3\twrong\nd\tc\t0\t-\n", "utf-8")
    assert read_judgements(path) == {"d": {"a": 3, "b": 1, "c": 0}}
    path.write_text("d\ta\t4\tok\n", "utf-8")
    with pytest.raises(MalformedLine, match="line 1"):
        read_judgements(path)


def test_points_move_to_the_part_that_tells():
    shares = np.array([[1.0, 0.0], [0.0, 1.0], [0.1, 0.2]])
    judged = [Judged(shares, np.array([0.0, 7.0, 0.0]))]
    start = np.array([60.0, 40.0])
    assert judged[0].ndcg(start) < 1
    better = ascend(judged, start, mean_ndcg)
    assert mean_ndcg(judged, better) == pytest.approx(1)
    assert better.sum() == pytest.approx(100)


def test_the_command_prints_the_gain_and_changes_nothing(tmp_path):
    offers = [
        {
            "id": f"o{i}",
            "title": thing,
            "summary": "",
            "lang": "en",
            "supplier": thing,
            "kind": "equipment",
            "facts": {},
        }
        for i, thing in enumerate(THINGS)
    ]
    demands = [
        {"id": f"d{i}", "title": thing, "text": "", "lang": "en", "facts": {"kind": "equipment", "must": [thing]}}
        for i, thing in enumerate(THINGS)
    ]
    for name, rows in (("offers", offers), ("demands", demands)):
        (tmp_path / name).write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    (tmp_path / "judgements").write_text("".join(f"d{i}\to{i}\t3\tunknown\n" for i in range(len(THINGS))), "utf-8")
    before = (ROOT / "search/matching/data/ruleset.yaml").read_bytes()
    command = [sys.executable, "-m", "search.bench", "tune"]
    for name in ("offers", "demands", "judgements"):
        command += [f"--{name}", str(tmp_path / name)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert (figures["demands"], figures["ndcg_now"], figures["gain"]) == (6, 1.0, 0.0)
    assert sum(figures["proposed"].values()) == pytest.approx(100, abs=1)
    assert (ROOT / "search/matching/data/ruleset.yaml").read_bytes() == before
