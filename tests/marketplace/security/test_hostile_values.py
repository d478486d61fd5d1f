"""Values that no browser sends: they are refused or taken, and never a failure, on both databases."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.accounts.models import User
from marketplace.actor import Actor
from marketplace.extensions import db
from tests.marketplace import factories as make
from tests.marketplace.matchmaking.steps import World

LONG = "9" * 5000
WIDE = "\ufdfa" * 60  # one character that folding makes eighteen of


def browser(app: Flask, actor: Actor) -> FlaskClient:
    client = app.test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return make.sign_in(client, db.session.get(User, actor.user_id))


@pytest.fixture
def buyer(app: Flask) -> Actor:
    return make.make_organisation(kind="institution")[1]


def test_the_number_of_a_version_may_have_any_length(app: Flask, buyer: Actor) -> None:
    draft = make.make_demand(buyer, publish=False)
    client, page = browser(app, buyer), f"/demands/{draft.id}"
    published = make.post(client, f"{page}/preview", f"{page}/publish", version_id=LONG)
    saved = make.post(
        client, f"{page}/edit", f"{page}/edit", base_version_id=LONG, kind="equipment", lang="en", title_en="Bed"
    )
    assert (published.status_code, saved.status_code) == (303, 409)


@pytest.mark.parametrize("days", [LONG, "-" + LONG, "\u00b2", "1e9999", "0"])
def test_days_until_delivery_are_refused_at_their_field(app: Flask, buyer: Actor, days: str) -> None:
    client = browser(app, buyer)
    page = "/demands/new?kind=equipment"
    answer = make.post(client, page, page, kind="equipment", lang="en", title_en="Bed", deadline_days=days)
    assert (answer.status_code, 'value="Bed"' in answer.text) == (422, True)


def test_a_submission_named_at_length_is_one_submission(app: Flask, client: FlaskClient) -> None:
    sent: dict[str, Any] = {"name": "A", "email": "a@example.com", "password": make.PASSWORD}
    sent["submission_id"] = "x" * 500
    first = make.post(client, "/sign-up", "/sign-up", **sent)
    again = app.test_client()
    again.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    second = make.post(again, "/sign-up", "/sign-up", **sent)
    assert (first.status_code, second.status_code, db.session.query(User).count()) == (302, 302, 1)


def test_a_registration_number_that_grows_when_folded_is_kept(app: Flask) -> None:
    user = make.make_user()
    client = make.sign_in(app.test_client(), user)
    answer = make.post(
        client, "/organisations/new", "/organisations/new", side="both", name_en=WIDE, registration_number=WIDE,
        jurisdiction="PT",
    )
    assert answer.status_code == 302


@pytest.mark.parametrize("up_to", ["-" + "9" * 40, "9" * 40, LONG, "\u00b2"])
def test_the_inbox_is_read_up_to_any_number(app: Flask, buyer: Actor, up_to: str) -> None:
    assert make.post(browser(app, buyer), "/inbox", "/inbox/read", up_to=up_to).status_code == 302


def test_a_wish_about_no_number_is_left_out(app: Flask) -> None:
    world = World(buyers=1, suppliers=1)
    page = f"/sessions/{world.session_id}/counterparts"
    client = browser(app, world.buyers[0][1])
    assert make.post(client, page, page, **{"w-\u00b2": "must", "w--1": "no", "w-": "no"}).status_code == 303


@pytest.mark.parametrize("locale", ["en", "zh_Hant"])
def test_a_language_that_nobody_speaks_is_refused_at_its_field(app: Flask, locale: str) -> None:
    client = make.sign_in(app.test_client(), make.make_user(locale=locale))
    page = "/organisations/new"
    answer = make.post(client, page, page, side="both", name_en="Harbour Care", languages=["xx", "yy"])
    assert (answer.status_code, "Harbour Care" in answer.text, "%(value)s" in answer.text) == (422, True, False)
