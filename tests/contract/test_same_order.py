"""The same first fifty in the same order from both engines: on the real offers, and on 20,000 made from them."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from search import Search
from search.bench import corpus as made
from search.bench import documents
from search.indexing import entry
from search.lifecycle import batches, refresh_statistics
from tests.contract import corpus
from tests.contract.conftest import opened

REAL = Path(__file__).parents[2] / "demo" / "offers.jsonl"
MANY = 20_000
EVERYDAY = [
    "轮椅", "輪椅", "wheelchair", "老人", "elderly care", "護老院", "nursing home", "护理床 租赁",
    "dementia", "認知障礙 日間", "服务", "智能", "meals", "软食", "深圳 养老", "Hong Kong day care",
    "24小時 護理", "fall detection", "training", "bathroom handrail", "平安鐘", "the", "of", "床", "AI",
    "wheelchair rental Guangzhou", "社區 照顧 復康", "xyzzy wheelchair",
]  # fmt: skip

pytestmark = pytest.mark.elastic


def records() -> list[dict[str, Any]]:
    return [json.loads(line) for line in REAL.read_text("utf-8").splitlines() if line.strip()]


def queries(real: Sequence[dict[str, Any]], number: int) -> list[str]:
    """Everyday queries, then titles, beginnings of titles, suppliers and features of real offers."""
    chance = random.Random(11)
    drawn = []
    for record in chance.choices(real, k=number):
        title = record["title"]
        drawn.append(
            chance.choice([title, title[:4], title[-6:], record["supplier"], *record["facts"].get("features", [])])
        )
    return EVERYDAY + drawn


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Search, Search]]:
    engines = [opened(name, tmp_path_factory.mktemp(name)) for name in ("sqlite", "elastic")]
    sqlite, elastic = (next(engine) for engine in engines)
    yield sqlite, elastic
    for engine in engines:
        next(engine, None)


def fill(pair: Sequence[Search], listings: Iterator[dict[str, Any]]) -> None:
    """Analyses once, writes to both."""
    for batch in batches(listings):
        entries = [entry("offers", document) for document in batch]
        for search in pair:
            search.engine.write("offers", entries)
    for search in pair:
        search.engine.settle("offers")
        refresh_statistics(search.engine, "offers")


def assert_same(pair: tuple[Search, Search], asked: Sequence[str]) -> None:
    facets = ("kind", "place", "supplier", "rental")
    for number, text in enumerate(asked):
        filters = {"kind": ("equipment", "care_place")} if number % 3 == 1 else {}
        request = corpus.request(text, facets=facets, filters=filters, size=50)
        sqlite, elastic = (search.find(request) for search in pair)
        assert [hit.id for hit in sqlite.hits] == [hit.id for hit in elastic.hits], text
        assert sqlite == elastic, text


def test_on_the_real_offers(pair: tuple[Search, Search]) -> None:
    real = records()
    past = {"fresh_until": "2026-01-02T00:00:00+00:00"}  # every third states something confirmed too long ago
    fill(pair, (documents.offer(record) | (past if at % 3 == 0 else {}) for at, record in enumerate(real)))
    assert_same(pair, queries(real, 120))


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_on_twenty_thousand_offers(pair: tuple[Search, Search]) -> None:
    real = records()
    fill(pair, (documents.offer(record) for record in made.make(real, MANY)))
    assert pair[0].engine.count("offers") >= MANY
    assert_same(pair, queries(real, 100))
    sqlite, elastic = pair
    terms = [("c:wheelchair", 2.0), ("轮椅", 2.5), ("elderli", 0.7), ("c:elderly", 0.5), ("床", 1.0)]
    filter = equipment_only()
    one, other = (search.engine.candidates("offers", terms, filter, 300) for search in (sqlite, elastic))
    assert one == other
    assert len(one) == 300
    assert deep_pages(sqlite) == deep_pages(elastic)


def equipment_only() -> Any:
    from search.filters import request_filter

    return request_filter(corpus.request(filters={"kind": ("equipment",)}))


def deep_pages(search: Search) -> list[list[str]]:
    """Pages around the 300th and the last one, by relevance and by price."""
    pages = [(15, "relevance"), (16, "relevance"), (50, "relevance"), (40, "price_asc"), (51, "relevance")]
    found = [search.find(corpus.request("老人", page=page, sort=sort)) for page, sort in pages]
    assert {answer.pages for answer in found} == {50}
    return [[hit.id for hit in answer.hits] for answer in found]
