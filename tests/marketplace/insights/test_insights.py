"""Supply and demand: what counts where, what is met by nothing, and that counting twice counts once."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from catalogue import places
from marketplace import clock
from marketplace.extensions import db
from marketplace.insights import charts, queries, service
from marketplace.insights.models import MarketFigure
from marketplace.offers import service as offers
from tests.marketplace import factories as make
from tests.marketplace.listings.statements import statements_of


@pytest.mark.parametrize(
    ("stated", "found"),
    [
        (["CN-440103"], ["CN-4401"]),
        (["CN-4403", "HK"], ["HK", "CN-4403"]),
        (["CN-44"], [city for city in places.gba() if city.startswith("CN-")]),
        (["GB"], ["elsewhere"]),
        (["GB", "MO"], ["MO"]),
        ([], ["unknown"]),
        (["nonsense"], ["unknown"]),
    ],
)
def test_places_count_in_the_cities_they_lie_in_or_cover(stated: list[str], found: list[str]) -> None:
    assert service.cities(stated) == found


def _figures() -> dict[tuple[str, str], tuple[int, int, int]]:
    db.session.expire_all()
    return {(r.kind, r.place): (r.offers, r.demands, r.unmet) for r in db.session.scalars(sa.select(MarketFigure))}


def test_open_listings_are_counted_and_a_second_count_of_the_day_replaces_the_first(app: Flask) -> None:
    _one, seller = make.make_organisation(kind="supplier")
    _two, buyer = make.make_organisation(kind="institution")
    offer = make.make_offer(seller)
    make.make_offer(seller, publish=False)
    make.make_demand(buyer)
    make.make_demand(buyer, content=make.demand_content("二手钢琴", places=["MO"], requirements=[], texts={
        "title": {"zh-Hans": "二手钢琴"}, "text": {"zh-Hans": "活动室需要钢琴一台。"}}))
    make.run_jobs()
    service.count_market()
    service.count_market()
    assert _figures() == {
        ("equipment", ""): (1, 2, 1),
        ("equipment", "HK"): (1, 1, 0),
        ("equipment", "MO"): (0, 1, 1),
    }
    offers.withdraw_offer(actor=seller, offer_id=offer.id)
    make.run_jobs()
    service.count_market()
    assert _figures()[("equipment", "")] == (0, 2, 2)


def _count(day: str, kind: str, place: str, offers: int, demands: int, unmet: int) -> None:
    db.session.add(MarketFigure(day=date.fromisoformat(day), kind=kind, place=place, offers=offers, demands=demands,
                                unmet=unmet))


@pytest.fixture
def year(app: Flask) -> None:
    for day, offered in (("2026-09-03", 1), ("2026-09-28", 4), ("2026-10-30", 9), ("2026-11-25", 12)):
        _count(day, "equipment", "", offered, 2, 1)
        _count(day, "equipment", "HK", offered, 2, 1)
        _count(day, "care_place", "", 3, 0, 0)
    db.session.commit()


def test_the_page_shows_the_newest_count_the_gaps_and_the_last_count_of_each_month(
    client: FlaskClient, year: None
) -> None:
    found = queries.glance()
    assert found is not None
    assert found.earlier == (
        (date(2026, 9, 28), 7, 2, 1),
        (date(2026, 10, 30), 12, 2, 1),
        (date(2026, 11, 25), 15, 2, 1),
    )
    assert [(kind, place, cell.unmet) for kind, place, cell in found.gaps()] == [("equipment", "HK", 1)]
    for language, word in (("en", "Supply and demand"), ("zh-CN", "供需"), ("zh-HK", "供求")):
        page = client.get("/insights", headers={"Accept-Language": language})
        assert page.status_code == 200
        assert word in page.text
        assert page.text.count("<polyline") == 3


def test_the_change_of_one_kind_in_one_place(client: FlaskClient, year: None) -> None:
    def earlier(**chosen: str) -> list[tuple[int, ...]]:
        found = queries.glance(**chosen)
        assert found is not None
        return [row[1:] for row in found.earlier]

    assert earlier(kind="equipment", place="HK") == [(4, 2, 1), (9, 2, 1), (12, 2, 1)]
    assert earlier(kind="care_place") == [(3, 0, 0)] * 3
    assert earlier(place="HK") == [(4, 2, 1), (9, 2, 1), (12, 2, 1)]
    assert earlier(place="MO") == []
    page = client.get("/insights?kind=equipment&place=HK").text
    assert '<option value="HK" selected>' in page
    assert client.get("/insights?place=MO").text.count("<polyline") == 0
    assert client.get("/insights?kind=x&place=y%00").text.count("<polyline") == 3


def test_the_page_before_the_first_count(client: FlaskClient) -> None:
    page = client.get("/insights")
    assert page.status_code == 200
    assert "<polyline" not in page.text
    assert list(csv.reader(io.StringIO(client.get("/insights.csv").text.removeprefix("\ufeff"))))[1:] == []


def test_the_download_says_what_the_page_says(client: FlaskClient, year: None) -> None:
    with clock.frozen(datetime(2026, 11, 25, 3, tzinfo=UTC)):
        answer = client.get("/insights.csv", headers={"Accept-Language": "en"})
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert len(rows) == 12
    newest = [row for row in rows if row["day"] == "2026-11-25" and row["place"] == "HK"]
    assert newest == [{"day": "2026-11-25", "kind": "equipment", "kind_name": newest[0]["kind_name"], "place": "HK",
                       "place_name": "Hong Kong", "offers": "12", "demands": "2", "demands_unmet": "1"}]


def test_the_page_asks_as_often_for_a_year_as_for_a_day(client: FlaskClient, year: None) -> None:
    few = len(statements_of(lambda: client.get("/insights"))[1])
    for month in range(1, 9):
        for place in ("", *places.gba()):
            _count(f"2026-{month:02}-20", "food_meals", place, month, 5, 2)
    db.session.commit()
    assert len(statements_of(lambda: client.get("/insights"))[1]) == few


def test_the_chart_keeps_every_point_inside_and_its_rules_round() -> None:
    rows = [(date(2026, month, 28), 37 * month, 12, month) for month in range(1, 13)]
    chart = charts.lines(rows)
    assert [number for _y, number in chart.levels] == [0, 100, 200, 300, 400, 500]
    for _name, x, y in chart.dots:
        assert charts.LEFT <= x <= charts.WIDTH
        assert 0 <= y <= charts.HEIGHT - charts.BOTTOM
    assert len(charts.lines(rows[:1]).dots) == 3
