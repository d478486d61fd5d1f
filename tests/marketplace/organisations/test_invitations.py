"""Invitations: by mail to one address, once, for two weeks, and nobody else's business."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from flask import Flask

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.extensions import db
from marketplace.organisations.models import Invitation
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
from tests.marketplace.organisations.steps import join, make_organisation, roles

BASE = "/organisations/1/members"


def invite(client, address: str, role: str = "editor"):
    return send(client, f"{BASE}/invite", {"email": address, "role": role}, page=BASE)


def test_somebody_without_account_signs_up_and_joins(app: Flask) -> None:
    owner_id = make_user("owner@b.example.org", name="Owner").id
    make_organisation(owner_id)
    assert invite(signed_in(app, "owner@b.example.org"), "new@b.example.org").location == BASE
    [mail] = mails(app)
    assert (mail["To"], mail["Subject"]) == ("new@b.example.org", "Invitation to act for Harbour Home")
    client = browser(app)
    link = link_in(mail)
    assert "Sign in or sign up with the address new@b.example.org" in client.get(link).text
    answer = send(client, "/sign-up", {"name": "New", "email": "new@b.example.org", "password": PASSWORD},
                  page=f"/sign-up?next={link}")
    assert answer.location == link
    assert send(client, link).location == "/organisations/1"
    new = db.session.scalars(sa.select(User).where(User.name == "New")).one()
    assert roles(1) == {owner_id: "owner", new.id: "editor"}
    assert new.is_confirmed  # the link came to that mailbox
    assert client.get("/organisations/1/edit").status_code == 200
    assert client.get(link).status_code == 404  # works once


def test_only_the_invited_address_can_take_it_up(app: Flask) -> None:
    owner_id = make_user("owner@b.example.org").id
    make_organisation(owner_id)
    make_user("thief@b.example.org")
    invite(signed_in(app, "owner@b.example.org"), "new@b.example.org")
    link = link_in(mails(app)[0])
    thief = signed_in(app, "thief@b.example.org")
    page = thief.get(link)
    assert "you are signed in as thief@b.example.org" in page.text
    assert "Accept the invitation" not in page.text
    thief.post(link, data=hidden(page.text))
    assert roles(1) == {owner_id: "owner"}


def test_the_answer_does_not_tell_whether_the_address_has_an_account(app: Flask) -> None:
    make_organisation(make_user("owner@b.example.org").id)
    make_user("known@b.example.org", locale="zh_Hant")
    client = signed_in(app, "owner@b.example.org")
    first, second = invite(client, "known@b.example.org"), invite(client, "fresh@b.example.org")
    assert (first.status_code, first.location) == (second.status_code, second.location) == (302, BASE)
    page = client.get(BASE).text
    assert page.count("Take back") == 2


def test_a_member_is_not_invited_again(app: Flask) -> None:
    make_organisation(make_user("owner@b.example.org").id)
    join(1, make_user("m@b.example.org").id, "viewer")
    answer = invite(signed_in(app, "owner@b.example.org"), "M@b.example.org")
    assert (answer.status_code, errors(answer.text)) == (
        422, ["E-mail address: The person with this address belongs to the organisation already."])
    assert 'value="M@b.example.org"' in answer.text
    assert mails(app) == []


def test_a_link_is_replaced_taken_back_and_grows_old(app: Flask) -> None:
    make_organisation(make_user("owner@b.example.org").id)
    client = signed_in(app, "owner@b.example.org")
    invite(client, "new@b.example.org", "viewer")
    invite(client, "new@b.example.org", "editor")
    first, second = (link_in(mail) for mail in mails(app))
    assert (browser(app).get(first).status_code, browser(app).get(second).status_code) == (404, 200)
    with clock.frozen(clock.now() + timedelta(days=15)):
        assert browser(app).get(second).status_code == 404
    newest = db.session.scalar(sa.select(sa.func.max(Invitation.id)))
    send(client, f"/organisations/1/invitations/{newest}/revoke", page=BASE)
    assert browser(app).get(second).status_code == 404
    assert browser(app).get("/invitations/1.0000").status_code == 404


def test_another_organisations_invitations_are_neither_seen_nor_taken_back(app: Flask) -> None:
    make_organisation(make_user("owner@b.example.org").id)
    make_organisation(make_user("other@b.example.org").id, names={"en": "Other"})
    invite(signed_in(app, "owner@b.example.org"), "secret-guest@b.example.org")
    other = signed_in(app, "other@b.example.org")
    assert "secret-guest" not in other.get("/organisations/2/members").text
    answer = send(other, "/organisations/2/invitations/1/revoke", page="/organisations/2/members")
    assert answer.status_code == 404
    answer = other.post("/organisations/1/invitations/1/revoke", data=hidden(other.get("/account").text))
    assert answer.status_code == 403
    assert browser(app).get(link_in(mails(app)[0])).status_code == 200


def test_members_who_are_not_owners_do_not_see_invitations(app: Flask) -> None:
    make_organisation(make_user("owner@b.example.org").id)
    join(1, make_user("editor@b.example.org").id, "editor")
    invite(signed_in(app, "owner@b.example.org"), "secret-guest@b.example.org")
    editor = signed_in(app, "editor@b.example.org")
    assert "secret-guest" not in editor.get(BASE).text
    token = hidden(editor.get("/account").text)
    answer = editor.post(f"{BASE}/invite", data={**token, "email": "x@b.example.org", "role": "owner"})
    assert answer.status_code == 403


def test_who_has_not_confirmed_their_own_address_invites_nobody(app: Flask) -> None:
    client = browser(app)
    send(client, "/sign-up", {"name": "A", "email": "a@b.example.org", "password": PASSWORD})
    make_organisation(db.session.scalar(sa.select(User.id)), approved=False)
    assert invite(client, "victim@b.example.org").status_code == 403
    assert [mail["To"] for mail in mails(app)] == ["a@b.example.org"]


def test_a_double_click_sends_one_mail(app: Flask) -> None:
    make_organisation(make_user("owner@b.example.org").id)
    client = signed_in(app, "owner@b.example.org")
    data = {**hidden(client.get(BASE).text), "email": "new@b.example.org", "role": "viewer"}
    assert [client.post(f"{BASE}/invite", data=data).status_code for _ in range(2)] == [302, 302]
    assert len(mails(app)) == 1


def test_bad_input_is_said_at_its_field(app: Flask) -> None:
    make_organisation(make_user("owner@b.example.org").id)
    answer = invite(signed_in(app, "owner@b.example.org"), "not an address", "")
    assert answer.status_code == 422
    assert errors(answer.text) == [
        "E-mail address: Please give an e-mail address, for example name@example.org.", "Role: Please fill this in."]


def test_what_was_typed_is_text_in_the_notice_after_it(app: Flask) -> None:
    make_organisation(make_user("owner@b.example.org").id)
    client = signed_in(app, "owner@b.example.org")
    invite(client, "a&b@b.example.org")
    assert "An invitation is on its way to a&amp;b@b.example.org." in client.get(BASE).text
