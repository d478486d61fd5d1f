"""Messages with a personal link, from the sender's page to the recipient's answer."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.actor import Actor
from marketplace.audit.models import AuditEvent
from marketplace.extensions import db
from marketplace.matches.models import Answer
from marketplace.messages import service, subjects
from marketplace.messages.models import PersonalLink
from marketplace.notifications.models import Notification
from tests.marketplace import factories as make
from tests.marketplace.accounts import steps
from tests.marketplace.accounts.test_numbers import code_to, texts

NUMBER = "+85291234567"


@dataclass
class World:
    """An institution's demand that a supplier's offer meets; the supplier's person has a number."""

    app: Flask
    buyer: Actor
    seller: Actor
    demand: int
    offer: int

    def browser(self, actor: Actor | None = None) -> FlaskClient:
        client = steps.browser(self.app)
        return client if actor is None else make.sign_in(client, db.session.get(User, actor.user_id))

    def message(self, about: str = "match", actor: Actor | None = None, **fields: Any) -> tuple[FlaskClient, str, str]:
        """The sender's browser, the text of a new message, and the path of its link."""
        client = self.browser(actor or self.buyer)
        subject = fields.pop("subject", f"demand_id={self.demand}&offer_id={self.offer}")
        data = {"country": "HK", "number": "9123 4567", "email": "", "locale": "", "recipient": "", **fields}
        answer = steps.send(client, f"/messages/new?about={about}&{subject}", data)
        assert answer.status_code == 303, steps.errors(answer.text)
        text = text_on(client.get(answer.location).text)
        return client, text, path_in(text)


def text_on(page: str) -> str:
    found = re.search(r"<textarea[^>]*readonly[^>]*>(.*?)</textarea>", page, re.S)
    assert found is not None, page
    return html.unescape(found[1]).strip()


def path_in(text: str) -> str:
    found = re.search(r"http://market\.example(/m/\S+)", text)
    assert found is not None, text
    return found[1]


@pytest.fixture
def world(app: Flask) -> World:
    _institution, buyer = make.make_organisation(kind="institution", name="Quay Home")
    _supplier, seller = make.make_organisation(kind="supplier", name="Lamp Beds")
    offer = make.make_offer(seller).id
    demand = make.make_demand(buyer).id
    make.run_jobs()
    person = db.session.get(User, seller.user_id)
    assert person is not None
    person.phone, person.phone_confirmed_at = NUMBER, clock.now()
    db.session.commit()
    return World(app, buyer, seller, demand, offer)


def test_an_invitation_leads_from_a_chat_to_the_answer_with_one_code(world: World) -> None:
    _sender, text, path = world.message()
    assert text.split("\n")[0] == "【銀髮市集】" or text.startswith("【")
    recipient = world.browser()
    page = recipient.get(path)
    assert (page.status_code, page.headers["Cache-Control"], page.headers["Referrer-Policy"]) == (
        200, "no-store", "no-referrer")
    assert "+852 91••••67" in page.text
    assert NUMBER not in page.text
    answer = steps.send(recipient, path)
    assert answer.location == f"{path}/code"
    answer = steps.send(recipient, answer.location, {"code": code_to(world.app, NUMBER)})
    assert answer.location == f"/matches/{world.demand}/{world.offer}#answer"
    pair = answer.location.partition("#")[0]
    steps.send(recipient, f"{pair}/answer", {"answer": "interested"}, page=pair)
    db.session.rollback()
    said = db.session.scalars(sa.select(Answer)).one()
    assert (said.side, said.answer, said.user_id) == ("supplier", "interested", world.seller.user_id)


def test_looking_at_a_link_neither_uses_it_nor_sends_a_code(world: World) -> None:
    _sender, _text, path = world.message()
    for _ in range(3):
        assert world.browser().get(path).status_code == 200
    db.session.rollback()
    assert db.session.scalars(sa.select(PersonalLink)).one().state == "open"
    assert texts(world.app) == []


def test_who_is_signed_in_as_the_recipient_needs_no_code(world: World) -> None:
    _sender, _text, path = world.message()
    recipient = world.browser(world.seller)
    assert steps.send(recipient, path).location == f"/matches/{world.demand}/{world.offer}#answer"
    assert texts(world.app) == []


def test_somebody_else_is_told_whose_link_it_is_and_gets_nowhere(world: World) -> None:
    _sender, _text, path = world.message()
    _other, stranger = make.make_organisation(kind="supplier")
    client = world.browser(stranger)
    page = client.get(path).text
    assert "This link was made for +852 91••••67, but you are signed in as" in page
    assert steps.send(client, path).status_code == 200
    db.session.rollback()
    assert db.session.scalars(sa.select(PersonalLink)).one().used_at is None
    assert texts(world.app) == []


def test_a_code_for_one_link_does_not_open_another(world: World) -> None:
    _sender, _text, first = world.message()
    _sender, _text, second = world.message(number="9123 4599")
    client = world.browser()
    steps.send(client, first)
    assert client.get(f"{second}/code").location == second


