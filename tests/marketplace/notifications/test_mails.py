"""Mails about notifications: each once, in the recipient's language, and stopped with one click (RFC 8058)."""

from __future__ import annotations

import re
from email.message import EmailMessage

import sqlalchemy as sa
from flask import Flask

from marketplace.accounts.models import User
from marketplace.extensions import db
from marketplace.notifications import delivery
from marketplace.notifications.models import Delivery
from marketplace.organisations import members
from marketplace.outbox import service as outbox
from marketplace.outbox.models import Job
from tests.marketplace.accounts.steps import PASSWORD, browser, mails, make_user, send
from tests.marketplace.notifications.test_inbox import tell
from tests.marketplace.organisations.steps import acting, join, make_organisation


class Broken:
    """A mail server that takes the message and then fails, and keeps what it was given."""

    def __init__(self, failures: int) -> None:
        self.failures = failures
        self.taken: list[EmailMessage] = []

    def deliver(self, message: EmailMessage) -> None:
        self.taken.append(message)
        if len(self.taken) <= self.failures:
            raise OSError("connection lost")


def stop_path(message: EmailMessage) -> str:
    found = re.fullmatch(r"<http://market\.example(/unsubscribe/\S+)>", message["List-Unsubscribe"])
    assert found is not None
    return found.group(1)


def test_each_member_is_told_in_their_own_language_with_a_way_to_stop(app: Flask) -> None:
    owner_id = make_user("owner@b.example.org", locale="zh_Hant").id
    make_organisation(owner_id)
    join(1, make_user("english@b.example.org", locale="en").id, "viewer")
    tell()
    by_address = {mail["To"]: mail for mail in mails(app)}
    assert set(by_address) == {"owner@b.example.org", "english@b.example.org"}
    english = by_address["english@b.example.org"]
    assert english["Subject"] == "A demand that you may meet: Thirty nursing beds"
    assert "Your offer Bed & mattress <b>: strong match." in english.get_content()
    assert "http://market.example/matches" in english.get_content()
    assert english["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert stop_path(english) in english.get_content()
    assert "護理床三十張" in by_address["owner@b.example.org"]["Subject"]
    assert stop_path(english) != stop_path(by_address["owner@b.example.org"])


def test_who_wants_none_or_has_not_confirmed_gets_none(app: Flask) -> None:
    make_organisation(make_user("owner@b.example.org").id)
    silent = make_user("silent@b.example.org")
    silent_id = silent.id
    join(1, silent_id, "editor")
    client = browser(app)
    send(client, "/sign-up", {"name": "A", "email": "unproved@b.example.org", "password": PASSWORD})
    join(1, db.session.scalar(sa.select(sa.func.max(User.id))), "viewer")
    db.session.execute(sa.update(User).where(User.id == silent_id).values(mail_wanted=False))
    db.session.commit()
    tell()
    about = [mail["To"] for mail in mails(app) if mail["List-Unsubscribe"]]
    assert about == ["owner@b.example.org"]


def test_one_click_works_without_session_cookie_or_token(app: Flask) -> None:
    user_id = make_user("owner@b.example.org").id
    make_organisation(user_id)
    tell()
    path = stop_path(mails(app)[0])
    asked = browser(app).get(path)
    assert asked.status_code == 200
    assert wanted(user_id)  # looking at the page changes nothing
    answer = browser(app).post(path, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert not wanted(user_id)
    assert browser(app).post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200  # again is no error
    tell(key="later")
    assert len(mails(app)) == 1


def wanted(user_id: int) -> bool:
    db.session.rollback()
    return db.session.scalar(sa.select(User.mail_wanted).where(User.id == user_id))


def test_a_made_up_link_stops_nobodys_mails(app: Flask) -> None:
    user_id = make_user("owner@b.example.org").id
    make_user("other@b.example.org")
    with app.test_request_context("/"):
        digest = delivery.unsubscribe_text(user_id).partition(".")[2]
    for text in (f"2.{digest}", "1.", "1", f"1.{digest[:-1]}", "x", "9" * 30 + ".a"):
        assert browser(app).post(f"/unsubscribe/{text}").status_code == 404
        assert browser(app).get(f"/unsubscribe/{text}").status_code == 404
    assert wanted(user_id)


def test_a_mail_that_waits_is_dropped_when_it_is_no_longer_wanted(app: Flask) -> None:
    owner_id = make_user("owner@b.example.org").id
    gone_id = make_user("gone@b.example.org").id
    make_organisation(owner_id)
    join(1, gone_id, "viewer")
    tell()
    members.leave(actor=acting(gone_id, 1), organisation_id=1)
    db.session.execute(sa.update(User).where(User.id == owner_id).values(mail_wanted=False))
    db.session.commit()
    assert mails(app) == []
    rows = db.session.scalars(sa.select(Delivery)).all()
    assert [(row.sent_at is None, row.dropped_at is not None) for row in rows] == [(True, True), (True, True)]


def test_a_mail_sent_again_after_a_failure_carries_the_same_message_id(app: Flask) -> None:
    make_organisation(make_user("owner@b.example.org").id)
    tell()
    server = app.extensions["mailer"] = Broken(failures=1)
    [job] = outbox.claim("fast")
    assert outbox.run(job) is False
    db.session.execute(sa.update(Job).values(run_at=job.created_at))
    db.session.commit()
    [job] = outbox.claim("fast")
    assert outbox.run(job) is True
    assert len({message["Message-ID"] for message in server.taken}) == 1
    assert len(server.taken) == 2


def test_a_job_that_runs_twice_sends_once(app: Flask) -> None:
    make_organisation(make_user("owner@b.example.org").id)
    tell()
    server = app.extensions["mailer"] = Broken(failures=0)
    [job] = outbox.claim("fast")
    delivery.handle(job)
    delivery.handle(job)
    assert len(server.taken) == 1
    assert db.session.scalar(sa.select(Delivery.sent_at)) is not None
