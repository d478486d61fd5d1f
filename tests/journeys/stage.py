"""What stands on the site before a journey that is not about how it came there: made through its services."""

from __future__ import annotations

from dataclasses import dataclass

from marketplace import create_app
from marketplace.extensions import db
from marketplace.settings import Settings
from tests.journeys.market import Market
from tests.marketplace import factories as make


@dataclass(frozen=True)
class Pair:
    """A published demand and a published offer that fits it, each of an approved organisation of one person."""

    demand_id: int
    offer_id: int
    institution_id: int
    institution_email: str
    supplier_email: str


def set_stage(market: Market) -> Pair:
    """Make a pair beside what the site holds, and wait until its worker has indexed, judged and told."""
    app = create_app(Settings.from_environment(market.site.environment))
    with app.app_context():
        buyer, seller = make.make_user(), make.make_user()
        institution, as_buyer = make.make_organisation(kind="institution", owner=buyer)
        _supplier, as_seller = make.make_organisation(kind="supplier", owner=seller)
        offer = make.make_offer(as_seller)
        demand = make.make_demand(as_buyer)
        pair = Pair(demand.id, offer.id, institution.id, buyer.email, seller.email)
        db.session.remove()
        db.engine.dispose()
    market.rest()
    return pair
