"""The pages of demands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Flask, current_app

from marketplace.demands.desk import DESK
from marketplace.listings.views import ListingViews

# Given a demand's row, the markup that stands on its page where its matches belong.
MatchesSlot = Callable[[Any], str]


def fill_matches_slot(app: Flask, slot: MatchesSlot) -> None:
    """Let a higher room show a demand's matches on the demand's page."""
    app.extensions["demand_matches_slot"] = slot


class DemandViews(ListingViews):
    """What a demand's page shows beyond an offer's."""

    def page_facts(self, listing: Any) -> dict[str, Any]:
        """Its matches, as the room that knows them shows them."""
        slot = current_app.extensions.get("demand_matches_slot")
        return {"matches_slot": slot(listing) if slot is not None else ""}


blueprint = Blueprint("demands", __name__)
views = DemandViews(DESK)
views.add_to(blueprint)
