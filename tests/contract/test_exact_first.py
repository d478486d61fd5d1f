"""A model number or the name of a supplier is first, on every engine, with encoders and without."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from search import Search, finder
from search.bench import documents
from search.bench.files import records
from search.streams import exact_token
from search.text import folded
from tests.contract import corpus
from tests.contract.conftest import ENGINES, opened

EVERY = 4  # of the real offers, so that the test stays short


@pytest.fixture(scope="module", params=ENGINES)
def real(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Search]:
    folder = tmp_path_factory.mktemp("exact")
    for search in opened(request.param, folder):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("SEARCH_VECTORS", str(folder / "vectors"))
            search.put("offers", OFFERS)
            patch.setenv("SEARCH_SEMANTIC", "use")
            search.learn("offers", OFFERS)
            yield search


OFFERS = [documents.offer(record) for record in records(Path("demo/offers.jsonl"), ("id", "title"))]


def models(offer: dict) -> list[str]:
    return [value for value in (offer["facts"].get("model"),) if isinstance(value, str)]


def names(offer: dict) -> list[str]:
    return list(offer["organisation"]["names"].values())


@pytest.mark.parametrize("setting", ["off", "use"])
@pytest.mark.parametrize("of", [models, names])
def test_what_is_named_exactly_is_first(
    real: Search, setting: str, of: Callable[[dict], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEARCH_SEMANTIC", setting)
    holders: dict[str, set[str]] = {}
    for offer in OFFERS:
        for name in (*models(offer), *names(offer)):  # a product may be called what another's supplier is
            holders.setdefault(exact_token(folded(name)), set()).add(offer["id"])
    asked = [name for offer in OFFERS for name in of(offer)][:: EVERY if of is names else 1]
    assert asked
    for name in asked:
        mine = holders[exact_token(folded(name))]
        found = finder.find(real.engine, corpus.request(name, now=documents.NOW, size=100), wait=True)
        first = [hit.id for hit in found.hits[: len(mine)]]
        assert set(first) == mine, name
