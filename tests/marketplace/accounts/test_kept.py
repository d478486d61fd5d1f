"""No time limit loses work: a form sent after the session ran out waits for its writer."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from marketplace import clock
from marketplace.accounts import kept, sessions
from marketplace.accounts.models import KeptPost, User
from marketplace.demands.models import Demand
from marketplace.extensions import db
from tests.marketplace import factories as make

WORDS = "三十张电动护理床，载重至少180公斤。\n要有床栏。"


def written(page: str) -> dict[str, Any]:
    """A form's fields as they stand on the page."""
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', page[page.index("<main") :])
    return {name: html.unescape(value) for name, value in found}


def send_late(app: Flask) -> tuple[FlaskClient, User, Any]:
    _organisation, buyer = make.make_organisation(kind="institution")
    user = db.session.get_one(User, buyer.user_id)
    client = make.sign_in(app.test_client(), user)
    token = make._token(client.get("/demands/new?kind=equipment").text)
    data = {"csrf_token": token, "kind": "equipment", "lang": "zh-Hans", "title_zh_Hans": "护理床",
            "text_zh_Hans": WORDS, "submission_id": "once", "action": "save"}
    with clock.frozen(clock.now() + sessions.SHORT + timedelta(minutes=5)):
        answer = client.post("/demands/new?kind=equipment", data=data)
    return client, user, answer


def test_what_was_typed_waits_for_its_writer_and_is_sent_again(app: Flask) -> None:
    client, user, answer = send_late(app)
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=/kept")
    with clock.frozen(clock.now() + sessions.SHORT + timedelta(minutes=10)):
        client = make.sign_in(client, user)
        page = client.get("/kept").text
        assert WORDS in html.unescape(page)
        fields = written(page)
        assert (fields["text_zh_Hans"], fields["submission_id"]) == (WORDS.replace("\n", "\n"), "once")
        sent = client.post("/demands/new?kind=equipment", data=fields)
        assert sent.status_code in (302, 303), sent.text
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Demand)) == 1
        assert make.post(client, "/kept", "/kept/give-up").status_code == 303
        assert client.get("/kept").status_code == 404


def test_nobody_else_is_shown_it_and_it_is_forgotten(app: Flask) -> None:
    client, _user, _answer = send_late(app)
    with clock.frozen(clock.now() + sessions.SHORT + timedelta(minutes=10)):
        other = make.sign_in(client, make.make_user())
        assert other.get("/kept").status_code == 404
    with clock.frozen(clock.now() + sessions.SHORT + timedelta(hours=3)):
        assert kept.forget_old() == 1


@pytest.mark.parametrize("what", ["ended", "forged", "nobody"])
def test_what_no_form_of_an_expired_session_sent_is_not_kept(app: Flask, what: str) -> None:
    user = make.make_user()
    client = app.test_client() if what == "nobody" else make.sign_in(app.test_client(), user)
    token = make._token(client.get("/sign-in" if what == "nobody" else "/account").text)
    if what == "ended":
        make.post(client, "/account", "/sign-out")
    late = clock.now() + sessions.SHORT + timedelta(minutes=5)
    with clock.frozen(clock.now() if what == "ended" else late):
        answer = client.post("/account", data={"csrf_token": "x" if what == "forged" else token, "name": "Somebody"})
    assert answer.status_code == 302
    assert db.session.scalars(sa.select(KeptPost)).all() == []


def test_secrets_are_not_kept(app: Flask) -> None:
    user = make.make_user()
    client = make.sign_in(app.test_client(), user)
    token = make._token(client.get("/account/password").text)
    with clock.frozen(clock.now() + sessions.SHORT + timedelta(minutes=5)):
        client.post("/account/password", data={"csrf_token": token, "current": "a", "password": "b", "x": "kept"})
    [post] = db.session.scalars(sa.select(KeptPost))
    assert (post.path, post.fields) == ("/account/password", [["x", "kept"]])
