"""A supplier asks how its offer stands for a demand: the same judgement, and nothing of anybody else."""

from __future__ import annotations

import pytest
from flask import Flask

from marketplace.accounts.models import User
from marketplace.errors import NotFound
from marketplace.extensions import db
from marketplace.matches import queries, standing
from marketplace.offers import service as offers
from tests.marketplace import factories as make


@pytest.fixture
def seller(app: Flask):
    return make.make_organisation(kind="supplier", name="Asking Firm")[1]


@pytest.fixture
def demand(app: Flask):
    _home, buyer = make.make_organisation(kind="institution")
    return make.make_demand(
        buyer,
        content=make.demand_content(
            budget={"minor": 1_234_500, "currency": "HKD", "basis": "each"}, price_audience="hidden"
        ),
    )


def page(app: Flask, actor, demand, offer_id=""):
    client = make.sign_in(app.test_client(), db.session.get(User, actor.user_id))
    return client.get(f"/demands/{demand.id}/my-offer?offer={offer_id}")


def test_a_listed_offer_has_the_place_and_the_judgement_that_the_institution_sees(app: Flask, seller, demand) -> None:
    _rival, other = make.make_organisation(kind="supplier", name="Rival Firm")
    make.make_offer(other)
    offer = make.make_offer(seller, content=make.offer_content("Nursing bed", facts={"serves": ["CN-4401"]}))
    make.run_jobs()
    found = standing.standing(actor=seller, demand_id=demand.id, offer_id=offer.id)
    assert (found.reason, found.place) == ("", 2)
    kept = {row.offer.id: row.match for row in queries.matches_of_demand(demand.id, actor=seller)}[offer.id]
    assert (found.match["band"], found.match["score"]) == (kept["band"], kept["score"])
    shown = page(app, seller, demand, offer.id)
    assert shown.status_code == 200
    assert "place 2" in shown.text
    assert "Rival Firm" not in shown.text
    assert "12,345" not in shown.text
    assert "1234500" not in str(found.match)


def test_what_is_another_thing_says_so(app: Flask, seller, demand) -> None:
    make.make_offer(seller)
    lunch = make.make_offer(seller, content=make.offer_content("Hot lunch box delivery", kind="food_meals", facts={}))
    make.run_jobs()
    found = standing.standing(actor=seller, demand_id=demand.id, offer_id=lunch.id)
    assert found.match["band"] == "near miss"
    assert found.stopped_by[0] in ("kind", "thing")
    assert found.is_another


def test_an_offer_that_is_not_public_says_why(app: Flask, seller, demand) -> None:
    draft = make.make_offer(seller, publish=False)
    gone = make.make_offer(seller)
    offers.withdraw_offer(actor=seller, offer_id=gone.id)
    make.run_jobs()
    assert standing.standing(actor=seller, demand_id=demand.id, offer_id=draft.id).reason == "draft"
    assert standing.standing(actor=seller, demand_id=demand.id, offer_id=gone.id).reason == "withdrawn"
    assert "it is withdrawn" in page(app, seller, demand, gone.id).text


def test_nobody_asks_for_anothers_offer_or_of_a_draft(app: Flask, seller, demand) -> None:
    _rival, other = make.make_organisation(kind="supplier")
    offer = make.make_offer(other)
    make.run_jobs()
    with pytest.raises(NotFound):
        standing.standing(actor=seller, demand_id=demand.id, offer_id=offer.id)
    assert page(app, seller, demand, offer.id).status_code == 404
    _home, buyer = make.make_organisation(kind="institution")
    draft = make.make_demand(buyer, publish=False)
    own = make.make_offer(seller)
    with pytest.raises(NotFound):
        standing.standing(actor=seller, demand_id=draft.id, offer_id=own.id)


def test_the_way_there_stands_on_the_demands_page_for_suppliers(app: Flask, seller, demand) -> None:
    client = make.sign_in(app.test_client(), db.session.get(User, seller.user_id))
    assert f"/demands/{demand.id}/my-offer" in client.get(f"/demands/{demand.id}").text
    assert "my-offer" not in app.test_client().get(f"/demands/{demand.id}").text
