"""A price that its owner hides is nowhere: on no page, in no filter, no order, no facet, no match, no history."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.accounts.models import User
from marketplace.actor import Actor
from marketplace.extensions import db
from tests.marketplace import factories as make

PRICE, BUDGET = 7654321, 8765432  # in cents, so that no other number of a page is like them
SPELLINGS = ("7654321", "76543", "76,543", "8765432", "87654", "87,654")


class Market:
    """An offer and a demand for the same thing whose price and budget are told to `audience` alone."""

    def __init__(self, app: Flask, audience: str) -> None:
        self.app = app
        self.supplier, self.seller = make.make_organisation(kind="supplier")
        self.institution, self.buyer = make.make_organisation(kind="institution")
        facts = {
            "price": {"minor": PRICE, "currency": "MOP"}, "price_max": {"minor": PRICE, "currency": "MOP"},
            "serves": ["HK"], "load_kg": 200,
        }
        self.offer = make.make_offer(self.seller, content=make.offer_content(facts=facts, price_audience=audience)).id
        budget = {"minor": BUDGET, "currency": "MOP", "basis": "total"}
        self.demand = make.make_demand(
            self.buyer, content=make.demand_content(budget=budget, price_audience=audience)
        ).id
        make.run_jobs()

    def browser(self, actor: Actor | None) -> FlaskClient:
        client = self.app.test_client()
        client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
        return client if actor is None else make.sign_in(client, db.session.get(User, actor.user_id))

    def pages(self) -> list[str]:
        pair = f"/matches/{self.demand}/{self.offer}"
        return [
            "/", "/offers", "/offers?q=bed", "/demands", "/demands?q=bed", f"/offers/{self.offer}",
            f"/demands/{self.demand}", f"/organisations/{self.supplier.id}", f"/organisations/{self.institution.id}",
            "/matches", pair, f"/demands/{self.demand}/matches", "/inbox", "/desk", f"/offers/{self.offer}/history",
            f"/demands/{self.demand}/history", f"/offers/{self.offer}/preview", f"/demands/{self.demand}/edit",
        ]

    def told(self, actor: Actor | None, hidden: tuple[str, ...] = SPELLINGS) -> dict[str, Any]:
        """The pages that show one of the spellings, and which."""
        client, found = self.browser(actor), {}
        for page in self.pages():
            text = client.get(page).text
            if seen := [spelling for spelling in hidden if spelling in text]:
                found[page] = seen
        return found


def stranger(approved: bool) -> Actor:
    return make.make_organisation(kind="both", approved=approved)[1]


@pytest.mark.parametrize(("audience", "reader"), [
    ("hidden", "visitor"), ("hidden", "unapproved"), ("hidden", "approved"), ("members", "visitor"),
    ("members", "unapproved"),
])
def test_no_page_tells_it(app: Flask, audience: str, reader: str) -> None:
    market = Market(app, audience)
    actor = None if reader == "visitor" else stranger(reader == "approved")
    assert market.told(actor) == {}
    client = market.browser(actor)
    for page in ("/offers", "/demands"):
        listed = client.get(page).text
        assert client.get(f"{page}?currency=MOP&price_max=90000").text.count("<article") == 0
        assert client.get(f"{page}?currency=MOP&price_min=1").text.count("<article") == 0
        assert "MOP" not in listed.replace('value="MOP"', "").replace(">MOP", "")
    assert client.get("/offers?sort=price_asc&currency=MOP").status_code == 200


def test_each_side_of_a_match_knows_its_own_alone(app: Flask) -> None:
    market = Market(app, "hidden")
    assert [page for page, seen in market.told(market.buyer).items() if set(seen) & set(SPELLINGS[:3])] == []
    assert [page for page, seen in market.told(market.seller).items() if set(seen) & set(SPELLINGS[3:])] == []


def test_a_price_for_members_is_told_to_them(app: Flask) -> None:
    market = Market(app, "members")
    assert f"/offers/{market.offer}" in market.told(stranger(approved=True))
