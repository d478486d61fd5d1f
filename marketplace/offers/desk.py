"""What the shared machinery of listings needs to know of offers."""

from __future__ import annotations

from marketplace.listings.desk import BODY, TEXTS, Desk
from marketplace.offers.models import Offer, OfferVersion, OfferVersionFile

DESK = Desk(
    name="offer",
    plural="offers",
    listing=Offer,
    version=OfferVersion,
    version_file=OfferVersionFile,
    body=BODY["offer"],
    texts=TEXTS["offer"],
    role="is_supplier",
)