def test_a_link_works_once_and_says_so(world: World) -> None:
    _sender, _text, path = world.message()
    recipient = world.browser(world.seller)
    steps.send(recipient, path)
    again = recipient.get(path)
    assert (again.status_code, "You used this link already" in again.text) == (200, True)
    assert f"/matches/{world.demand}/{world.offer}#answer" in again.text
    other = world.browser().get(path)
    assert other.status_code == 410
    assert "If it was you who used it, sign in with +852 91••••67" in other.text
    assert "If it was not you, tell the sender" in other.text


def test_a_link_that_is_old_taken_back_or_cut_off_says_what_to_do(world: World) -> None:
    sender, _text, path = world.message()
    with clock.frozen(clock.now() + timedelta(days=14, seconds=1)):
        page = world.browser().get(path)
        assert (page.status_code, "Ask the sender for a new one." in page.text) == (410, True)
    db.session.rollback()
    link_id = db.session.scalars(sa.select(PersonalLink.id)).one()
    steps.send(sender, f"/messages/{link_id}/revoke", page=f"/messages/{link_id}")
    page = world.browser().get(path)
    assert (page.status_code, "The sender has taken it back." in page.text) == (410, True)
    page = world.browser().get(path[:-3])
    assert (page.status_code, "Copy the whole line from the message" in page.text) == (404, True)


def test_who_has_no_account_signs_up_by_the_same_code_and_stands_before_the_demand(world: World) -> None:
    _sender, _text, path = world.message("demand", subject=f"demand_id={world.demand}", country="CN",
                                         number="138 0013 8000", recipient="刘经理")
    client = world.browser()
    steps.send(client, path)
    answer = steps.send(client, f"{path}/code", {"code": code_to(world.app, "+8613800138000")})
    assert answer.location == f"/demands/{world.demand}"
    assert client.get(answer.location).status_code == 200
    db.session.rollback()
    made = db.session.scalars(sa.select(User).where(User.phone == "+8613800138000")).one()
    assert (made.name, made.is_confirmed) == ("刘经理", True)


def test_an_invitation_to_a_demand_opens_the_recipients_own_match(world: World) -> None:
    _sender, _text, path = world.message("demand", subject=f"demand_id={world.demand}")
    assert steps.send(world.browser(world.seller), path).location == f"/matches/{world.demand}/{world.offer}#answer"


def test_a_link_to_an_address_is_opened_with_a_code_by_mail(world: World) -> None:
    _sender, _text, path = world.message(number="", email="lee@example.org")
    client = world.browser()
    assert "l•••@example.org" in client.get(path).text
    steps.send(client, path)
    [mail] = [mail for mail in steps.mails(world.app) if mail["To"] == "lee@example.org"]
    answer = steps.send(client, f"{path}/code", {"code": mail.get_content().split()[0]})
    # A stranger to the pair is let into no match by a link: the public page of the demand is all there is.
    assert answer.location == f"/demands/{world.demand}"


@pytest.mark.parametrize(
    ("country", "number", "chosen", "title"),
    [("CN", "13800138000", "", "30张电动护理床"), ("HK", "91234567", "", "30張電動護理床"),
     ("CN", "13800138000", "zh_Hant", "30張電動護理床"), ("HK", "91234567", "zh_Hans", "30张电动护理床")],
)
def test_the_text_is_in_the_recipients_script(
    world: World, country: str, number: str, chosen: str, title: str
) -> None:
    _sender, text, _path = world.message(country=country, number=number, locale=chosen)
    assert title in text
    assert len(text) < 400


def test_the_text_is_carried_by_any_program(world: World) -> None:
    sender, text, _path = world.message()
    page = html.unescape(sender.get("/messages/1").text)
    hrefs = {urlsplit(href).scheme: href for href in re.findall(r'href="((?:https://wa\.me|sms|mailto)[^"]*)"', page)}
    assert hrefs["https"].startswith("https://wa.me/85291234567?text=")
    assert parse_qs(urlsplit(hrefs["https"]).query)["text"] == [text]
    assert hrefs["sms"].startswith("sms:+85291234567?&body=%E3%80%90")
    assert parse_qs(urlsplit(hrefs["mailto"]).query)["body"] == [text]


def test_what_was_sent_by_hand_is_noted_with_who_when_and_how(world: World) -> None:
    sender, _text, _path = world.message(recipient="Ms Lee")
    for _ in range(2):
        assert steps.send(sender, "/messages/1/sent", {"way": "wechat"}, page="/messages/1").status_code == 303
    steps.send(sender, "/messages/1/sent", {"way": "whatsapp"}, page="/messages/1")
    page = sender.get("/messages").text
    assert ("Ms Lee" in page, page.count("WeChat, "), page.count("WhatsApp, ")) == (True, 1, 1)
    db.session.rollback()
    noted = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "message.sent_by_hand")).all()
    assert [event.user_id for event in noted] == [world.buyer.user_id] * 2
    answer = steps.send(sender, "/messages/1/sent", {}, page="/messages/1")
    assert answer.status_code == 422


