"""A published demand is matched, suppliers are told once, and a changed offer is matched against open demands."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask

from marketplace.demands import service as demands
from marketplace.extensions import db
from marketplace.indexing import service as indexing
from marketplace.matches import queries
from marketplace.matches.models import Match
from marketplace.notifications.models import Notification
from marketplace.offers import service as offers
from marketplace.organisations.models import Organisation
from tests.marketplace import factories as make


def told() -> list[tuple[int, str, str]]:
    rows = db.session.scalars(sa.select(Notification).order_by(Notification.id))
    return [(row.organisation_id, row.kind, row.params["offer_title"].get("en", "")) for row in rows]


def test_a_published_demand_finds_the_offer_and_tells_its_supplier_once(app: Flask) -> None:
    _supplier, seller = make.make_organisation(kind="supplier")
    _institution, buyer = make.make_organisation(kind="institution")
    offer = make.make_offer(seller)
    make.make_offer(seller, content=make.offer_content("Hot lunch box delivery", kind="food_meals", facts={}))
    make.run_jobs()
    demand = make.make_demand(buyer)
    make.run_jobs()

    judged = queries.matches_of_demand(demand.id, actor=buyer)
    assert judged[0].offer.id == offer.id
    assert judged[0].match["band"] in ("strong", "partial")
    [requirement] = judged[0].match["requirements"]
    assert (requirement["state"], requirement["need"]) == ("met", "must")
    assert "200" in str(requirement["why"])
    assert told() == [(seller.organisation_id, "new_match", "Electric nursing bed")]

    demands.save_draft(
        actor=buyer,
        demand_id=demand.id,
        base_version_id=demand.live_version_id,
        raw=make.demand_content("40张电动护理床"),
    )
    demands.publish_demand(actor=buyer, demand_id=demand.id)
    make.run_jobs()
    assert len(told()) == 1


def test_a_new_offer_is_matched_against_open_demands_and_the_institution_is_told(app: Flask) -> None:
    _institution, buyer = make.make_organisation(kind="institution")
    demand = make.make_demand(buyer)
    make.run_jobs()
    assert queries.matches_of_demand(demand.id, actor=buyer) == []
    _supplier, seller = make.make_organisation(kind="supplier")
    offer = make.make_offer(seller)
    make.run_jobs()
    assert [one.offer.id for one in queries.matches_of_demand(demand.id, actor=buyer)] == [offer.id]
    assert told() == [(buyer.organisation_id, "new_match", "Electric nursing bed")]


def test_the_supplier_is_told_of_a_new_demand_also_where_its_offer_is_judged_later(app: Flask) -> None:
    """The worker is behind: the demand is in the index already when the offer published before it is judged."""
    _supplier, seller = make.make_organisation(kind="supplier")
    _institution, buyer = make.make_organisation(kind="institution")
    make.make_offer(seller)
    demand = make.make_demand(buyer)
    indexing.run_own_jobs("demand", demand.id)
    make.run_jobs()
    assert told() == [(seller.organisation_id, "new_match", "Electric nursing bed")]


def test_a_withdrawn_offer_leaves_the_matches(app: Flask) -> None:
    _supplier, seller = make.make_organisation(kind="supplier")
    _institution, buyer = make.make_organisation(kind="institution")
    offer, demand = make.make_offer(seller), make.make_demand(buyer)
    make.run_jobs()
    assert len(queries.matches_of_demand(demand.id, actor=buyer)) == 1
    offers.withdraw_offer(actor=seller, offer_id=offer.id)
    # At once, before any job: the page repeats visibility.
    assert queries.matches_of_demand(demand.id, actor=buyer) == []
    make.run_jobs()
    assert db.session.scalars(sa.select(Match)).all() == []


def test_an_organisations_own_offer_is_no_match_of_its_demand(app: Flask) -> None:
    _both, actor = make.make_organisation(kind="both")
    make.make_offer(actor)
    demand = make.make_demand(actor)
    make.run_jobs()
    assert queries.matches_of_demand(demand.id, actor=actor) == []
    assert told() == []


def test_what_is_kept_of_a_match_does_not_hold_a_hidden_price(app: Flask) -> None:
    _supplier, seller = make.make_organisation(kind="supplier")
    _institution, buyer = make.make_organisation(kind="institution")
    make.make_offer(
        seller,
        content=make.offer_content(
            facts={"price": {"minor": 98765400, "currency": "HKD"}, "serves": ["HK"]}, price_audience="hidden"
        ),
    )
    demand = make.make_demand(
        buyer, content=make.demand_content(budget={"minor": 1000000, "currency": "HKD", "basis": "each"})
    )
    make.run_jobs()
    [judged] = queries.matches_of_demand(demand.id, actor=buyer)
    [budget] = [gate for gate in judged.match["gates"] if gate["name"] == "budget"]
    assert budget["state"] == "unknown"
    assert "987654" not in str(judged.match)
    assert "price" not in judged.offer.content["facts"]


def test_a_suspended_suppliers_offers_are_not_shown(app: Flask) -> None:
    from marketplace import clock
    from marketplace.transaction import transaction

    supplier, seller = make.make_organisation(kind="supplier")
    _institution, buyer = make.make_organisation(kind="institution")
    make.make_offer(seller)
    demand = make.make_demand(buyer)
    make.run_jobs()
    with transaction():
        db.session.get(Organisation, supplier.id).suspended_at = clock.now()
    assert queries.matches_of_demand(demand.id, actor=buyer) == []


def test_a_page_of_matches_costs_the_same_number_of_statements_for_1_and_30(app: Flask) -> None:
    _supplier, seller = make.make_organisation(kind="supplier")
    _institution, buyer = make.make_organisation(kind="institution")
    demand = make.make_demand(buyer)
    counted: list[str] = []
    sa.event.listen(db.engine, "before_cursor_execute", lambda _c, _cur, statement, *_more: counted.append(statement))

    def statements() -> int:
        db.session.rollback()
        counted.clear()
        queries.matches_of_demand(demand.id, actor=buyer)
        return len([s for s in counted if s.lstrip().upper().startswith("SELECT")])

    make.make_offer(seller)
    make.run_jobs()
    one = statements()
    for number in range(29):
        make.make_offer(seller, content=make.offer_content(f"Electric nursing bed {number}"))
    make.run_jobs()
    assert len(queries.matches_of_demand(demand.id, actor=buyer)) == 30
    assert statements() == one
