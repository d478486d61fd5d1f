"""BM25F from stored streams, by hand."""

from __future__ import annotations

import math

import pytest

from search.engines.base import Bag, Clause
from search.scoring import lexical
from search.statistics import Statistics
from search.streams import stream

STATISTICS = Statistics("1", 100, 4.0, 20.0, {"chair": 10, "bed": 50, "c:seat": 20, "steel": 2})


def bag(title: list[str], body: list[str], exact: tuple[str, ...] = ()) -> Bag:
    return Bag(stream(title), stream(title), stream(title + body), stream(title + body), stream(exact))


def ranked(bags: dict[str, Bag], *clauses: Clause, **options: tuple[str, ...]) -> list[str]:
    return [id for id, _score in lexical.order(bags, clauses, STATISTICS, **options)]


def test_the_score_of_one_word_in_a_title_and_a_body_of_mean_length() -> None:
    document = bag(["chair", "a", "b", "c"], ["chair", *(f"w{n}" for n in range(19))])
    ((_id, score),) = lexical.order({"x": document}, [Clause(words=("chair",))], STATISTICS)
    frequency = lexical.TITLE_WEIGHT + 1
    idf = math.log(1 + (100 - 10 + 0.5) / (10 + 0.5))
    assert score == pytest.approx(idf * frequency * 2.2 / (1.2 + frequency))


def test_titles_before_bodies_rare_words_before_common_ones_short_before_long() -> None:
    words = [f"w{n}" for n in range(20)]
    bags = {
        "body": bag(["x"], ["chair", *words]),
        "title": bag(["chair"], words),
        "long": bag(["x"], ["chair", *words, *words]),
        "common": bag(["bed"], words),
    }
    assert ranked(bags, Clause(words=("chair",)), Clause(words=("bed",)))[:2] == ["title", "body"]
    assert ranked(bags, Clause(words=("chair",)))[:3] == ["title", "body", "long"]


def test_the_word_itself_before_its_concept_and_the_best_way_counts_once() -> None:
    clause = Clause(words=("chair",), phrase=("chair",), concepts=("c:seat",))
    bags = {
        "concept": bag(["c:seat"], ["w"]),
        "both": bag(["chair", "c:seat"], ["w"]),
        "own": bag(["chair", "v"], ["w"]),
    }
    scores = dict(lexical.order(bags, [clause], STATISTICS))
    assert scores["own"] == scores["both"] > scores["concept"] > 0


def test_a_phrase_counts_only_in_its_order_and_not_across_texts() -> None:
    clause = Clause(phrase=("steel", "chair"))
    bags = {
        "yes": bag(["steel", "chair"], []),
        "no": bag(["chair", "steel"], []),
        "gap": bag(["steel", "x", "chair"], []),
    }
    scores = dict(lexical.order(bags, [clause], STATISTICS))
    assert scores["yes"] > scores["no"] == scores["gap"] == 0


def test_exact_names_come_first_and_ties_go_by_id() -> None:
    bags = {
        "b": bag(["chair"], []),
        "a": bag(["chair"], []),
        "named": bag(["bed"], ["chair"], ("acme",)),
        "whole": bag(["bed"], ["chair"], ("acmechair",)),
    }
    clause = Clause(words=("chair",))
    assert ranked(bags, clause, whole=("acmechair",), favoured=("acme",)) == ["whole", "named", "a", "b"]
