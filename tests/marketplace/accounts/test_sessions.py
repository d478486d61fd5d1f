"""The list of one's devices: whose they are, when they were last seen, ending one and ending all."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from marketplace import clock
from marketplace.accounts import devices, sessions
from marketplace.accounts.models import UserSession
from marketplace.extensions import db
from tests.marketplace.accounts.steps import PASSWORD, browser, make_user, send, signed_in

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Safari/604.1"


def devices_on(page: str) -> list[tuple[str, str, bool]]:
    """(device, internet address, whether it can be ended) of each line of the page."""
    body = page.split("<tbody>")[1].split("</tbody>")[0]
    found = []
    for row in body.split("<tr>")[1:]:
        cells = [" ".join(html.unescape(re.sub(r"<[^>]+>", " ", cell)).split()) for cell in row.split("<td")[1:]]
        cells = [cell.split(">", 1)[-1].strip() for cell in cells]
        found.append((cells[0], cells[1], "End this one" in row))
    return found


def test_the_list_shows_ones_own_devices_and_no_others(app: Flask) -> None:
    make_user("a@b.example.org")
    make_user("other@b.example.org")
    signed_in(app, "other@b.example.org", REMOTE_ADDR="198.51.100.7")
    signed_in(app, "a@b.example.org", HTTP_USER_AGENT=PHONE, REMOTE_ADDR="198.51.100.8")
    here = signed_in(app, "a@b.example.org", REMOTE_ADDR="198.51.100.9")
    assert devices_on(here.get("/account/sessions").text) == [
        ("Chrome on Windows this device", "198.51.100.9", False),
        ("Safari on iPhone", "198.51.100.8", True),
    ]


def test_ending_one_signs_that_device_out_and_not_this_one(app: Flask) -> None:
    make_user("a@b.example.org")
    phone = signed_in(app, "a@b.example.org")
    here = signed_in(app, "a@b.example.org")
    phone_id = db.session.scalar(sa.select(sa.func.min(UserSession.id)))
    answer = send(here, f"/account/sessions/{phone_id}/end", page="/account/sessions")
    assert answer.location == "/account/sessions"
    assert (phone.get("/account").status_code, here.get("/account").status_code) == (302, 200)


def test_nobody_ends_somebody_elses_session(app: Flask) -> None:
    make_user("a@b.example.org")
    make_user("other@b.example.org")
    theirs = signed_in(app, "other@b.example.org")
    their_id = db.session.scalar(sa.select(UserSession.id))
    here = signed_in(app, "a@b.example.org")
    assert send(here, f"/account/sessions/{their_id}/end", page="/account/sessions").status_code == 404
    assert theirs.get("/account").status_code == 200


def test_sign_out_everywhere_ends_every_session_of_the_account_and_no_other(app: Flask) -> None:
    make_user("a@b.example.org")
    make_user("other@b.example.org")
    theirs = signed_in(app, "other@b.example.org")
    phone, here = signed_in(app, "a@b.example.org"), signed_in(app, "a@b.example.org")
    answer = send(here, "/sign-out/everywhere", page="/account/sessions")
    assert answer.location == "/sign-in"
    assert [one.get("/account").status_code for one in (phone, here, theirs)] == [302, 302, 200]


def test_sign_out_everywhere_needs_its_token(app: Flask) -> None:
    make_user("a@b.example.org")
    here = signed_in(app, "a@b.example.org")
    assert here.post("/sign-out/everywhere").status_code == 422
    assert here.get("/account").status_code == 200


def test_last_seen_is_noted_at_most_once_a_minute(app: Flask) -> None:
    make_user("a@b.example.org")
    start = clock.now()
    seen = []
    with clock.frozen(start):
        client = signed_in(app, "a@b.example.org")
    for seconds in (30, 61, 90, 125):
        with clock.frozen(start + timedelta(seconds=seconds)):
            client.get("/account")
        db.session.rollback()
        seen.append(round((db.session.scalar(sa.select(UserSession.seen_at)) - start).total_seconds()))
    assert seen == [0, 61, 61, 125]


def test_the_table_never_holds_a_token(app: Flask) -> None:
    user = make_user("a@b.example.org")
    user_id = user.id
    from marketplace.transaction import transaction

    with transaction():
        token = sessions.open_session(user, address="", agent="", keep=False)
    rows = db.session.execute(sa.select(UserSession.__table__)).mappings().all()
    assert len(rows) == 1
    assert token not in str(dict(rows[0]))
    found = sessions.find_user(token)
    assert found is not None
    assert found.id == user_id
    assert sessions.find_user(token[:-1] + "x") is None


@pytest.mark.parametrize(("agent", "expected"), [
    (PHONE, ("Safari", "iPhone")),
    ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36 MicroMessenger/8.0",
     ("WeChat", "Android")),
    ("Mozilla/5.0 (Windows NT 10.0) Chrome/126.0 Safari/537.36 Edg/126.0", ("Edge", "Windows")),
    ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", ("Firefox", "Linux")),
    ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) Version/17.5 Safari/605.1.15", ("Safari", "macOS")),
    ("curl/8.5", ("", "")),
    ("", ("", "")),
])
def test_a_device_is_named_by_browser_and_system(agent: str, expected: tuple[str, str]) -> None:
    assert devices.describe(agent) == expected


def test_a_hostile_browser_name_is_shown_as_text(app: Flask) -> None:
    make_user("a@b.example.org")
    client = browser(app, HTTP_USER_AGENT="<script>alert(1)</script>" * 20)
    send(client, "/sign-in", {"email": "a@b.example.org", "password": PASSWORD})
    page = client.get("/account/sessions").text
    assert "<script>alert" not in page
    assert "Unknown device" in page


def test_expired_sessions_are_forgotten(app: Flask) -> None:
    make_user("a@b.example.org")
    signed_in(app, "a@b.example.org")
    assert sessions.forget_expired() == 0
    with clock.frozen(clock.now() + timedelta(days=40)):
        assert sessions.forget_expired() == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(UserSession)) == 0
