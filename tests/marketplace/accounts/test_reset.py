"""A forgotten password: a link by mail, once, for one hour, and nothing said about who has an account."""

from __future__ import annotations

import re
from datetime import timedelta

import sqlalchemy as sa
from flask import Flask

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.extensions import db
from marketplace.outbox.models import Job
from tests.marketplace.accounts.steps import PASSWORD, browser, errors, link_in, mails, make_user, send, signed_in

NEW = "nine boats in the harbour"


def test_a_link_sets_a_new_password_and_signs_out_every_device(app: Flask) -> None:
    make_user("a@b.example.org", locale="zh_Hans")
    held = signed_in(app, "a@b.example.org")
    send(browser(app), "/reset", {"email": "a@b.example.org"})
    [mail] = mails(app)
    assert mail["To"] == "a@b.example.org"
    client = browser(app)
    answer = send(client, link_in(mail), {"password": NEW})
    assert (answer.status_code, answer.location) == (302, "/sign-in")
    assert held.get("/account").status_code == 302
    assert send(browser(app), "/sign-in", {"email": "a@b.example.org", "password": PASSWORD}).status_code == 422
    assert send(browser(app), "/sign-in", {"email": "a@b.example.org", "password": NEW}).status_code == 302
    assert client.get(link_in(mail)).status_code == 404
    assert len(mails(app)) == 2  # and the owner is told that it was changed


def test_the_answer_does_not_tell_whether_the_address_has_an_account(app: Flask) -> None:
    make_user("known@b.example.org")
    shown = []
    for address in ("known@b.example.org", "other@b.example.org"):
        answer = send(browser(app), "/reset", {"email": address})
        shown.append((answer.status_code, re.sub(r'value="[^"]*"', "", answer.text).replace(address, "ADDRESS")))
    assert shown[0] == shown[1]
    assert shown[0][0] == 200
    assert [mail["To"] for mail in mails(app)] == ["known@b.example.org"]


def test_a_link_works_for_an_hour_and_only_the_newest(app: Flask) -> None:
    make_user("a@b.example.org")
    send(browser(app), "/reset", {"email": "a@b.example.org"})
    send(browser(app), "/reset", {"email": "a@b.example.org"})
    first, second = (link_in(mail) for mail in mails(app))
    assert browser(app).get(first).status_code == 404
    assert browser(app).get(second).status_code == 200
    with clock.frozen(clock.now() + timedelta(hours=1, seconds=1)):
        assert browser(app).get(second).status_code == 404


def test_a_link_of_one_purpose_does_not_serve_another_and_cannot_be_made_up(app: Flask) -> None:
    make_user("a@b.example.org")
    send(browser(app), "/reset", {"email": "a@b.example.org"})
    text = link_in(mails(app)[0]).removeprefix("/reset/")
    number, _, digest = text.partition(".")
    made_up = [f"/confirm/{text}", f"/reset/{number}.{digest[:-1]}0" + "x", f"/reset/2.{digest}", "/reset/1",
               "/reset/1.", "/reset/x.y", f"/reset/{'9' * 30}.{digest}", "/reset/%00"]
    assert [browser(app).get(path).status_code for path in made_up] == [404] * len(made_up)


def test_no_job_and_no_table_holds_a_link(app: Flask) -> None:
    make_user("a@b.example.org")
    send(browser(app), "/reset", {"email": "a@b.example.org"})
    kept = str(db.session.execute(sa.select(Job.payload)).all())
    [mail] = mails(app)
    digest = link_in(mail).partition(".")[2]
    assert digest not in kept
    there = set(sa.inspect(db.engine).get_table_names())
    for table in (table for table in db.metadata.sorted_tables if table.name in there):
        assert digest not in str(db.session.execute(sa.select(table)).all())


def test_setting_a_password_by_mail_also_proves_the_address(app: Flask) -> None:
    send(browser(app), "/sign-up", {"name": "A", "email": "a@b.example.org", "password": PASSWORD})
    stranger = signed_in(app, "a@b.example.org")
    send(browser(app), "/reset", {"email": "a@b.example.org"})
    link = next(link_in(mail) for mail in mails(app) if "/reset/" in mail.get_content())
    send(browser(app), link, {"password": NEW})
    db.session.rollback()
    assert [user.is_confirmed for user in db.session.scalars(sa.select(User))] == [True]
    assert stranger.get("/account").status_code == 302


def test_a_weak_new_password_is_refused_and_the_link_still_works(app: Flask) -> None:
    make_user("a@b.example.org")
    send(browser(app), "/reset", {"email": "a@b.example.org"})
    link = link_in(mails(app)[0])
    answer = send(browser(app), link, {"password": "a@b.example.org"})
    assert (answer.status_code, errors(answer.text)) == (
        422, ["New password: The password must not be the e-mail address."])
    assert send(browser(app), link, {"password": NEW}).status_code == 302
