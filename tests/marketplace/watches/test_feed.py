"""The private Atom feed of a kept search: valid, stable, what its owner may see, and gone once revoked."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.actor import Actor
from marketplace.extensions import db
from marketplace.offers import service as offers
from marketplace.organisations.models import Organisation
from marketplace.transaction import transaction
from marketplace.watches import service
from marketplace.watches.models import Watch
from tests.marketplace import factories as make

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def reader(app: Flask) -> Actor:
    _organisation, actor = make.make_organisation(kind="institution")
    return actor


@pytest.fixture
def seller(app: Flask) -> Actor:
    _organisation, actor = make.make_organisation(kind="supplier")
    return actor


def feed_of(reader: Actor, address: str = "/offers?q=bed") -> str:
    watch = service.save_search(
        actor=reader, name="Beds & more", address=address, lang="en", cadence="weekly", by_mail=True
    )
    return f"/watches/{service.make_feed(actor=reader, watch_id=watch.id)}/feed.atom"


def entries(client: FlaskClient, address: str) -> list[str]:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return [entry.findtext(f"{ATOM}id", "") for entry in ET.fromstring(answer.data).iter(f"{ATOM}entry")]


def test_a_valid_feed_of_what_the_search_finds(client: FlaskClient, reader: Actor, seller: Actor) -> None:
    content: dict[str, Any] = make.offer_content("Bed <b>& rails</b>")
    offer = make.make_offer(seller, content=content)
    make.make_offer(seller, content=make.offer_content("Wheelchair"))
    make.run_jobs()
    address = feed_of(reader)
    answer = client.get(address)
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    root = ET.fromstring(answer.data)
    assert (root.tag, root.findtext(f"{ATOM}title")) == (f"{ATOM}feed", "Beds & more")
    (entry,) = root.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}id") == f"http://market.example/offers/{offer.id}"
    assert entry.findtext(f"{ATOM}title", "").startswith("Bed <b>& rails</b>")
    # What RFC 4287 requires: one id, one title, one updated each, and an author.
    for element in (root, entry):
        assert [len(element.findall(f"{ATOM}{name}")) for name in ("id", "title", "updated", "author")] == [1, 1, 1, 1]
        assert datetime.fromisoformat(element.findtext(f"{ATOM}updated", "")).tzinfo is not None
    links = {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}
    assert links == {"alternate": "http://market.example/offers?q=bed", "self": f"http://market.example{address}"}


def test_it_is_not_sent_again_unless_something_changed(client: FlaskClient, reader: Actor, seller: Actor) -> None:
    offer = make.make_offer(seller)
    make.run_jobs()
    address = feed_of(reader)
    first = client.get(address)
    assert client.get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert client.get(address, headers={"If-Modified-Since": first.headers["Last-Modified"]}).status_code == 304
    second = make.make_offer(seller)
    make.run_jobs()
    changed = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert sorted(entries(client, address)) == [f"http://market.example/offers/{n.id}" for n in (offer, second)]


def test_withdrawn_it_is_gone(client: FlaskClient, reader: Actor, seller: Actor) -> None:
    offer = make.make_offer(seller)
    make.run_jobs()
    address = feed_of(reader)
    assert len(entries(client, address)) == 1
    offers.withdraw_offer(actor=seller, offer_id=offer.id)
    assert entries(client, address) == []


def test_it_finds_by_a_price_for_members_only_as_long_as_its_owner_is_one(
    client: FlaskClient, reader: Actor, seller: Actor
) -> None:
    make.make_offer(seller, content=make.offer_content() | {"price_audience": "members"})
    make.run_jobs()
    address = feed_of(reader, "/offers?q=bed&price_max=10000&currency=HKD")
    assert len(entries(client, address)) == 1
    with transaction():
        db.session.get_one(Organisation, reader.organisation_id).suspended_at = clock.now()
    assert entries(client, address) == []


def test_the_address_is_shown_once_replaced_and_revoked(client: FlaskClient, reader: Actor) -> None:
    watch = service.save_search(actor=reader, name="A", address="/offers", lang="en", cadence="now", by_mail=True)
    browser = make.sign_in(client, db.session.get_one(User, reader.user_id))
    page = f"/watches/{watch.id}"
    shown = make.post(browser, page, f"{page}/feed").text
    address = shown.partition("http://market.example/watches/")[2].partition("<")[0]
    assert browser.get(f"/watches/{address}").status_code == 200
    assert address.partition("/")[0] not in browser.get(page).text
    assert db.session.get_one(Watch, watch.id).feed_hash not in (None, address.partition("/")[0])
    make.post(browser, page, f"{page}/feed")
    assert browser.get(f"/watches/{address}").status_code == 404
    make.post(browser, page, f"{page}/feed/revoke")
    db.session.rollback()
    assert db.session.get_one(Watch, watch.id).feed_hash is None


@pytest.mark.parametrize("token", ["x", "0" * 43, "%ff", "a" * 5000])
def test_a_guessed_address_leads_nowhere(client: FlaskClient, token: str) -> None:
    assert client.get(f"/watches/{token}/feed.atom").status_code == 404
