"""The probing test of the search: two indexes that differ in one hidden value alone answer every question alike."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from search import FindRequest, Search, Viewer
from search.filters import facet_names
from search.requests import SORTS
from tests.contract import corpus
from tests.contract.conftest import opened

NOBODY = Viewer()
UNVERIFIED = Viewer("o-waiting", "public")
COMPETITORS = {
    "offers": Viewer("o-rival", "member", frozenset({"supplier"})),
    "demands": Viewer("o-rival", "member", frozenset({"institution"})),
}
COUNTERPARTS = {
    "offers": Viewer("o-other", "member", frozenset({"institution"})),
    "demands": Viewer("o-other", "member", frozenset({"supplier"})),
}
# What a hidden value may be: two amounts on both sides of every bound tried, another currency, and none at all.
VALUES = (corpus.money(100, "MOP"), corpus.money(90_000, "MOP"), corpus.money(100, "CNY"), None)
BOUNDS = ("0", "99", "100", "101", "50000", "89999", "90000", "90001")
ROW = "probed"


def not_entitled(collection: str, audience: str) -> list[Viewer]:
    """Readers to whom the value is not told."""
    outside = [NOBODY, UNVERIFIED, COMPETITORS[collection]]
    return outside if audience == "members" else [*outside, COUNTERPARTS[collection]]


def rows(collection: str, audience: str, value: dict[str, Any] | None) -> list[dict[str, Any]]:
    """Three listings; the price or budget of the middle one is told to `audience`."""
    if collection == "offers":
        facts = {"serves": ["HK"], "load_kg": "200"}
        amounts = {} if value is None else {"price": value, "price_max": value, "rental_price": value}
        return [
            corpus.offer("cheap", {"en": "Nursing bed"}, facts=facts | {"price": corpus.money(50, "MOP")}),
            corpus.offer(
                ROW, {"en": "Nursing bed"}, facts=facts | amounts, price_audience=audience, price_told=["o-1"]
            ),
            corpus.offer("dear", {"en": "Nursing bed"}, facts=facts | {"price": corpus.money(95_000, "MOP")}),
        ]
    budget = None if value is None else value | {"basis": "each"}
    asked = {"places": ["HK"], "requirements": [{"need": "must", "text": {"en": "load at least 180 kg"}}]}
    return [
        corpus.demand("small", {"en": "Nursing bed"}, budget=corpus.money(50, "MOP") | {"basis": "each"}, **asked),
        corpus.demand(ROW, {"en": "Nursing bed"}, budget=budget, price_audience=audience, price_told=["o-1"], **asked),
        corpus.demand("large", {"en": "Nursing bed"}, budget=corpus.money(95_000, "MOP") | {"basis": "each"}, **asked),
    ]


def questions(collection: str, viewer: Viewer) -> Iterator[FindRequest]:
    """Every filter of a price, sort, facet and page; with words and without, found and not found."""
    filters: list[dict[str, tuple[str, ...]]] = [{}, {"has_price": ("true",)}]
    for currency in ("MOP", "CNY"):
        filters.append({"currency": (currency,)})
        for bound in BOUNDS:
            filters.append({"currency": (currency,), "price_max": (bound,)})
            filters.append({"currency": (currency,), "price_min": (bound,)})
    for chosen in filters:
        yield corpus.request(
            "bed", collection=collection, viewer=viewer, filters=chosen, facets=facet_names(collection)
        )
    for text, sort in product(("", "nursing bed", "90000", "MOP 100", "wheelchairr"), SORTS):
        yield corpus.request(text, collection=collection, viewer=viewer, sort=sort, facets=facet_names(collection))


def answers(search: Search, collection: str, viewer: Viewer) -> list[Any]:
    """All that a reader can get out of an index by asking."""
    found: list[Any] = [search.find(question).as_dict() for question in questions(collection, viewer)]
    for bound in (50, 100, 50_000, 90_000):
        for currency in ("MOP", "CNY"):
            amount = corpus.money(bound, currency)
            if collection == "offers":
                probe = corpus.demand(
                    "draft", {"en": "Nursing bed"}, budget=amount | {"basis": "each"}, places=["HK"],
                    requirements=[{"need": "must", "text": {"en": "rent below 100 a month"}}],
                )  # fmt: skip
                judged = search.match_demand(probe, now=corpus.NOW, viewer=viewer, rates={"MOP": "1", "CNY": "1.1"})
            else:
                probe = corpus.offer("draft", {"en": "Nursing bed"}, facts={"price": amount, "serves": ["HK"]})
                judged = search.match_offer(probe, now=corpus.NOW, viewer=viewer, rates={"MOP": "1", "CNY": "1.1"})
            found.append(judged.as_dict())
    return found


@contextmanager
def index(engine: str, folder: Path) -> Iterator[Search]:
    folder.mkdir(exist_ok=True)
    with ExitStack() as stack:
        yield stack.enter_context(contextmanager(opened)(engine, folder))


@pytest.mark.parametrize("collection", ["offers", "demands"])
@pytest.mark.parametrize("audience", ["members", "invited", "hidden"])
def test_no_answer_differs_by_a_hidden_value(engine_name: str, tmp_path: Path, collection: str, audience: str) -> None:
    viewers = not_entitled(collection, audience)
    seen: list[list[Any]] = []
    for number, value in enumerate(VALUES):
        with index(engine_name, tmp_path / str(number)) as search:
            search.put(collection, rows(collection, audience, value))
            seen.append([answers(search, collection, viewer) for viewer in viewers])
    for viewer, *by_value in zip(viewers, *seen, strict=True):
        for other in by_value[1:]:
            assert other == by_value[0], viewer


@pytest.mark.parametrize("collection", ["offers", "demands"])
def test_the_questions_would_find_what_is_told(engine_name: str, tmp_path: Path, collection: str) -> None:
    """The same questions, asked by whoever may know, do tell the values apart: nothing here is blind."""
    for audience, viewer in (("members", COUNTERPARTS[collection]), ("hidden", Viewer(None, "organiser"))):
        seen = []
        for number, value in enumerate(VALUES):
            with index(engine_name, tmp_path / f"{audience}{number}") as search:
                search.put(collection, rows(collection, audience, value))
                seen.append(answers(search, collection, viewer))
        assert all(one != other for place, one in enumerate(seen) for other in seen[place + 1 :]), audience


def test_a_match_tells_the_invited_alone(engine_name: str, tmp_path: Path) -> None:
    probe = corpus.demand("draft", {"en": "Nursing bed"}, budget=corpus.money(500, "MOP") | {"basis": "each"})
    told = {}
    with index(engine_name, tmp_path) as search:
        search.put("offers", rows("offers", "invited", VALUES[0])[1:2])
        for organisation in ("o-1", "o-2"):
            viewer = Viewer(organisation, "member", frozenset({"institution"}))
            [match] = search.match_demand(probe, now=corpus.NOW, viewer=viewer).matches
            told[organisation] = [gate.state for gate in match.gates if gate.name == "budget"]
        for buyer in ("o-1", "o-2"):  # kept for both sides of a pair
            asked = probe | {"organisation": {"id": buyer, "names": {}, "places": []}}
            [match] = search.match_demand(asked, now=corpus.NOW, viewer=Viewer(role="member")).matches
            told[f"kept for {buyer}"] = [gate.state for gate in match.gates if gate.name == "budget"]
    assert told == {
        "o-1": ["passed"],
        "o-2": ["unknown"],
        "kept for o-1": ["passed"],
        "kept for o-2": ["unknown"],
    }
