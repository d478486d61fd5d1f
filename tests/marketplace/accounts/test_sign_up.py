"""Signing up: the same answer for every address, proof by mail, and no way to take over somebody's address."""

from __future__ import annotations

import re

import sqlalchemy as sa
from flask import Flask

from marketplace.accounts.models import User, UserSession
from marketplace.extensions import db
from tests.marketplace.accounts.steps import (
    PASSWORD,
    browser,
    errors,
    hidden,
    link_in,
    mails,
    make_user,
    send,
    signed_in,
)

FORM = {"name": "Ho Siu Lan", "email": "lan@home.example.org", "password": PASSWORD}


def users() -> list[tuple[str, bool]]:
    db.session.rollback()
    return [(u.email, u.is_confirmed) for u in db.session.scalars(sa.select(User).order_by(User.id))]


def test_sign_up_signs_in_and_asks_for_proof_by_mail(app: Flask) -> None:
    client = browser(app, "zh-HK")
    answer = send(client, "/sign-up", FORM)
    assert (answer.status_code, answer.location) == (302, "/organisations/new")
    assert users() == [("lan@home.example.org", False)]
    page = client.get("/account").text
    assert "lan@home.example.org" in page
    [mail] = mails(app)
    assert (mail["To"], db.session.scalar(sa.select(User.locale))) == ("lan@home.example.org", "zh_Hant")
    link = link_in(mail)
    assert link.startswith("/confirm/1.")
    assert send(client, link).location == "/desk"
    assert users() == [("lan@home.example.org", True)]
    assert client.get(link).status_code == 404  # works once


def test_a_known_address_gets_the_same_answer_and_only_its_owner_learns_more(app: Flask) -> None:
    make_user("lan@home.example.org", name="Lan")
    pages = []
    for address in ("lan@home.example.org", "new@home.example.org"):
        client = browser(app)
        answer = send(client, "/sign-up", {**FORM, "email": address})
        pages.append((answer.status_code, answer.location, plain(client.get("/account").text, address)))
        send(client, "/sign-out", page="/account")
        answer = send(client, "/sign-in", {"email": address, "password": PASSWORD})
        pages[-1] += (answer.status_code, answer.location)
    assert pages[0] == pages[1]
    sent = {mail["To"]: mail for mail in mails(app)}
    assert "/confirm/" not in sent["lan@home.example.org"].get_content()
    assert sent["lan@home.example.org"]["Subject"] == "You already have an account"
    assert sent["new@home.example.org"]["Subject"] == "Confirm your address"


def plain(page: str, address: str) -> str:
    """A page without what differs from one visit to the next."""
    return re.sub(r'value="[^"]*"', "", page).replace(address, "ADDRESS")


def test_a_second_account_at_a_known_address_can_never_be_confirmed(app: Flask) -> None:
    make_user("lan@home.example.org")
    client = browser(app)
    send(client, "/sign-up", {**FORM, "password": "quite another word"})
    send(client, "/confirm", page="/account")
    assert [link for mail in mails(app) if (link := link_in(mail)).startswith("/confirm/")] == []
    assert users() == [("lan@home.example.org", True), ("lan@home.example.org", False)]
    # The owner's password still opens the owner's account, the other one the other's.
    assert "Confirm" not in signed_in(app, "lan@home.example.org").get("/account").text.split("<main")[1]


def test_the_owner_of_an_address_cannot_be_made_to_confirm_a_strangers_account(app: Flask) -> None:
    send(browser(app), "/sign-up", FORM)  # somebody else, with an address that is not theirs
    link = link_in(mails(app)[0])
    owner = browser(app)
    page = owner.get(link)
    assert "not signed in to the account" in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    answer = send(owner, link, {"password": "a guess of the owner"})
    assert (answer.status_code, errors(answer.text)) == (
        422, ["Password of the account: This is not the password of the account."])
    assert users() == [("lan@home.example.org", False)]
    assert send(owner, link, {"password": PASSWORD}).location == "/sign-in"
    assert users() == [("lan@home.example.org", True)]


def test_the_first_of_two_accounts_to_prove_the_address_has_it(app: Flask) -> None:
    one, two = browser(app), browser(app)
    send(one, "/sign-up", FORM)
    send(two, "/sign-up", {**FORM, "password": "quite another word"})
    first, second = (link_in(mail) for mail in mails(app))
    assert send(two, second).location == "/desk"
    answer = send(one, first)
    assert (answer.status_code, errors(answer.text)) == (
        422, ["Another account has confirmed this address meanwhile. Sign in to that one."])
    assert users() == [("lan@home.example.org", False), ("lan@home.example.org", True)]


def test_bad_input_is_said_at_the_field_and_the_rest_is_kept(app: Flask) -> None:
    answer = send(browser(app), "/sign-up", {"name": "", "email": "lan@", "password": "short"})
    assert answer.status_code == 422
    assert errors(answer.text) == [
        "Your name: Please fill this in.",
        "E-mail address: Please give an e-mail address, for example name@example.org.",
    ]
    assert answer.text.count('class="field-error"') == 2
    assert 'value="lan@"' in answer.text
    answer = send(browser(app), "/sign-up", {**FORM, "password": "short"})
    assert errors(answer.text) == [
        "Password: A password needs at least 10 characters. Several words in a row are easy to keep."]
    assert "short" not in answer.text
    assert users() == []


def test_a_double_clicked_sign_up_makes_one_account(app: Flask) -> None:
    client = browser(app)
    data = {**hidden(client.get("/sign-up").text), **FORM}
    other = browser(app)
    other.set_cookie("session", client.get_cookie("session").value)
    assert [client.post("/sign-up", data=data).status_code, other.post("/sign-up", data=data).status_code] == [302, 302]
    assert users() == [("lan@home.example.org", False)]
    assert len(mails(app)) == 1


def test_somebody_elses_submission_does_not_sign_in_to_their_account(app: Flask) -> None:
    client = browser(app)
    data = {**hidden(client.get("/sign-up").text), **FORM}
    client.post("/sign-up", data=data)
    thief = browser(app)
    answer = send(thief, "/sign-up", {**FORM, "password": "quite another word",
                                      "submission_id": data["submission_id"]})
    assert answer.status_code == 422
    assert db.session.scalar(sa.select(sa.func.count()).select_from(UserSession)) == 1


def test_an_expired_form_token_shows_the_filled_form_again(app: Flask) -> None:
    client = browser(app)
    answer = send(client, "/sign-up", {**FORM, "csrf_token": "stale"})
    assert answer.status_code == 422
    assert errors(answer.text) == ["This page was open for too long. Nothing is lost: please send it again."]
    assert 'value="Ho Siu Lan"' in answer.text
    assert 'value="lan@home.example.org"' in answer.text
    again = client.post("/sign-up", data={**hidden(answer.text), **FORM})
    assert again.status_code == 302
    assert users() == [("lan@home.example.org", False)]


def test_after_sign_up_the_page_asked_for_is_shown(app: Flask) -> None:
    answer = send(browser(app), "/sign-up", FORM, page="/sign-up?next=/need/abc")
    assert answer.location == "/need/abc"
    other = {**FORM, "email": "b@home.example.org"}
    answer = send(browser(app), "/sign-up", other, page="/sign-up?next=//evil.example")
    assert answer.location == "/organisations/new"
