"""Interest, declines and contacts: who may say what, and who sees whom."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from marketplace.accounts.models import User
from marketplace.actor import Actor
from marketplace.errors import Invalid, NotAllowed, NotFound
from marketplace.extensions import db
from marketplace.matches import queries, service
from marketplace.matches.models import Answer
from marketplace.notifications.models import Notification
from marketplace.offers import queries as offers
from tests.marketplace import factories as make


class Pair:
    """A supplier with an offer and an institution with a demand that it meets."""

    def __init__(self) -> None:
        _supplier, self.seller = make.make_organisation(kind="supplier")
        _institution, self.buyer = make.make_organisation(kind="institution")
        self.offer_id = make.make_offer(self.seller).id
        self.demand_id = make.make_demand(self.buyer).id
        make.run_jobs()

    def say(self, actor: Actor, answer: str = "interested", **more: Any) -> Answer:
        return service.answer(actor=actor, demand_id=self.demand_id, offer_id=self.offer_id, answer=answer, **more)

    @property
    def address(self) -> str:
        return f"/matches/{self.demand_id}/{self.offer_id}"


@pytest.fixture
def pair(app: Flask) -> Pair:
    return Pair()


def user_of(actor: Actor) -> User:
    return db.session.get(User, actor.user_id)


def page(app: Flask, actor: Actor, address: str) -> tuple[int, str]:
    client = make.sign_in(app.test_client(), user_of(actor))
    answer = client.get(address)
    return answer.status_code, answer.text


def kinds_told(actor: Actor) -> list[str]:
    return [
        row.kind
        for row in db.session.scalars(
            sa.select(Notification)
            .where(Notification.organisation_id == actor.organisation_id)
            .order_by(Notification.id)
        )
    ]


def test_contacts_are_shown_to_each_side_only_after_both_agreed(app: Flask, pair: Pair) -> None:
    secret_of_seller, secret_of_buyer = (f"secret{actor.user_id}@example.com" for actor in (pair.seller, pair.buyer))
    pair.say(pair.seller)
    for actor in (pair.seller, pair.buyer):
        status, text = page(app, actor, pair.address)
        assert status == 200
        assert secret_of_seller not in text
        assert secret_of_buyer not in text
        assert "5550 0000" not in text
    pair.say(pair.buyer)
    _status, seen_by_seller = page(app, pair.seller, pair.address)
    assert (secret_of_buyer in seen_by_seller, secret_of_seller in seen_by_seller) == (True, False)
    _status, seen_by_buyer = page(app, pair.buyer, pair.address)
    assert (secret_of_seller in seen_by_buyer, secret_of_buyer in seen_by_buyer) == (True, False)
    assert kinds_told(pair.buyer)[-2:] == ["answer_received", "contacts_opened"]
    pair.say(pair.seller, "declined", reason="time")
    _status, text = page(app, pair.buyer, pair.address)
    assert secret_of_seller not in text


def test_a_third_organisation_does_not_learn_that_there_is_a_pair(app: Flask, pair: Pair) -> None:
    _competitor, rival = make.make_organisation(kind="both")
    pair.say(pair.seller)
    assert page(app, rival, pair.address)[0] == 404
    assert page(app, rival, f"/demands/{pair.demand_id}/matches")[0] == 404
    with pytest.raises(NotFound):
        pair.say(rival)


def test_an_organiser_sees_both_sides_but_no_contact(app: Flask, pair: Pair) -> None:
    pair.say(pair.seller, message="We can show it in Sha Tin.")
    pair.say(pair.buyer, "declined", reason="price")
    organiser = make.make_user(organiser=True)
    client = make.sign_in(app.test_client(), organiser)
    listed = client.get("/organiser/pairs").text
    assert "Price or budget does not fit" in listed
    shown = client.get(pair.address)
    assert shown.status_code == 200
    assert "We can show it in Sha Tin." in shown.text
    assert "secret" not in shown.text


@pytest.mark.parametrize(
    ("roles", "reason"),
    [({"viewer", "approved"}, "role"), ({"owner"}, None)],
)
def test_who_only_views_does_not_answer(app: Flask, pair: Pair, roles: set[str], reason: str | None) -> None:
    actor = replace(pair.seller, roles=frozenset(roles))
    if reason is None:
        assert pair.say(actor).answer == "interested"  # approval is asked of the row, never of what the actor claims
        return
    with pytest.raises(NotAllowed) as refused:
        pair.say(actor)
    assert refused.value.reason == reason


def test_a_suspended_organisation_does_not_answer(app: Flask, pair: Pair) -> None:
    from marketplace import clock
    from marketplace.organisations.models import Organisation
    from marketplace.transaction import transaction

    with transaction():
        db.session.get(Organisation, pair.seller.organisation_id).suspended_at = clock.now()
    with pytest.raises(NotAllowed) as refused:
        pair.say(pair.seller)
    assert refused.value.reason == "approval"


@pytest.mark.parametrize(
    ("answer", "more", "errors"),
    [
        ("perhaps", {}, {"answer": "unknown_choice"}),
        ("declined", {}, {"reason": "required"}),
        ("declined", {"reason": "mood"}, {"reason": "unknown_choice"}),
        ("interested", {"message": "x" * 2001}, {"message": "too_long"}),
    ],
)
def test_a_bad_answer_is_refused_at_its_field(pair: Pair, answer: str, more: dict[str, str], errors: dict[str, str]):
    with pytest.raises(Invalid) as refused:
        pair.say(pair.seller, answer, **more)
    assert {name: error.code for name, error in refused.value.errors.items()} == errors
    assert db.session.scalars(sa.select(Answer)).all() == []


def test_a_decline_without_reason_keeps_what_was_typed(app: Flask, pair: Pair) -> None:
    client = make.sign_in(app.test_client(), user_of(pair.seller))
    answer = make.post(client, pair.address, pair.address + "/answer", answer="declined", message="Not in stock")
    assert answer.status_code == 422
    assert "Not in stock" in answer.text
    assert "Please fill this in." in answer.text
    sent = make.post(client, pair.address, pair.address + "/answer", answer="declined", reason="capacity")
    assert (sent.status_code, sent.location) == (302, pair.address)


def test_saying_the_same_twice_tells_once_and_both_sides_at_once_open_contacts_once(app: Flask, pair: Pair) -> None:
    pair.say(pair.seller)
    pair.say(pair.seller, message="again")
    assert kinds_told(pair.buyer).count("answer_received") == 1

    errors: list[BaseException] = []

    def agree(actor: Actor) -> None:
        with app.app_context():
            try:
                pair.say(actor)
            except BaseException as error:
                errors.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=agree, args=(actor,)) for actor in (pair.seller, pair.buyer, pair.buyer)]
    db.session.rollback()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert kinds_told(pair.buyer).count("contacts_opened") == 1
    assert kinds_told(pair.seller).count("contacts_opened") == 1
    assert service.contacts_open(pair.demand_id, pair.offer_id)


def test_a_visitor_is_asked_to_sign_in(client: FlaskClient, pair: Pair) -> None:
    answer = client.get(pair.address)
    assert (answer.status_code, answer.location) == (302, f"/sign-in?next={pair.address}")


def test_a_counterpart_is_given_the_fields_that_were_chosen_and_no_other(app: Flask, pair: Pair) -> None:
    from marketplace.organisations.models import Organisation
    from marketplace.transaction import transaction

    contact = {"person": "Ms Given", "email": "kept.back@example.com", "phone": "+852 5555 0001", "wechat": "given-id"}
    with transaction():
        seller = db.session.get(Organisation, pair.seller.organisation_id)
        seller.contact, seller.contact_given = contact, ["person", "wechat"]
    pair.say(pair.seller)
    pair.say(pair.buyer)
    shown = page(app, pair.buyer, pair.address)[1]
    assert {key: text in shown for key, text in contact.items()} == {
        "person": True,
        "email": False,
        "phone": False,
        "wechat": True,
    }
    with transaction():  # changed later: from then on
        db.session.get(Organisation, pair.seller.organisation_id).contact_given = []
    shown = page(app, pair.buyer, pair.address)[1]
    assert [text for text in contact.values() if text in shown] == []
    assert "This organisation has chosen to give no contact here." in shown


def test_interest_lets_the_other_side_know_what_is_told_on_invitation(app: Flask) -> None:
    _supplier, seller = make.make_organisation(kind="supplier")
    _institution, buyer = make.make_organisation(kind="institution")
    _rival, neighbour = make.make_organisation(kind="institution")
    facts = {"price": {"minor": 765400, "currency": "HKD"}, "serves": ["HK"], "load_kg": 200}
    offer = make.make_offer(seller, content=make.offer_content(facts=facts, price_audience="invited")).id
    budget = {"minor": 1000000, "currency": "HKD", "basis": "each"}
    demand = make.make_demand(buyer, content=make.demand_content(budget=budget)).id
    make.make_demand(neighbour)
    make.run_jobs()

    def known() -> tuple[bool, bool, str]:
        [row] = offers.published_offers([offer], actor=buyer)
        [other] = offers.published_offers([offer], actor=neighbour)
        [judged] = queries.matches_of_demand(demand, actor=buyer)
        [gate] = [one for one in judged.match["gates"] if one["name"] == "budget"]
        return "price" in row.content["facts"], "price" in other.content["facts"], gate["state"]

    said = []
    for answer in (None, ("interested", None), ("declined", "price")):
        if answer:
            service.answer(actor=seller, demand_id=demand, offer_id=offer, answer=answer[0], reason=answer[1])
            make.run_jobs()
        said.append(known())
    assert said == [(False, False, "unknown"), (True, False, "passed"), (False, False, "unknown")]
