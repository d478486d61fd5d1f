"""Addresses and hosts that nobody types by mistake: a page that says no, never a failure."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.errors import NotFound
from marketplace.matchmaking import sessions
from tests.marketplace import factories as make

NUMBERS = [str(2**63 - 1), str(2**63), str(10**30), "9" * 5000, "-1", "1.5", "٣", "²", "%00", "a"]


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_that_is_no_id_is_not_found(app: Flask, number: str) -> None:
    organiser = make.sign_in(app.test_client(), make.make_user(organiser=True))
    found = {}
    for rule in app.url_map.iter_rules():
        if "<int:" not in rule.rule:
            continue
        address = re.sub(r"<(?!int:)[^>]+>", "x", re.sub(r"<int:[^>]+>", number, rule.rule))
        for method in sorted(rule.methods & {"GET", "POST"}):
            found[f"{method} {rule.endpoint}"] = organiser.open(address, method=method).status_code
    # With the highest id that is one a form may be asked for its token first.
    assert {name: status for name, status in found.items() if status not in (303, 302, 404, 422)} == {}


@pytest.mark.parametrize("host", ["a" * 300, "a" * 64 + ".example", ".example.."])
def test_a_host_that_is_none_is_refused(app: Flask, client: FlaskClient, host: str) -> None:
    assert client.get("/", headers={"Host": host}).status_code in (200, 400)


QUERIES = [
    "\x00", "a\x00b", "a" * 5000, "\u202e\x07\x1b", "'\"()*:^-+~", "NEAR(a b)", "\U0001f642", "%_\\",
    "\ud7ff\uffff",
]


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("page", ["/offers", "/demands", "/organisations"])
def test_any_query_has_an_answer(app: Flask, client: FlaskClient, page: str, query: str) -> None:
    make.make_organisation(name="ab")
    asked = client.get(page, query_string=[("q", query), ("q", "twice"), ("page", "-9"), ("page", "9" * 50)])
    assert asked.status_code == 200


def test_a_nul_is_in_no_address(app: Flask) -> None:
    organiser = make.sign_in(app.test_client(), make.make_user(organiser=True))
    found = {}
    for rule in app.url_map.iter_rules():
        if "<" not in rule.rule or "<int:" in rule.rule or "GET" not in rule.methods:
            continue
        found[rule.endpoint] = organiser.get(re.sub(r"<[^>]+>", "a%00b", rule.rule)).status_code
    assert {name: status for name, status in found.items() if status != 404} == {}


def test_a_message_about_no_number_is_not_found(app: Flask) -> None:
    client = make.sign_in(app.test_client(), make.make_user())
    names = ("demand_id", "offer_id", "notification_id", "invitation_id", "event_id")
    found = {}
    for about in ("demand", "match", "notice", "invitation", "event"):
        for number in NUMBERS:
            asked = {"about": about, **dict.fromkeys(names, number)}
            found[about, number] = client.get("/messages/new", query_string=asked).status_code
    assert {asked: status for asked, status in found.items() if status != 404} == {}


def test_a_form_about_no_row_is_not_found(app: Flask) -> None:
    organiser = make.sign_in(app.test_client(), make.make_user(organiser=True))
    with pytest.raises(NotFound):
        sessions.locked(2**63)
    adopted = make.post(organiser, "/organiser/rulesets", "/organiser/rulesets", action="adopt", proposed_id="9" * 30)
    assert adopted.status_code == 422
