"""A standing search finds a document exactly when running it against that one document does."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from search import FindRequest, Viewer, demand_document, offer_document, open_search, tombstone
from search.standing import Arrival, Standing, keys, stand
from search.standing.searches import EVERY
from search.statistics import Statistics

NOW = datetime(2026, 6, 1, 8, tzinfo=UTC)
TITLES = (
    ("zh-Hans", "可折叠电动轮椅 PW-301", "铝合金车架,载重120公斤,可上飞机。"),
    ("zh-Hant", "日間護理中心宿位", "觀塘區內,為認知障礙症長者提供日間護理及復康服務。"),
    ("en", "Electric nursing bed with side rails", "Safe working load 200 kg; four motors; for care homes."),
    ("zh-Hans", "社区老年助餐服务", "为社区长者提供低盐软食,30份起送。"),
    ("en", "Fall detection radar, model XR-22", "Wall mounted; no camera; alarms staff within 10 seconds."),
    ("zh-Hant", "防遊走手環", "失智長者定位,離院即時警報。"),
)
QUERIES = (
    "", "轮椅", "輪椅", "wheelchair", "electric wheelchair", "PW-301", "pw301", "xr 22", "护理床", "nursing bed",
    "care bed 200 kg", "200公斤", "日间护理", "日間護理 觀塘", "day care dementia", "认知障碍", "失智", "dementia",
    "助餐", "meals", "meal delivery 30份", "防走失手环", "fall detection", "跌倒检测", "no such thing anywhere",
    "Sunrise Care", "晨曦护理", "晨曦護理", "。。。", "的", "the", "side rails bed", "rails side", "老人", "elderly",
)  # fmt: skip
KINDS = ("equipment", "care_place", "food_meals")
PLACES = ("HK", "CN-44", "CN-4401", "MO", "CN")


def _documents(collection: str) -> Iterator[dict[str, Any]]:
    chance = random.Random(5)
    for number, (lang, title, text) in enumerate(TITLES * 6):
        facts: dict[str, Any] = {"rental": chance.random() < 0.5}
        content: dict[str, Any] = {
            "kind": chance.choice(KINDS),
            "lang": lang,
            "texts": {"title": {lang: title}, "summary" if collection == "offers" else "text": {lang: text}},
            "facts": facts,
        }
        money = {"minor": chance.choice((50_00, 900_00, 20_000_00)), "currency": chance.choice(("HKD", "CNY"))}
        if collection == "offers":
            facts["price"], facts["serves"] = money, chance.sample(PLACES, 2)
            if number % 3 == 0:
                facts["model"] = "PW-301"
        else:
            content["budget"], content["places"] = money, chance.sample(PLACES, 1)
            content["requirements"] = [{"need": "must", "text": {lang: text}}]
        names = {"en": "Sunrise Care", "zh-Hant": "晨曦護理"}
        whose = {"id": str(chance.randint(1, 3)), "names": names, "places": [chance.choice(PLACES)]}
        times: dict[str, Any] = {
            "opens_at": (NOW + timedelta(days=chance.choice((-9, -1, 1)))).isoformat(),
            "closes_at": chance.choice((None, NOW.isoformat(), (NOW + timedelta(seconds=1)).isoformat())),
            "updated_at": NOW.isoformat(),
        }
        make: Any = offer_document if collection == "offers" else demand_document
        side: dict[str, Any] = {"supplier": whose} if collection == "offers" else {"buyer": whose}
        yield make(
            id=number, revision=1, content=content, approved=chance.random() < 0.8, **side, **times,
            price_audience=chance.choice(("public", "members", "hidden")),
        )  # fmt: skip


def _searches(collection: str, count: int) -> Iterator[tuple[str, str, dict[str, tuple[str, ...]], Viewer]]:
    chance = random.Random(11)
    organisation = "supplier" if collection == "offers" else "buyer"
    for number in range(count):
        filters: dict[str, tuple[str, ...]] = {}
        if chance.random() < 0.3:
            filters["kind"] = tuple(chance.sample(KINDS, chance.randint(1, 2)))
        if chance.random() < 0.3:
            filters["place"] = tuple(chance.sample(PLACES, chance.randint(1, 2)))
        if chance.random() < 0.15:
            filters["lang"] = (chance.choice(("en", "zh-Hant")),)
        if chance.random() < 0.15:
            filters[organisation] = (str(chance.randint(1, 3)),)
        if chance.random() < 0.2:
            filters["currency"] = (chance.choice(("HKD", "CNY")),)
            filters[chance.choice(("price_min", "price_max"))] = (chance.choice(("50", "900", "1000.50")),)
        if collection == "offers" and chance.random() < 0.15:
            filters["rental"] = ("true",)
        viewer = Viewer(chance.choice((None, "1", "2")), chance.choice(("public", "member", "organiser")))
        yield QUERIES[number % len(QUERIES)], chance.choice(("zh-Hans", "zh-Hant", "en")), filters, viewer


@pytest.mark.parametrize("collection", ["offers", "demands"])
def test_found_exactly_where_the_search_finds(collection: str, tmp_path: Path) -> None:
    found = checked = 0
    for at, document in enumerate(_documents(collection)):
        search = open_search(f"sqlite:///{tmp_path / f'{at}.db'}", timeout=30)
        search.put(collection, [document])
        statistics = search.engine.statistics(collection)
        arrival = Arrival(collection, document)
        for text, lang, filters, viewer in _searches(collection, 105):
            standing = stand(collection, text, lang, filters, statistics)
            standing = Standing.from_text(standing.as_text())
            run = search.find(
                FindRequest(collection=collection, text=text, lang=lang, filters=filters, now=NOW, viewer=viewer)
            )
            reason = arrival.reason(standing, now=NOW, viewer=viewer)
            expected = run.total == 1 and not run.relaxed
            assert (text, filters, viewer, reason is not None) == (text, filters, viewer, expected)
            # Stored under whatever table of frequencies: the keys must lead to it.
            for table in (statistics, Statistics(), Statistics(counts={"c:wheelchair": 5, "轮椅": 9, "wheelchair": 7})):
                if reason is not None:
                    assert not set(keys(standing, table)).isdisjoint(arrival.keys)
            checked += 1
            found += expected
        search.close()
    assert checked == 36 * 105
    assert found > 150  # not all of it empty


def _offer(**changes: Any) -> dict[str, Any]:
    content = {"kind": "equipment", "lang": "zh-Hans", "texts": {"title": {"zh-Hans": "电动轮椅"}}, "facts": {}}
    return offer_document(
        id=1, revision=1, content=content | changes,
        supplier={"id": "7", "names": {"en": "Sunrise Care"}, "places": []},
        approved=True, opens_at="2026-01-01T00:00:00+00:00", closes_at=None, updated_at=None,
    )  # fmt: skip


def test_it_says_which_words_and_filters_found_it() -> None:
    standing = stand("offers", "wheelchair 电动", "en", {"kind": ("equipment", "food_meals")}, Statistics())
    reason = Arrival("offers", _offer()).reason(standing, now=NOW, viewer=Viewer())
    assert reason is not None
    assert reason.as_dict() == {
        "words": [["wheelchair", "meaning"], ["电动", "itself"]],
        "filters": {"kind": ["equipment", "food_meals"]},
    }


def test_the_suppliers_name_is_a_reason_of_its_own() -> None:
    standing = stand("offers", "sunrise-care", "en", {}, Statistics())
    reason = Arrival("offers", _offer()).reason(standing, now=NOW, viewer=Viewer())
    assert reason is not None
    assert [how for _word, how in reason.words] == ["itself", "itself"]


def test_it_is_stored_under_the_rarest_word_it_requires() -> None:
    common = Statistics(documents=100, counts={"轮椅": 60, "c:wheelchair": 70, "电动": 40, "电": 45, "动": 50})
    wheelchair = stand("offers", "电动 轮椅", "zh-Hans", {}, common)
    # Under 电动 in each of its forms, and under the whole of it, which may be the name of something.
    assert keys(wheelchair, common) == (
        "w:电动",
        "w:c:electric_powered",
        "p:电",
        "e:电动",
        "e:电动轮椅",
    )


def test_without_words_it_is_stored_under_kind_and_place() -> None:
    standing = stand("demands", "", "en", {"kind": ("equipment",), "place": ("HK",)}, Statistics())
    assert keys(standing, Statistics()) == ("c:kind=equipment c:place=HK", "c:kind=equipment c:covers=HK")
    assert keys(stand("demands", "", "en", {"kind": ("equipment",)}, Statistics()), Statistics()) == (
        "c:kind=equipment",
    )
    assert keys(stand("demands", "", "en", {"buyer": ("3",)}, Statistics()), Statistics()) == ("c:organisation=3",)
    assert keys(stand("demands", "", "en", {}, Statistics()), Statistics()) == (EVERY,)


def test_a_search_of_nothing_but_marks_is_stored_nowhere() -> None:
    standing = stand("offers", "。。。", "zh-Hans", {}, Statistics())
    assert (standing.void, keys(standing, Statistics())) == (True, ())


def test_what_is_gone_is_found_by_nothing() -> None:
    gone = Arrival("offers", tombstone(id=1, revision=2))
    assert gone.keys == ()
    assert gone.reason(stand("offers", "", "en", {}, Statistics()), now=NOW, viewer=Viewer()) is None


def test_a_search_of_the_other_collection_finds_nothing() -> None:
    standing = stand("demands", "轮椅", "zh-Hans", {}, Statistics())
    assert Arrival("offers", _offer()).reason(standing, now=NOW, viewer=Viewer()) is None
