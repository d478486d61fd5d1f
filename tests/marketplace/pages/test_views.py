"""The pages of this room and the reader's choices."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.indexing import service as indexing
from marketplace.pages import rules
from tests.marketplace.factories import make_demand, make_offer, make_organisation, offer_content


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.mark.parametrize(
    ("locale", "tag"), [("zh_Hans", "zh-Hans"), ("zh_Hant", "zh-Hant-HK"), ("en", "en")]
)
@pytest.mark.parametrize("path", ["/", "/about", "/how-matching-works", "/no-such-page"])
def test_every_page_says_its_language(client: FlaskClient, path: str, locale: str, tag: str) -> None:
    client.set_cookie("locale", locale)
    page = client.get(path).text
    assert f'<html lang="{tag}">' in page
    assert re.findall(r'hreflang="([^"]+)"[^>]* aria-current="true"', page) == [tag]


def test_an_empty_market_says_what_would_be_there(client: FlaskClient) -> None:
    page = text_of(client.get("/").text)
    assert "No demand is open just now. The first one could be yours." in page
    assert "No offer is open just now. The first one could be yours." in page


def test_home_shows_what_is_new_and_how_much_there_is(app: Flask, client: FlaskClient) -> None:
    _supplier, seller = make_organisation(kind="supplier", name="Bed maker")
    _home, buyer = make_organisation(kind="institution")
    make_offer(seller, content=offer_content("Electric nursing bed"))
    make_demand(buyer)
    for kind in indexing.KINDS:
        indexing.rebuild(kind)
    html = client.get("/").text
    page = text_of(html)
    assert "Newest demands 30张电动护理床" in page
    assert "Newest offers Electric nursing bed Equipment and assistive products Bed maker Hong Kong" in page
    row = html[html.index("Nursing beds, hoists") :]
    assert re.findall(r'href="/(offers|demands)\?kind=equipment">(\d+)<', row) == [("offers", "1"), ("demands", "1")]


def test_home_does_without_the_search_engine(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    app.extensions["search_away_until"] = float("inf")
    answer = client.get("/")
    assert answer.status_code == 200
    assert "What there is" not in answer.text


def test_the_box_on_the_home_page_leads_to_matches(client: FlaskClient) -> None:
    page = client.get("/").text
    token = re.search(r'action="/need">\s*<input type="hidden" name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    answer = client.post("/need", data={"csrf_token": token[1], "text": "30 nursing beds", "submission_id": "abc"})
    assert answer.status_code == 303
    assert answer.location.startswith("/need/")


@pytest.mark.parametrize(
    ("address", "cookie", "target"),
    [
        ("/locale/zh_Hant?next=/offers?q=bed", ("locale", "zh_Hant"), "/offers?q=bed"),
        ("/text-size/larger?next=/about", ("text", "larger"), "/about"),
        ("/text-size/normal", ("text", "normal"), "/"),
        ("/locale/en?next=https://elsewhere.example/", ("locale", "en"), "/"),
        ("/locale/en?next=//elsewhere.example/", ("locale", "en"), "/"),
        ("/locale/en?next=/\\elsewhere.example", ("locale", "en"), "/"),
        ("/locale/en?next=/a%0d%0ab", ("locale", "en"), "/"),
    ],
)
def test_a_choice_is_kept_and_leads_back_into_the_site(
    client: FlaskClient, address: str, cookie: tuple[str, str], target: str
) -> None:
    answer = client.get(address)
    assert (answer.status_code, answer.location) == (302, target)
    kept = client.get_cookie(cookie[0])
    assert kept is not None
    assert (kept.value, kept.http_only, kept.same_site, kept.max_age) == (cookie[1], True, "Lax", 365 * 24 * 3600)


@pytest.mark.parametrize("address", ["/locale/fr", "/locale/zh-Hant", "/text-size/huge"])
def test_an_unknown_choice_is_no_page(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 404


def test_larger_text_is_on_the_page_once_chosen(client: FlaskClient) -> None:
    client.get("/text-size/larger")
    page = client.get("/about").text
    assert '<html lang="en" class="larger-text">' in page
    assert 'href="/text-size/normal?next=/about"' in page


def test_the_published_rules_are_those_in_force(client: FlaskClient) -> None:
    published = rules.published()
    page = client.get("/how-matching-works").text
    points = [float(p) for p in re.findall(r'class="part-points">([\d.]+)</td>', page)]
    assert points == [points for _name, points in published.parts]
    assert sum(points) == 100
    assert f"Rules in force: {published.version}" in page


def test_the_worked_example_shows_a_match_across_languages_and_a_near_miss(app: Flask) -> None:
    near, good = sorted((pair["match"] for pair in rules.worked_example().pairs), key=lambda match: match["score"])
    assert (good["id"], good["band"] != "near miss") == ("1", True)
    assert {gate["name"]: gate["state"] for gate in good["gates"]} == {
        "place": "passed", "date": "passed", "budget": "passed",
    }  # fmt: skip
    assert (near["id"], near["band"], near["stopped_by"]) == ("2", "near miss", ("gate:date",))


def test_the_example_is_worked_out_once_for_each_language_and_brings_its_icons(client: FlaskClient) -> None:
    def page(locale: str) -> str:
        client.set_cookie("locale", locale)
        return client.get("/how-matching-works").text

    first = page("en")
    assert page("en").count('<article class="match"') == first.count('<article class="match"') == 2
    for html in (page("en"), page("zh_Hans")):
        drawn = set(re.findall(r'<symbol id="i-([a-z0-9-]+)"', html))
        assert set(re.findall(r'<use href="#i-([a-z0-9-]+)"', html)) == drawn
    assert "One offer of each supplier first" in first
    assert "护理床" in page("zh_Hans").partition("panel-grey")[2]
