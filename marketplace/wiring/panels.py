"""What stands on an organisation's page of rooms above it."""

from __future__ import annotations

from flask import g, render_template

from marketplace.actor import Actor
from marketplace.demands.queries import demands_of
from marketplace.offers.queries import offers_of


def open_listings(organisation_id: int, actor: Actor) -> str:
    """The organisation's open offers and demands as cards; "" where it has none.

    The first picture of an offer is kept as `g.sharing_picture`, the id of a file: the page is shared with it.
    """
    offers, demands = offers_of(organisation_id, actor), demands_of(organisation_id, actor)
    pictures = [row.content["pictures"][0] for row in offers if row.content.get("pictures")]
    g.sharing_picture = pictures[0]["file"] if pictures else None
    if not offers and not demands:
        return ""
    return render_template("organisations/_listings.html", offers=offers, demands=demands)
