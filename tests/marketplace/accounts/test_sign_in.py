"""Signing in and out: who may, where to afterwards, and what is not given away."""

from __future__ import annotations

import time

import pytest
from flask import Flask

from marketplace import clock
from marketplace.accounts import passwords, sessions
from marketplace.accounts.web import safe_next
from tests.marketplace.accounts.steps import PASSWORD, browser, errors, make_user, send, signed_in


def test_sign_in_leads_back_to_the_page_asked_for(app: Flask) -> None:
    make_user("a@b.example.org")
    client = browser(app)
    first = client.get("/account/sessions?x=1")
    assert (first.status_code, first.location) == (302, "/sign-in?next=/account/sessions?x%3D1")
    answer = send(client, "/sign-in", {"email": " A@B.example.org ", "password": PASSWORD}, page=first.location)
    assert (answer.status_code, answer.location) == (302, "/account/sessions?x=1")
    assert client.get("/account/sessions").status_code == 200


@pytest.mark.parametrize(("target", "expected"), [
    ("/demands/3?x=1#top", "/demands/3?x=1#top"),
    ("", "/desk"),
    (None, "/desk"),
    ("https://evil.example/", "/desk"),
    ("//evil.example", "/desk"),
    ("/\\evil.example", "/desk"),
    ("/x\\..\\evil", "/desk"),
    ("/a\tb", "/desk"),
    ("/a\nSet-Cookie: x", "/desk"),
    ("javascript:alert(1)", "/desk"),
    ("desk", "/desk"),
    ("/" + "a" * 3000, "/desk"),
])
def test_only_pages_of_this_site_are_led_to(target: str | None, expected: str) -> None:
    assert safe_next(target) == expected


@pytest.mark.parametrize(("address", "password"), [
    ("a@b.example.org", "not the password"),
    ("nobody@b.example.org", PASSWORD),
    ("not an address", PASSWORD),
])
def test_every_refusal_reads_the_same(app: Flask, address: str, password: str) -> None:
    make_user("a@b.example.org")
    answer = send(browser(app), "/sign-in", {"email": address, "password": password})
    assert answer.status_code == 422
    assert errors(answer.text) == ["Password: This address and this password do not belong together."]
    assert f'value="{address}"' in answer.text
    assert password not in answer.text


@pytest.mark.usefixtures("real_password_cost")
def test_a_refusal_takes_as_long_for_an_address_without_account(app: Flask) -> None:
    make_user("a@b.example.org")
    client = browser(app)
    taken = {}
    passwords.verify("warm", None)  # the hash of nobody is made once
    for address in ("a@b.example.org", "nobody@b.example.org"):
        times = []
        for _ in range(5):
            start = time.process_time()  # the processor's time: other processes must not decide this
            send(client, "/sign-in", {"email": address, "password": "not the password"})
            times.append(time.process_time() - start)
        taken[address] = min(times)
    ratio = taken["a@b.example.org"] / taken["nobody@b.example.org"]
    # Without a hash for nobody the second would be tens of times as fast.
    assert 0.4 < ratio < 2.5, taken


def test_hashes_are_scrypt_with_a_salt() -> None:
    one, two = passwords.hash_password(PASSWORD), passwords.hash_password(PASSWORD)
    assert one.startswith("scrypt:")
    assert one != two
    assert passwords.verify(PASSWORD, one)
    assert not passwords.verify("something else", one)
    assert not passwords.verify("the password of nobody at all", None)


@pytest.mark.parametrize(("password", "code"), [
    ("ninechars", "password_short"),
    ("x" * 201, "password_long"),
    ("A@B.example.org", "password_is_address"),
    ("longlocalpart", "password_is_address"),
    ("Password123", "password_common"),
    ("p@ssw0rd1234", "password_common"),
    ("0123456789", "password_common"),
    ("9876543210", "password_common"),
    ("abcdefghijklm", "password_common"),
    ("aaaaaaaaaaaa", "password_common"),
    ("121212121212", "password_common"),
    (PASSWORD, None),
    ("珠江口的七盏灯火照亮", None),
])
def test_what_a_password_must_be(password: str, code: str | None) -> None:
    email = "longlocalpart@b.example.org" if password == "longlocalpart" else "a@b.example.org"
    wrong = passwords.problem(password, email=email)
    assert (wrong.code if wrong else None) == code


def test_sign_out_ends_the_session_and_not_only_the_cookie(app: Flask) -> None:
    make_user("a@b.example.org")
    client = signed_in(app, "a@b.example.org")
    copy = browser(app)
    copy.set_cookie("session", client.get_cookie("session").value)
    assert copy.get("/account").status_code == 200
    assert send(client, "/sign-out", page="/account").location == "/"
    assert client.get("/account").status_code == 302
    assert copy.get("/account").status_code == 302


def test_a_session_expires(app: Flask) -> None:
    make_user("a@b.example.org")
    client = signed_in(app, "a@b.example.org")
    with clock.frozen(clock.now() + sessions.SHORT * 2):
        assert client.get("/account").status_code == 302
    kept = browser(app)
    send(kept, "/sign-in", {"email": "a@b.example.org", "password": PASSWORD, "keep": "y"})
    with clock.frozen(clock.now() + sessions.SHORT * 2):
        assert kept.get("/account").status_code == 200
    with clock.frozen(clock.now() + sessions.LONG * 2):
        assert kept.get("/account").status_code == 302


def test_signing_in_drops_what_the_cookie_held_before(app: Flask) -> None:
    make_user("a@b.example.org")
    client = browser(app)
    with client.session_transaction() as held:
        held["planted"] = "by somebody else"
    send(client, "/sign-in", {"email": "a@b.example.org", "password": PASSWORD})
    with client.session_transaction() as held:
        assert "planted" not in held


def test_the_accounts_language_is_taken_on_a_device_where_none_was_chosen(app: Flask) -> None:
    make_user("a@b.example.org", locale="zh_Hant")
    client = signed_in(app, "a@b.example.org")
    assert client.get_cookie("locale").value == "zh_Hant"
    other = browser(app)
    other.set_cookie("locale", "en")
    send(other, "/sign-in", {"email": "a@b.example.org", "password": PASSWORD})
    assert other.get_cookie("locale").value == "en"


def test_one_persons_account_is_not_carried_into_another_browsers_request(app: Flask) -> None:
    make_user("a@b.example.org")
    client = signed_in(app, "a@b.example.org")
    assert client.get("/account").status_code == 200
    assert browser(app).get("/account").status_code == 302
