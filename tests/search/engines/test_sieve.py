"""Weights that decide which of many documents are scored stay in their places."""

from __future__ import annotations

from search.engines.base import Clause, Selection
from search.engines.sieve import FAVOURED, HEAVIEST, MOST_CLAUSES, WHOLE, summands, whole_weight


def test_no_sum_of_words_outweighs_a_name_and_no_sum_leaves_a_32_bit_float() -> None:
    clause = Clause(words=("a",), phrase=("a",), concepts=("c:a",), weight=HEAVIEST)
    selection = Selection("offers", (clause,) * MOST_CLAUSES, whole=("x",), favoured=("y",))
    weights = [part.weight for part in summands(selection)]
    words = sum(weights) - WHOLE - FAVOURED
    assert words < FAVOURED < WHOLE
    assert words + FAVOURED < WHOLE
    assert sum(weights) < 1 << 24


def test_a_weight_is_a_whole_number_of_sixteenths_and_at_least_one() -> None:
    assert [whole_weight(weight) for weight in (-1.0, 0.0, 0.01, 1.0, 2.53, 1e9)] == [1, 1, 1, 16, 40, HEAVIEST]


def test_a_clause_without_a_concept_is_always_found_as_itself() -> None:
    parts = list(summands(Selection("offers", (Clause(words=("a",), weight=4),))))
    assert [(part.weight, part.title, part.own) for part in parts] == [(12, True, True)]
