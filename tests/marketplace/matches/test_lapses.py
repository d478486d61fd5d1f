"""A certificate that lapses stops counting in the kept matches on the same day, though nobody changes anything."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Flask

from marketplace import clock
from marketplace.matches import queries
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
