"""The scorer's figures, worked out by hand on a few judged pairs."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from search.bench import scorer
from search.bench.files import MalformedLine

QRELS = "demand\toffer\tthing\tplace\nd\ta\t3\tok\nd\tb\t2\twrong\nd\tc\t2\tok\nd\te\t0\t-\nnone\ta\t1\tok\n"
LANGS = {"d": "en", "none": "en", "a": "en", "b": "en", "c": "zh-Hans", "e": "en"}


def judgements(folder: Path, added: str = "") -> scorer.Judgements:
    (folder / "qrels.tsv").write_text(QRELS, "utf-8")
    (folder / "bm25.tsv").write_text("d\te\t1\t5\nd\ta\t2\t4\n", "utf-8")
    state = {"demand": "d", "offer": "a", "requirement": "quiet", "need": "must", "state": "met", "words": "quiet"}
    (folder / "requirements.jsonl").write_text(json.dumps(state) + "\n", "utf-8")
    if added:
        (folder / "added.tsv").write_text(added, "utf-8")
    return scorer.read(folder)


def test_gains_are_cut_where_the_place_is_wrong_and_demands_that_nothing_meets_left_out(tmp_path: Path) -> None:
    judged = judgements(tmp_path)
    assert judged.gains == {"d": {"a": 3, "b": 1, "c": 2, "e": 0}, "none": {"a": 1}}
    figures = scorer.by_demand({"d": ["x", "c", "a"], "none": ["a"]}, judged.gains, LANGS)
    best = 7 + 3 / math.log2(3) + 1 / 2
    assert figures == {
        "d": {
            "ndcg10": pytest.approx((3 + 7 / math.log2(3)) / best),
            "recall5": 1.0,
            "recall20": 1.0,
            "hit1": 0.0,  # nobody judged the first
            "unjudged10": pytest.approx(0.1),
            "ndcg10_same_language": pytest.approx(7 / (7 + 1 / math.log2(3))),
            "ndcg10_other_language": 1.0,
        }
    }


def test_pairs_judged_since_count_beside_the_others(tmp_path: Path) -> None:
    judged = judgements(tmp_path, "d\tx\t2\tunknown\n")
    figures = scorer.score({"d": ["x", "a", "c"]}, judged, LANGS | {"x": "en"})
    assert (figures["hit1"], figures["hit1_bm25"], figures["unjudged10"]) == (1.0, 0.0, 0.0)
    assert figures["ndcg10_interval"] == [figures["ndcg10"], figures["ndcg10"]]
    assert figures["times_bm25"] > 1


def test_bands_places_and_states(tmp_path: Path) -> None:
    judged = judgements(tmp_path)
    line = {
        "demand": "d",
        "offer": "a",
        "band": "strong",
        "gates": [{"name": "place", "state": "passed"}],
        "requirements": [{"text": "quiet", "state": "met"}, {"text": "loud", "state": "met"}],
    }
    worse = line | {"demand": "none", "gates": [{"name": "place", "state": "failed"}], "requirements": []}
    figures = scorer.explained(iter([line, worse]), judged)
    assert (figures["strong"], figures["strong_deserved"]) == (2, 0.5)
    assert (figures["nothing_meets"], figures["nothing_meets_shown_strong"]) == (1, 1.0)
    assert (figures["places"], figures["place_agreement"]) == (2, 0.5)
    assert (figures["requirements"], figures["met_precision"], figures["met_recall"]) == (1, 1.0, 1.0)


def test_a_malformed_run_is_named_by_line(tmp_path: Path) -> None:
    path = tmp_path / "run.tsv"
    path.write_text("d\ta\tfirst\t1\n", "utf-8")
    with pytest.raises(MalformedLine, match="line 1"):
        scorer.read_run(path)


def test_the_judgements_of_the_demonstration_are_read_whole() -> None:
    judged = scorer.read(Path("demo/judgements"))
    assert (len(judged.gains), sum(max(of.values()) >= 2 for of in judged.gains.values())) == (122, 63)
    assert len(judged.states) == 818
    langs = scorer.languages(Path("demo/offers.jsonl"), Path("demo/demands.jsonl"))
    figures = scorer.score(judged.baseline, judged, langs)
    assert (figures["ndcg10"], figures["recall20"], figures["hit1"]) == (0.454, 0.541, 0.27)
    assert figures["times_bm25"] == 1.0
