"""What was confirmed too long ago sinks a little, in the same order on every engine, but not below what it beats."""

from __future__ import annotations

from datetime import timedelta

from search import Search
from search.scoring.freshness import STALE, sunk
from search.scoring.lexical import FAVOURED_POINTS, WHOLE_POINTS
from tests.contract import corpus

LATER = corpus.NOW + timedelta(days=1)
BED, LONG = {"en": "Nursing bed"}, {"en": "Chair"}


def put(search: Search, *offers: dict) -> None:
    search.put("offers", offers)


def order(search: Search, text: str = "nursing bed", **options: object) -> list[str]:
    return [hit.id for hit in search.find(corpus.request(text, **options)).hits]


def test_of_two_that_fit_as_well_the_fresh_one_comes_first(empty: Search) -> None:
    put(
        empty,
        corpus.offer("a-ages", BED, fresh_until=corpus.NOW.isoformat()),
        corpus.offer("b-lasts", BED),
        corpus.offer("c-fresh", BED, fresh_until=LATER.isoformat()),
    )
    assert order(empty) == ["a-ages", "b-lasts", "c-fresh"]  # up to that moment it is fresh
    assert order(empty, now=corpus.NOW + timedelta(seconds=1)) == ["b-lasts", "c-fresh", "a-ages"]
    assert order(empty, now=LATER + timedelta(seconds=1)) == ["b-lasts", "a-ages", "c-fresh"]


def test_what_fits_clearly_better_or_is_named_exactly_stays_in_front(empty: Search) -> None:
    past = "2026-01-02T00:00:00+00:00"
    put(
        empty,
        corpus.offer("better", BED, fresh_until=past),
        corpus.offer("worse", LONG, summary={"en": "For whoever has a nursing bed at home and wants to sit beside it"}),
        corpus.offer("named", LONG, facts={"model": "QX-310/B"}, fresh_until=past),
        corpus.offer("speaks", {"en": "Like QX 310 B"}),
    )
    assert order(empty) == ["better", "worse"]
    assert order(empty, "QX-310/B")[0] == "named"


def test_confirming_brings_it_up_again(empty: Search) -> None:
    put(empty, corpus.offer("a", BED, fresh_until="2026-01-02T00:00:00+00:00"), corpus.offer("b", BED))
    assert order(empty) == ["b", "a"]
    put(empty, corpus.offer("a", BED, revision=2, fresh_until=LATER.isoformat()))
    assert order(empty) == ["a", "b"]


def test_only_the_part_by_words_is_cut() -> None:
    ranked = [("whole", WHOLE_POINTS + 10), ("favoured", FAVOURED_POINTS + 10), ("x", 10.0), ("y", 9.0)]
    assert sunk(ranked, {"whole", "favoured", "x"}) == [
        ("whole", WHOLE_POINTS + STALE * 10), ("favoured", FAVOURED_POINTS + STALE * 10), ("y", 9.0), ("x", STALE * 10),
    ]  # fmt: skip
