"""Cards exchanged by scanning a badge: consent of both, stored once, notes of one's own."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from lxml import html

from marketplace.errors import Invalid, NotFound
from marketplace.events.models import Person
from marketplace.extensions import db
from marketplace.floor import arrivals, cards
from marketplace.floor.cards import Notes
from marketplace.floor.models import CardExchange
from marketplace.matchmaking.models import Participation
from marketplace.matchmaking.views import link_of
from tests.marketplace import factories as make
from tests.marketplace.matchmaking.steps import World


def english(app: Flask) -> FlaskClient:
    """A phone whose browser asks for English."""
    client = app.test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.fixture
def world(app: Flask) -> World:
    return World(buyers=2, suppliers=1)


def person(world: World, row: tuple[int, object]) -> Person:
    return db.session.get(Person, world.people[row[0]][0])


def test_a_card_is_seen_when_both_agree_and_a_submission_counts_once(app: Flask, world: World) -> None:
    me, other, third = (person(world, one).id for one in (world.buyers[0], world.suppliers[0], world.buyers[1]))
    notes = Notes(need="equipment", interest="strong", next_step="quote")
    first = cards.scan(scanner_id=me, scanned_id=other, notes=notes, submission_id="once")
    again = cards.scan(scanner_id=me, scanned_id=other, notes=Notes(), submission_id="once")
    assert (first.id, again.need, again.agreed_at) == (again.id, "equipment", None)
    assert cards.cards_of([other])[1] == [first]
    with pytest.raises(NotFound):
        cards.answer(card_id=first.id, person_ids=[third], agrees=True)
    cards.answer(card_id=first.id, person_ids=[other], agrees=False)
    assert [one.id for one in cards.cards_of([me])[2]] == [first.id]   # a refusal looks like no answer
    cards.answer(card_id=first.id, person_ids=[other], agrees=True)
    assert [[one.id for one in group] for group in cards.cards_of([me])] == [[first.id], [], []]
    with pytest.raises(Invalid):
        cards.scan(scanner_id=me, scanned_id=me, notes=notes)
    with pytest.raises(Invalid):
        cards.scan(scanner_id=me, scanned_id=other, notes=Notes(need="gossip"))


def test_two_who_scan_each_other_both_agree(app: Flask, world: World) -> None:
    me, other = person(world, world.buyers[0]).id, person(world, world.suppliers[0]).id
    cards.scan(scanner_id=me, scanned_id=other, notes=Notes())
    cards.scan(scanner_id=other, scanned_id=me, notes=Notes())
    assert [one.agreed_at is not None for one in db.session.scalars(sa.select(CardExchange))] == [True, True]


def test_a_phone_scans_with_the_card_of_its_owner(app: Flask, world: World) -> None:
    mine, theirs = person(world, world.buyers[0]), person(world, world.suppliers[0])
    theirs.mobile = "5550 9876"
    db.session.commit()
    badge = f"/b/{arrivals.badge_of(theirs)}"
    phone = english(app)
    stranger = phone.get(badge).text
    assert ("This is my phone" in stranger, theirs.name in stranger, theirs.mobile in stranger) == (True, False, False)
    link = link_of(db.session.get(Participation, world.buyers[0][0]))
    assert make.post(phone, f"/t/{link}/today", f"/t/{link}/phone", person=str(mine.id)).status_code == 303
    assert make.post(phone, badge, badge, need="equipment", interest="some", next_step="call", when="7",
                     submission_id="tap").status_code == 303
    assert theirs.mobile not in phone.get(badge).text
    (card,) = db.session.scalars(sa.select(CardExchange))
    assert (card.need, card.interest, card.next_step, card.next_on is not None) == ("equipment", "some", "call", True)
    other = english(app)
    link = link_of(db.session.get(Participation, world.suppliers[0][0]))
    assert "offers you a card" in other.get(f"/t/{link}/today").text
    assert make.post(other, f"/t/{link}/today", f"/t/{link}/cards/{card.id}", agree="1").status_code == 303
    assert theirs.mobile in phone.get(badge).text
    # What one side tapped is its own.
    assert "Call" not in other.get(f"/t/{link}/today").text
    assert phone.get("/b/1.nothing").status_code == 404


def test_a_badge_says_by_an_opaque_id_whose_card_the_phone_offers(app: Flask, world: World) -> None:
    badge = f"/b/{arrivals.badge_of(person(world, world.suppliers[0]))}"
    phone, found = english(app), []
    for buyer in (*world.buyers, world.buyers[0]):
        link = link_of(db.session.get(Participation, buyer[0]))
        make.post(phone, f"/t/{link}/today", f"/t/{link}/phone", person=str(person(world, buyer).id))
        found += html.document_fromstring(phone.get(badge).text).xpath("//form[@data-card]/@data-card-of")
    assert found == [cards.holder_of(person(world, one)) for one in (*world.buyers, world.buyers[0])]
    assert cards.person_of_phone(found[0]) is None   # it is not the key that makes a phone somebody's
    assert "data-card-of" not in phone.get("/b/offline").text


def test_a_phone_without_network_keeps_a_page_for_badges(app: Flask) -> None:
    phone = english(app)
    script, page = phone.get("/b/worker.js"), phone.get("/b/offline")
    assert (script.mimetype, page.status_code, "data-card" in page.text) == ("text/javascript", 200, True)
