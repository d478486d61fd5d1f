"""Candidates by their outlines: the same, with the same counts, on every engine; and what matching makes of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from search import Search, Viewer
from search.engines.base import Filter
from search.engines.candidates import outline
from tests.contract import corpus

TERMS = [("c:wheelchair", 2.0), ("轮椅", 2.5), ("wheelchair", 1.0), ("床", 1.0)]


@pytest.fixture(autouse=True)
def _words_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEARCH_SEMANTIC", "off")


def test_outlines_are_the_same_candidates_without_their_documents(filled: Search) -> None:
    whole = filled.engine.candidates("offers", TERMS, Filter(), 300)
    outlines = filled.engine.candidates("offers", TERMS, Filter(), 300, outlines=True)
    assert len(whole) > 3
    assert outlines == [replace(one, document=outline(one.document), outlined=True) for one in whole]


def matched(search: Search, demand: dict[str, Any]) -> list[tuple[str, str]]:
    found = search.match_demand(demand, now=corpus.NOW, viewer=Viewer(role="organiser"))
    return [(match.id, match.requirements[0].state) for match in found.matches]


def test_a_changed_offer_is_judged_anew_and_a_deleted_one_is_gone(empty: Search) -> None:
    wheelchair = {"en": "Folding wheelchair"}
    must = [{"need": "must", "text": {"en": "folding wheelchair with headrest"}}]
    demand = corpus.demand("d-1", {"en": "Wheelchairs"}, requirements=must)
    empty.put("offers", [corpus.offer("f-1", wheelchair), corpus.offer("f-2", wheelchair)])
    empty.refresh_statistics("offers")
    assert sorted(matched(empty, demand)) == [("f-1", "unknown"), ("f-2", "unknown")]
    better = corpus.offer("f-1", {"en": "Folding wheelchair with headrest"}, revision=2)
    empty.put("offers", [better, {"id": "f-2", "revision": 2, "deleted": True}])
    assert matched(empty, demand) == [("f-1", "met")]
