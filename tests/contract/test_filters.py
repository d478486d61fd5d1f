"""Filters, ranges and facets: what is counted is what is found."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from search import BadFilterValue, Search, UnknownCollection, UnknownFilter, UnknownSort, Viewer
from tests.contract import corpus

Find = Callable[..., list[str]]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"kind": ("care_place",)}, {"home"}),
        ({"kind": ("care_place", "equipment")}, {"home", "bed", "chair-hans", "chair-hant", "chair-en"}),
        ({"supplier": ("o-west",)}, {"home", "chair-hant"}),
        ({"rental": ("true",)}, {"chair-hans"}),
        ({"rental": ("false",)}, {"chair-hant"}),
        ({"languages": ("yue",)}, {"home"}),
        ({"dementia_care": ("true",), "kind": ("care_place",)}, {"home"}),
        ({"has_price": ("true",)}, {"home", "chair-hans", "chair-hant", "chair-en"}),
        ({"currency": ("CNY",)}, {"chair-hans", "chair-en"}),
        ({"currency": ("CNY",), "price_max": ("800",)}, {"chair-en"}),
        ({"currency": ("CNY",), "price_min": ("1000.50",)}, {"chair-en"}),
        ({"currency": ("CNY",), "price_min": ("800",), "price_max": ("900",)}, {"chair-hans", "chair-en"}),
        ({"currency": ("HKD",), "price_max": ("10000",)}, {"home"}),
        ({"lang": ("zh-Hant",)}, {"home", "chair-hant"}),
        ({"kind": ()}, {"home", "bed", "chair-hans", "chair-hant", "chair-en"}),
    ],
)
def test_filters(found: Find, filters: dict[str, tuple[str, ...]], expected: set[str]) -> None:
    assert set(found(filters=filters)) == expected


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("CN-44", {"chair-hans", "bed", "chair-en"}),  # two cities within, and one who serves the whole country
        ("CN-4401", {"chair-hans", "chair-en"}),
        ("CN-440103", {"chair-hans", "chair-en"}),  # a district is covered by its city
        ("HK", {"chair-hant"}),
        ("MO", set()),
    ],
)
def test_a_place_finds_what_lies_within_and_what_covers_it(found: Find, place: str, expected: set[str]) -> None:
    assert set(found(filters={"place": (place,)})) == expected


def test_facets_count_what_choosing_them_finds(filled: Search) -> None:
    facets = ("kind", "supplier", "rental", "place", "currency", "languages", "lang")
    answer = filled.find(corpus.request("", facets=facets))
    assert answer.facets["kind"] == (("equipment", 4), ("care_place", 1))
    assert answer.facets["supplier"] == (("o-east", 3), ("o-west", 2))
    assert answer.facets["rental"] == (("false", 1), ("true", 1))
    assert answer.facets["currency"] == (("CNY", 2), ("HKD", 2))
    assert answer.facets["languages"] == (("en", 1), ("yue", 1))
    for facet in facets:
        for value, number in answer.facets[facet]:
            assert filled.find(corpus.request("", filters={facet: (value,)})).total == number, (facet, value)


def test_a_facet_is_counted_as_if_not_filtered_by_itself(filled: Search) -> None:
    filters = {"kind": ("equipment",), "supplier": ("o-west",)}
    answer = filled.find(corpus.request("", filters=filters, facets=("kind", "supplier", "currency")))
    assert [hit.id for hit in answer.hits] == ["chair-hant"]
    assert answer.total == 1
    assert answer.facets["kind"] == (("care_place", 1), ("equipment", 1))
    assert answer.facets["supplier"] == (("o-east", 3), ("o-west", 1))
    assert answer.facets["currency"] == (("HKD", 1),)


def test_facets_count_what_the_words_find(filled: Search) -> None:
    answer = filled.find(corpus.request("轮椅", facets=("supplier",), filters={"supplier": ("o-west",)}))
    assert (answer.total, answer.facets["supplier"]) == (1, (("o-east", 2), ("o-west", 1)))


def test_a_hidden_price_is_unknown_to_whoever_may_not_see_it(empty: Search) -> None:
    for audience, amount in (("public", 300), ("members", 200), ("hidden", 100)):
        facts = {"price": corpus.money(amount, "CNY")}
        empty.put("offers", [corpus.offer(audience, {"en": "Chair"}, facts=facts, price_audience=audience)])

    def ids(viewer: Viewer, **options: object) -> list[str]:
        return [hit.id for hit in empty.find(corpus.request(viewer=viewer, **options)).hits]

    cheap = {"currency": ("CNY",), "price_max": ("250",)}
    assert ids(Viewer(), filters=cheap) == []
    assert ids(Viewer("x", "member"), filters=cheap) == ["members"]
    assert ids(Viewer("x", "organiser"), filters=cheap, sort="price_asc") == ["hidden", "members"]
    assert ids(Viewer(), sort="price_asc") == ["public", "hidden", "members"]
    answer = empty.find(corpus.request(facets=("currency",)))
    assert answer.facets["currency"] == (("CNY", 1),)


def test_budgets_and_buyers_of_demands(filled: Search) -> None:
    def ids(**filters: tuple[str, ...]) -> list[str]:
        return [hit.id for hit in filled.find(corpus.request(collection="demands", filters=filters)).hits]

    assert ids(currency=("HKD",), price_max=("45000",)) == ["need-chairs"]
    assert ids(currency=("HKD",), price_max=("44999",)) == []
    assert sorted(ids(buyer=("o-west",))) == ["need-chairs", "need-meals"]
    assert ids(place=("MO",)) == ["need-meals"]


def test_what_is_not_known_is_refused_by_name(filled: Search) -> None:
    with pytest.raises(UnknownFilter, match="colour"):
        filled.find(corpus.request(filters={"colour": ("red",)}))
    with pytest.raises(UnknownFilter, match="buyer"):
        filled.find(corpus.request(filters={"buyer": ("o-west",)}))
    with pytest.raises(UnknownFilter, match="price_min"):
        filled.find(corpus.request(facets=("price_min",)))
    with pytest.raises(UnknownSort, match="loudest"):
        corpus.request(sort="loudest")
    with pytest.raises(UnknownCollection):
        filled.find(corpus.request(collection="people"))


@pytest.mark.parametrize(
    "filters",
    [
        {"price_min": ("10",)},
        {"price_min": ("ten",), "currency": ("CNY",)},
        {"price_max": ("-1",), "currency": ("CNY",)},
        {"price_max": ("NaN",), "currency": ("CNY",)},
        {"price_max": ("1e400",), "currency": ("CNY",)},
        {"currency": ("XXQ",)},
        {"place": ("Atlantis",)},
        {"has_price": ("maybe",)},
    ],
)
def test_a_value_that_a_filter_cannot_take_is_refused(filled: Search, filters: dict[str, tuple[str, ...]]) -> None:
    with pytest.raises(BadFilterValue):
        filled.find(corpus.request(filters=filters))
