"""The pages of offers."""

from __future__ import annotations

from flask import Blueprint

from marketplace.listings.views import ListingViews
from marketplace.offers.desk import DESK

blueprint = Blueprint("offers", __name__)
views = ListingViews(DESK)
views.add_to(blueprint)