def test_a_message_without_a_recipient_or_with_two_is_refused_and_nothing_is_lost(world: World) -> None:
    client = world.browser(world.buyer)
    address = f"/messages/new?about=demand&demand_id={world.demand}"
    for number, email in (("", ""), ("91234567", "lee@example.org")):
        answer = steps.send(client, address, {"country": "HK", "number": number, "email": email, "locale": "",
                                              "recipient": "Ms Lee"})
        assert answer.status_code == 422
        assert steps.errors(answer.text) == [
            "Their mobile number: Please give a mobile number or an e-mail address: one of the two."]
        assert 'value="Ms Lee"' in answer.text


def test_one_submission_makes_one_message(world: World) -> None:
    client = world.browser(world.buyer)
    address = f"/messages/new?about=demand&demand_id={world.demand}"
    fields = {**steps.hidden(client.get(address).text), "country": "HK", "number": "91234567", "locale": ""}
    assert [client.post(address, data=fields).location for _ in range(2)] == ["/messages/1"] * 2


def test_strangers_make_and_read_no_messages_about_what_they_may_not_see(world: World) -> None:
    _sender, _text, _path = world.message()
    _other, stranger = make.make_organisation(kind="both")
    client = world.browser(stranger)
    notice = db.session.scalars(sa.select(Notification.id)).first()
    draft = make.make_demand(world.buyer, publish=False).id
    db.session.rollback()
    statuses = {
        address: client.get(address).status_code
        for address in (
            "/messages/1", f"/messages/new?about=match&demand_id={world.demand}&offer_id={world.offer}",
            f"/messages/new?about=notice&notification_id={notice}", f"/messages/new?about=demand&demand_id={draft}",
            "/messages/new?about=demand", "/messages/new?about=demand&demand_id=x", "/messages/new?about=all",
            "/messages/new?about=invitation&invitation_id=1", "/messages/new?about=event&event_id=1")
    }
    assert set(statuses.values()) == {404}, statuses
    token = steps.hidden(client.get("/messages").text + client.get("/account").text)["csrf_token"]
    for verb in ("sent", "revoke"):
        data = {"csrf_token": token, "way": "sms"}
        assert client.post(f"/messages/1/{verb}", data=data).status_code == 404


def test_a_notice_goes_to_a_colleague_with_its_words(world: World) -> None:
    notice = db.session.scalars(
        sa.select(Notification).where(Notification.organisation_id == world.seller.organisation_id)).first()
    assert notice is not None
    notice_id = notice.id
    db.session.rollback()
    _sender, text, path = world.message("notice", world.seller, subject=f"notification_id={notice_id}", locale="en")
    assert "A demand that you may meet: 30张电动护理床" in text
    assert steps.send(world.browser(world.seller), path).location == "/matches"


def test_an_invitation_to_an_organisation_travels_to_the_address_that_was_invited_only(world: World) -> None:
    client = world.browser(world.buyer)
    members = f"/organisations/{world.buyer.organisation_id}/members"
    steps.send(client, f"{members}/invite", {"email": "lee@example.org", "role": "viewer"}, page=members)
    assert "about=invitation" in client.get(members).text
    answer = steps.send(client, "/messages/new?about=invitation&invitation_id=1",
                        {"email": "thief@example.org", "locale": "en"})
    assert answer.status_code == 422
    assert steps.errors(answer.text)[0].endswith("This invitation is for another address. Invite this one first.")
    _sender, _text, path = world.message("invitation", subject="invitation_id=1", number="", email="lee@example.org")
    guest = world.browser()
    steps.send(guest, path)
    mail = [mail for mail in steps.mails(world.app) if mail["To"] == "lee@example.org"][-1]
    answer = steps.send(guest, f"{path}/code", {"code": mail.get_content().split()[0]})
    assert answer.location.startswith("/invitations/")
    assert "Accept the invitation" in guest.get(answer.location).text


def test_a_link_used_at_the_same_time_is_used_once(world: World) -> None:
    _sender, _text, path = world.message()
    text = path.removeprefix("/m/")
    actor = Actor(user_id=world.seller.user_id, kind="member")
    service.use(actor=actor, text=text)
    with pytest.raises(Exception, match="link_used"):
        service.use(actor=actor, text=text)
    with pytest.raises(subjects.NotFound):
        service.use(actor=world.buyer, text=text)


@pytest.mark.parametrize("page", ["/demands/{demand}", "/matches/{demand}/{offer}", "/demands/{demand}/matches"])
def test_what_can_be_sent_says_so_on_its_page(world: World, page: str) -> None:
    shown = world.browser(world.buyer).get(page.format(demand=world.demand, offer=world.offer)).text
    assert "Copy as message" in shown
    assert "/messages/new?about=" in shown
