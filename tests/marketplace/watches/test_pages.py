"""The pages of watches: reached from a search, a demand and the desk; what is wrong is said at its field."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.accounts.models import User
from marketplace.actor import Actor
from marketplace.extensions import db
from marketplace.watches import robots, service
from marketplace.watches.models import Robot, Watch
from tests.marketplace import factories as make
from tests.marketplace.listings.statements import statements_of
from tests.marketplace.watches.test_robots import DINGTALK, WECOM


@pytest.fixture
def reader(app: Flask) -> Actor:
    _organisation, actor = make.make_organisation(kind="institution")
    return actor


@pytest.fixture
def browser(client: FlaskClient, reader: Actor) -> FlaskClient:
    return make.sign_in(client, db.session.get_one(User, reader.user_id))


def test_a_search_is_kept_from_its_page(browser: FlaskClient, reader: Actor) -> None:
    page = browser.get("/offers?q=nursing+bed&kind=equipment").text
    link = re.search(r'href="(/watches/new\?search=[^"]+)"', page)
    assert link is not None
    form = browser.get(link[1].replace("&amp;", "&"))
    assert form.status_code == 200
    assert "It finds nothing now. You are told when the first one comes." in form.text
    answer = make.post(
        browser, link[1], "/watches/new", search="/offers?q=nursing+bed&kind=equipment", name="Beds", cadence="weekly"
    )
    assert answer.location == "/watches"
    (watch,) = db.session.query(Watch).all()
    assert (watch.name, watch.cadence, watch.by_mail, watch.query) == (
        "Beds",
        "weekly",
        False,
        {"collection": "offers", "text": "nursing bed", "filters": {"kind": ["equipment"]}, "lang": "en"},
    )
    listed = browser.get("/watches").text
    assert "Beds" in listed
    assert "/offers?q=nursing+bed&amp;kind=equipment" in listed


def test_it_says_how_many_it_finds_now(app: Flask, browser: FlaskClient) -> None:
    _organisation, seller = make.make_organisation(kind="supplier")
    make.make_offer(seller)
    make.run_jobs()
    page = browser.get("/watches/new?search=" + quote("/offers?q=nursing bed")).text
    assert "It finds 1 now; you are told of what comes from now on." in page


@pytest.mark.parametrize(
    ("search", "name", "words"),
    [
        ("/elsewhere", "x", "This is not the address of a list of offers or demands on this site."),
        ("/offers?q=。。", "x", "This search has no word that could be found, so it would never find anything."),
        ("/offers?q=bed", "Taken", "You have a watch of this name."),
        ("/offers?q=bed", "", "Please fill this in."),
        ("/offers?q=bed", "y" * 121, "At most 120 characters; this has 121."),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    browser: FlaskClient, reader: Actor, search: str, name: str, words: str
) -> None:
    service.save_search(actor=reader, name="Taken", address="/offers", lang="en", cadence="now", by_mail=True)
    answer = make.post(browser, "/watches/new", "/watches/new", search=search, name=name, cadence="daily")
    assert answer.status_code == 422
    assert words in answer.text
    assert 'class="field field-bad"' in answer.text


def test_a_watch_is_changed_paused_and_given_up(browser: FlaskClient, reader: Actor) -> None:
    watch = service.save_search(actor=reader, name="A", address="/offers", lang="en", cadence="now", by_mail=True)
    page = f"/watches/{watch.id}"
    assert make.post(browser, page, page, name="B", cadence="daily", by_mail="y").location == "/watches"
    assert make.post(browser, page, f"{page}/pause", paused="1").location == "/watches"
    db.session.rollback()
    watch = db.session.get_one(Watch, watch.id)
    assert (watch.name, watch.cadence, watch.by_mail, watch.paused_at is not None) == ("B", "daily", True, True)
    assert "paused" in browser.get("/watches").text
    make.post(browser, page, f"{page}/pause", paused="0")
    make.post(browser, page, f"{page}/delete")
    db.session.rollback()
    assert db.session.query(Watch).count() == 0
    assert "Nothing is watched yet" in browser.get("/watches").text


def test_a_demand_is_watched_from_its_matches(browser: FlaskClient, reader: Actor) -> None:
    demand = make.make_demand(reader)
    make.run_jobs()
    link = f"/watches/demand/{demand.id}"
    assert link in browser.get(f"/demands/{demand.id}/matches").text
    assert browser.get(link).status_code == 200
    assert make.post(browser, link, link, name="Beds", cadence="daily").location == "/watches"
    watch = db.session.query(Watch).one()
    assert (watch.what, watch.demand_id, watch.organisation_id) == ("demand", demand.id, reader.organisation_id)
    assert browser.get(link).location == f"/watches/{watch.id}"


def test_desk_and_account_lead_here(browser: FlaskClient) -> None:
    assert 'href="/watches"' in browser.get("/desk").text
    assert 'href="/watches"' in browser.get("/account").text


def send_robot(browser: FlaskClient, **data: str) -> Any:
    page = browser.get("/watches/robots/new").text
    token = page.partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]
    return browser.post("/watches/robots/new", data={"csrf_token": token, **data})


def test_a_robot_is_added_and_its_address_is_never_shown_again(browser: FlaskClient) -> None:
    answer = send_robot(browser, service="dingtalk", name="采购群", address=DINGTALK,
        secret="SECxyz123",
    )  # fmt: skip
    robot = db.session.query(Robot).one()
    assert answer.location == f"/watches/robots/{robot.id}"
    for page in ("/watches", answer.location, "/watches/new"):
        shown = browser.get(page).text
        assert "采购群" in shown
        assert DINGTALK.partition("=")[2] not in shown
        assert "SECxyz123" not in shown


def test_a_wrong_webhook_is_said_at_its_field_and_not_sent_back(browser: FlaskClient) -> None:
    wrong = "https://evil.example/cgi-bin/webhook/send?key=12345678"
    answer = send_robot(browser, service="wecom", name="x", address=wrong, secret="s3cret")
    assert answer.status_code == 422
    assert "be one of qyapi.weixin.qq.com. No other address is called." in answer.text
    assert "s3cret" not in answer.text
    assert db.session.query(Robot).count() == 0


def test_anothers_watches_and_robots_are_not_there(browser: FlaskClient) -> None:
    _organisation, other = make.make_organisation(kind="institution")
    watch = service.save_search(actor=other, name="A", address="/offers", lang="en", cadence="now", by_mail=True)
    robot = robots.add_robot(actor=other, service="wecom", name="r", address=WECOM, secret="")
    demand = make.make_demand(other)
    for page in (f"/watches/{watch.id}", f"/watches/robots/{robot.id}", f"/watches/demand/{demand.id}"):
        assert (page, browser.get(page).status_code) == (page, 404)
    assert make.post(browser, "/watches", f"/watches/{watch.id}/delete").status_code == 404


def test_the_list_takes_as_many_statements_for_three_as_for_ninety(browser: FlaskClient, reader: Actor) -> None:
    counted = []
    for number in range(90):
        if number in (3, 89):
            browser.get("/watches")
            counted.append(len(statements_of(lambda: browser.get("/watches"))[1]))
        service.save_search(
            actor=reader, name=f"Beds {number}", address="/offers?q=bed", lang="en", cadence="daily", by_mail=True
        )
    assert counted[0] == counted[1]
