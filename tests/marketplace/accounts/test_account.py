"""Changing what an account says: name and language, password, address."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask

from marketplace.accounts.models import User
from marketplace.audit import service as audit
from marketplace.extensions import db
from tests.marketplace.accounts.steps import (
    PASSWORD,
    browser,
    errors,
    link_in,
    mails,
    make_user,
    send,
    signed_in,
)

NEW = "nine boats in the harbour"


def test_name_language_and_mails_are_changed_and_recorded(app: Flask) -> None:
    user_id = make_user("a@b.example.org", name="Before").id
    client = signed_in(app, "a@b.example.org")
    answer = send(client, "/account", {"name": "After", "locale": "zh_Hant"})
    assert answer.location == "/account"
    assert client.get_cookie("locale").value == "zh_Hant"
    db.session.rollback()
    user = db.session.get(User, user_id)
    assert (user.name, user.locale, user.mail_wanted) == ("After", "zh_Hant", False)
    event = audit.history(subject_kind="user", subject_id=user_id)[0]
    assert (event.action, event.fields) == ("user.changed", ["locale", "mail_wanted", "name"])
    assert {v.field: (v.before, v.after, v.value_class) for v in event.values} == {
        "name": ("Before", "After", "personal"), "locale": ("en", "zh_Hant", "public"),
        "mail_wanted": (True, False, "public")}


def test_changing_the_password_keeps_this_device_and_ends_the_others(app: Flask) -> None:
    make_user("a@b.example.org")
    other, here = signed_in(app, "a@b.example.org"), signed_in(app, "a@b.example.org")
    answer = send(here, "/account/password", {"current": "wrong word here", "new": NEW})
    assert (answer.status_code, errors(answer.text)) == (
        422, ["Present password: This is not the password of the account."])
    answer = send(here, "/account/password", {"current": PASSWORD, "new": "password12"})
    assert errors(answer.text) == [
        "New password: This password is too easy to guess. Several words in a row are easy to keep."]
    assert send(here, "/account/password", {"current": PASSWORD, "new": NEW}).location == "/account"
    assert (other.get("/account").status_code, here.get("/account").status_code) == (302, 200)
    assert [mail["Subject"] for mail in mails(app)] == ["Your password was changed"]


def test_the_address_changes_only_when_the_new_one_is_proved(app: Flask) -> None:
    make_user("old@b.example.org")
    client = signed_in(app, "old@b.example.org")
    send(client, "/account/email", {"email": "New@b.example.org", "password": PASSWORD})
    assert db.session.scalar(sa.select(User.email)) == "old@b.example.org"
    [mail] = mails(app)
    assert mail["To"] == "New@b.example.org"
    assert browser(app).get(link_in(mail)).status_code == 302  # a visitor signs in first
    assert send(client, link_in(mail)).location == "/account"
    db.session.rollback()
    user = db.session.scalars(sa.select(User)).one()
    assert (user.email, user.email_key) == ("New@b.example.org", "new@b.example.org")
    assert [mail["To"] for mail in mails(app)] == ["New@b.example.org", "old@b.example.org"]
    assert send(browser(app), "/sign-in", {"email": "new@B.example.org", "password": PASSWORD}).status_code == 302


def test_changing_to_a_known_address_answers_the_same_and_tells_its_owner(app: Flask) -> None:
    make_user("a@b.example.org")
    make_user("taken@b.example.org", name="Owner")
    client = signed_in(app, "a@b.example.org")
    answer = send(client, "/account/email", {"email": "taken@b.example.org", "password": PASSWORD})
    assert answer.location == "/account"
    [mail] = mails(app)
    assert (mail["To"], mail["Subject"]) == ("taken@b.example.org", "You already have an account")
    assert "/account/email/" not in mail.get_content()


def test_somebody_elses_link_changes_nothing(app: Flask) -> None:
    make_user("a@b.example.org")
    make_user("other@b.example.org")
    send(signed_in(app, "a@b.example.org"), "/account/email", {"email": "new@b.example.org", "password": PASSWORD})
    link = link_in(mails(app)[0])
    assert signed_in(app, "other@b.example.org").get(link).status_code == 404


def test_a_confirmed_account_is_not_mailed_again(app: Flask) -> None:
    make_user("a@b.example.org")
    client = signed_in(app, "a@b.example.org")
    assert send(client, "/confirm", page="/account").status_code == 302
    assert mails(app) == []
