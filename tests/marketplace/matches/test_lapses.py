"""A certificate that lapses stops counting in the kept matches on the same day, though nobody changes anything."""

from __future__ import annotations

from datetime import UTC, date, datetime

from flask import Flask

from marketplace import clock
from marketplace.matches import queries
from marketplace.organisations import credentials
from tests.marketplace import factories as make


def test_a_lapsed_certificate_counts_no_more_the_same_day(app: Flask) -> None:
    with clock.frozen(datetime(2026, 11, 20, 8, tzinfo=UTC)):
        _supplier, seller = make.make_organisation(kind="supplier")
        _institution, buyer = make.make_organisation(kind="institution")
        facts = {"serves": ["HK"], "device_number": "粤械注准20202081234", "device_valid_until": "2026-11-30"}
        make.make_offer(seller, content=make.offer_content(facts=facts))
        demand = make.make_demand(buyer, content=make.demand_content(facts={"registered_in": ["cn"]})).id
        make.run_jobs()

    def credential(at: datetime) -> str:
        with clock.frozen(at):
            make.run_jobs()
            [judged] = queries.matches_of_demand(demand, actor=buyer)
            [gate] = [gate for gate in judged.match["gates"] if gate["name"] == "credential"]
            return gate["state"]

    found = [credential(datetime(2026, 11, 30, hour, 0, 1, tzinfo=UTC)) for hour in (15, 16)]
    assert found == ["passed", "unknown"]


def test_what_the_supplier_holds_counts_until_its_last_day_and_as_long_as_it_is_there(app: Flask) -> None:
    with clock.frozen(datetime(2026, 11, 20, 8, tzinfo=UTC)):
        _supplier, seller = make.make_organisation(kind="supplier")
        _institution, buyer = make.make_organisation(kind="institution")
        make.make_offer(seller)
        needs = [{"need": "must", "text": {"zh-Hans": "供应商须持有有效的ISO 13485认证"}}]
        demand = make.make_demand(buyer, content=make.demand_content(requirements=needs)).id
        make.run_jobs()

    def state(at: datetime) -> str:
        with clock.frozen(at):
            make.run_jobs()
            [judged] = queries.matches_of_demand(demand, actor=buyer)
            [requirement] = judged.match["requirements"]
            return requirement["state"]

    held = {
        "actor": seller,
        "organisation_id": seller.organisation_id,
        "issuer": "SGS",
        "number": "",
        "scope": "",
        "file_id": None,
        "kind": "ISO 13485",
    }
    with clock.frozen(datetime(2026, 11, 20, 9, tzinfo=UTC)):
        before = state(clock.now())
        credentials.add_credential(**held, expires_on=date(2026, 11, 30), submission_id="a")
    found = [state(datetime(2026, 11, day, hour, 0, 1, tzinfo=UTC)) for day, hour in ((20, 10), (30, 15), (30, 16))]
    with clock.frozen(datetime(2026, 12, 1, 9, tzinfo=UTC)):
        renewed = credentials.add_credential(**held, expires_on=date(2027, 11, 30), submission_id="b").id
    again = state(datetime(2026, 12, 1, 10, tzinfo=UTC))
    with clock.frozen(datetime(2026, 12, 1, 11, tzinfo=UTC)):
        credentials.remove_credential(actor=seller, organisation_id=seller.organisation_id, credential_id=renewed)
    gone = state(datetime(2026, 12, 1, 12, tzinfo=UTC))
    assert [before, *found, again, gone] == ["unknown", "met", "met", "unknown", "met", "unknown"]
