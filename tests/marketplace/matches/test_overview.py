"""The page of a demand's matches: one offer of each supplier, what would help, and no more bytes than a phone wants."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from flask import Flask

from marketplace.accounts.models import User
from marketplace.demands import service as demands
from marketplace.extensions import db
from marketplace.matches import queries
from marketplace.matches.overview import contradictions_of, overview, says_little
from tests.marketplace import factories as make


def browser(app: Flask, actor):
    client = app.test_client()
    return make.sign_in(client, db.session.get(User, actor.user_id))


def words(html: str) -> str:
    inline = re.sub(r"</?span[^>]*>", "", html.partition("<main")[2])
    return " ".join(re.sub(r"<[^>]+>", " ", inline).split())


@pytest.fixture
def buyer(app: Flask):
    return make.make_organisation(kind="institution")[1]


def test_the_best_offer_of_each_supplier_leads_and_the_rest_stand_behind_it(app: Flask, buyer) -> None:
    _one, first = make.make_organisation(kind="supplier", name="Many Beds")
    _two, second = make.make_organisation(kind="supplier", name="One Bed")
    for number in range(3):
        make.make_offer(first, content=make.offer_content(f"Electric nursing bed {number}"))
    make.make_offer(second)
    demand = make.make_demand(buyer)
    make.run_jobs()
    view = overview(queries.matches_of_demand(demand.id, actor=buyer), demand.live_content)
    assert sorted(len(group.rest) for group in view.good) == [0, 2]
    html = browser(app, buyer).get(f"/demands/{demand.id}/matches").text
    assert html.count('<article class="match"') == 2
    assert "2 more from this supplier" in html
    assert "from 2 suppliers, the best offer of each" in html


def test_a_longer_time_would_let_another_offer_fit(app: Flask, buyer) -> None:
    _one, seller = make.make_organisation(kind="supplier")
    facts = {"serves": ["HK"], "lead_time_days": 45}
    late = make.make_offer(seller, content=make.offer_content("Slow electric nursing bed", facts=facts))
    demand = make.make_demand(buyer, content=make.demand_content(dates={"deadline_days": 30}))
    make.run_jobs()
    said = browser(app, buyer).get(f"/demands/{demand.id}/matches")
    assert "If delivery within 30 days were 45, 1 more offer would fit." in words(said.text)
    assert f'href="/matches/{demand.id}/{late.id}"' in said.text


def test_two_suppliers_that_together_meet_the_lines(app: Flask, buyer) -> None:
    _one, beds = make.make_organisation(kind="supplier", name="Beds Limited")
    _two, chairs = make.make_organisation(kind="supplier", name="Chairs Limited")
    make.make_offer(beds)
    make.make_offer(chairs, content=make.offer_content("Lightweight wheelchair", facts={"serves": ["HK"]}))
    lines = [
        {"text": {"zh-Hans": "电动护理床"}, "quantity": "30", "unit": ""},
        {"text": {"zh-Hans": "轮椅"}, "quantity": "10", "unit": ""},
        {"text": {"zh-Hans": "离床感应垫"}, "quantity": "5", "unit": ""},
    ]
    content = make.demand_content("电动护理床和轮椅", lines=lines, requirements=[])
    demand = make.make_demand(buyer, content=content)
    make.run_jobs()
    said = words(browser(app, buyer).get(f"/demands/{demand.id}/matches").text)
    together = said.partition("Together they could")[2]
    assert "These 2 together meet all that anybody here meets" in together
    assert "Beds Limited" in together
    assert "Chairs Limited" in together
    assert "Nobody here is shown to meet: “离床感应垫”" in together


def test_a_page_of_a_hundred_matches_is_light_and_asks_as_often_as_one_of_three(app: Flask, buyer) -> None:
    requirements = [
        {"need": "must", "text": {"zh-Hans": text}}
        for text in ("载重至少180公斤", "带护栏", "可升降", "防水床垫", "保修三年", "含安装")
    ]
    demand = make.make_demand(buyer, content=make.demand_content(requirements=requirements))
    counted: list[str] = []
    sa.event.listen(db.engine, "before_cursor_execute", lambda _c, _cur, statement, *_more: counted.append(statement))
    client = browser(app, buyer)

    def add(number: int) -> None:
        for _at in range(number):
            _one, seller = make.make_organisation(kind="supplier")
            for place in ("HK", "CN-4401"):
                make.make_offer(seller, content=make.offer_content(facts={"serves": [place], "rental": True}))
        make.run_jobs()

    def statements() -> tuple[int, str]:
        client.get(f"/demands/{demand.id}/matches")
        counted.clear()
        answer = client.get(f"/demands/{demand.id}/matches")
        return len(counted), answer.text

    add(2)
    few, _html = statements()
    add(18)
    many, html = statements()
    assert many == few
    assert html.count('<article class="match"') == 8
    assert len(html.encode()) < 60_000
    second = client.get(f"/demands/{demand.id}/matches?page=2").text
    shown = [set(re.findall(r'id="match-(\d+)"', page)) for page in (html, second)]
    assert len(shown[1]) == 8
    assert not shown[0] & shown[1]
    assert client.get(f"/demands/{demand.id}/matches?page=999999").status_code == 200


def test_a_demand_of_a_title_alone_gets_matches_and_is_said_to_be_uncertain(app: Flask, buyer) -> None:
    _one, seller = make.make_organisation(kind="supplier")
    offer = make.make_offer(seller)
    make.run_jobs()
    content = {"kind": "equipment", "lang": "zh-Hans", "texts": {"title": {"zh-Hans": "电动护理床"}}}
    demand = demands.create_demand(actor=buyer, raw=content)
    page = browser(app, buyer).get(f"/demands/{demand.id}/matches").text
    assert "Little is known of this need beyond its title" in page
    assert f'id="match-{offer.id}"' in page
    full = browser(app, buyer).get(f"/demands/{demand.id}/matches?offer={offer.id}").text
    assert "What makes" in full
    assert "<table" in full


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"texts": {"title": {"en": "beds"}, "text": {"en": "We want beds."}}}, True),
        ({"texts": {"title": {"en": "beds"}, "text": {"en": "We want beds that go low, for people at risk."}}}, False),
        ({"requirements": [{"need": "must", "text": {"en": "low"}}]}, False),
        ({"facts": {"load_kg": 180}}, False),
    ],
)
def test_when_little_is_known(changes, expected) -> None:
    assert says_little({"texts": {"title": {"en": "beds"}}} | changes) is expected


def test_what_cannot_all_be_had_is_said_before_publishing_and_on_the_matches(app: Flask, buyer) -> None:
    texts = ("载重至少180公斤", "载重不超过150公斤")
    content = make.demand_content(
        requirements=[{"need": "must", "text": {"zh-Hans": text}} for text in texts],
        budget={"minor": 10_000_000, "currency": "HKD", "basis": "total"},
        lines=[{"text": {"zh-Hans": "电动护理床"}, "quantity": "30", "unit": ""}],
        texts={"title": {"zh-Hans": "电动护理床"}, "text": {"zh-Hans": "每张预算不超过港币5000元。"}},
    )
    assert [one.code for one in contradictions_of(content)] == ["numbers", "budget"]
    demand = demands.create_demand(actor=buyer, raw=content)
    client = browser(app, buyer)
    for page in ("preview", "edit", "matches"):
        said = words(client.get(f"/demands/{demand.id}/{page}").text)
        assert "“载重至少180公斤” and “载重不超过150公斤” exclude each other." in said, page
        assert "30 at HKD 5,000 each are HKD 150,000, more than the whole budget of HKD 100,000." in said, page
