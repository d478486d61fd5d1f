"""Meaning in a search: it moves what words found, adds what they did not, and never passes an exact name by."""

from __future__ import annotations

from pathlib import Path

import pytest

from search import Search, finder, open_search
from search.closeness import MOST, passes
from search.engines.base import Filter
from search.filters import request_filter
from search.indexing import entry
from search.scoring.fusion import fused
from search.scoring.lexical import WHOLE_POINTS
from search.semantic import installed
from tests.contract import corpus

needs_encoder = pytest.mark.skipif("use" not in installed(), reason="the extra `semantic` is not installed")


@pytest.fixture
def search(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Search:
    monkeypatch.setenv("SEARCH_VECTORS", str(tmp_path / "vectors"))
    monkeypatch.setenv("SEARCH_SEMANTIC", "use")
    made = open_search(f"sqlite:///{tmp_path}/search.db", timeout=30)
    made.put("offers", corpus.OFFERS)
    return made


def test_an_exact_name_stays_in_front_however_near_others_are() -> None:
    ranked = [("exact", WHOLE_POINTS + 1.0), ("b", 10.0), ("a", 9.0), ("far", 8.0)]
    order = fused(ranked, {"exact": 0.0, "a": 1.0, "b": 0.2, "far": 0.0}, 0.4)
    assert [id for id, _score in order] == ["exact", "a", "b", "far"]
    assert [score for _id, score in order] == sorted((score for _id, score in order), reverse=True)
    assert fused([], {}) == []


def test_without_likeness_the_order_of_words_stays() -> None:
    ranked = [("b", 3.0), ("a", 2.0), ("c", 2.0)]
    assert [id for id, _score in fused(ranked, {})] == ["b", "a", "c"]


@pytest.mark.parametrize("filters", [{}, {"kind": ("equipment",)}, {"place": ("CN-44",)}, {"rental": ("true",)}])
def test_a_document_passes_as_the_engine_lets_it_pass(search: Search, filters: dict) -> None:
    request = corpus.request("", filters=filters, size=100)
    found = {hit.id for hit in search.find(request).hits}
    filter: Filter = request_filter(request)
    assert {one["id"] for one in corpus.OFFERS if not one.get("deleted") and passes("offers", one, filter)} == found
    search.close()


def test_without_vectors_nothing_changes(search: Search) -> None:
    result = finder.find(search.engine, corpus.request("轮椅"), wait=True)
    assert result.close == ()
    search.close()


@needs_encoder
def test_what_is_close_in_meaning_stands_apart_and_is_not_counted(search: Search) -> None:
    search.learn("offers", corpus.OFFERS)
    request = corpus.request("a chair on wheels to push grandmother around")
    result = finder.find(search.engine, request, wait=True)
    words = {hit.id for hit in result.hits}
    close = [hit.id for hit in result.close]
    assert close
    assert len(close) <= MOST
    assert words.isdisjoint(close)
    everything = {hit.id for hit in search.find(corpus.request("", size=100)).hits}
    assert everything.issuperset(close)  # nothing that a search may not show
    assert finder.find(search.engine, corpus.request("a chair on wheels", sort="newest"), wait=True).close == ()
    search.close()


@needs_encoder
@pytest.mark.parametrize("named", ["model", "supplier"])
def test_a_model_number_or_a_name_is_first_with_encoders(search: Search, named: str) -> None:
    search.learn("offers", corpus.OFFERS)
    shown = {hit.id for hit in search.find(corpus.request("", size=100)).hits}
    tried = 0
    for one in corpus.OFFERS:
        if one["id"] not in shown:
            continue
        for name in [one["facts"].get("model")] if named == "model" else one["organisation"]["names"].values():
            if name and entry("offers", one).bag.exact:
                first = finder.find(search.engine, corpus.request(name), wait=True).hits[0]
                theirs = [o for o in corpus.OFFERS if o["id"] == first.id]
                holds = [o["facts"].get("model") or "" for o in theirs] if named == "model" else [
                    n for o in theirs for n in o["organisation"]["names"].values()
                ]  # fmt: skip
                assert name in holds
                tried += 1
    assert tried
    search.close()
