"""What this room adds to the pages of an event: its sessions, and the listings of those who take part."""

from __future__ import annotations

from flask import render_template

from marketplace.accounts.web import current_actor
from marketplace.actor import Actor
from marketplace.demands.queries import published_demands
from marketplace.errors import NotFound
from marketplace.events import policy as event_policy
from marketplace.events import queries as event_queries
from marketplace.events.models import Event
from marketplace.matchmaking import queries
from marketplace.matchmaking.blueprint import blueprint
from marketplace.offers.queries import published_offers

SHOWN = 8
MOST = 3000


def public_panel(event: Event, actor: Actor) -> str:
    """Open sessions, and some of what is needed and offered by those who take part."""
    offers, demands = queries.listing_ids(event.id)
    return render_template(
        "matchmaking/_public_panel.html", event=event, sessions=queries.sessions_of(event.id, only_open=True),
        offers=published_offers(offers[:SHOWN], actor=actor), demands=published_demands(demands[:SHOWN], actor=actor),
        offer_count=len(offers), demand_count=len(demands))


def organiser_panel(event: Event, _actor: Actor) -> str:
    """All sessions, and the way to another."""
    return render_template("matchmaking/_organiser_panel.html", event=event,
                           sessions=queries.sessions_of(event.id, only_open=False))


@blueprint.get("/events/<slug>/booklet/<what>")
def booklet(slug: str, what: str) -> str:
    """What is needed, or offered, by those who take part, with codes, to print; nobody's contact is in it."""
    if what not in ("offers", "demands"):
        raise NotFound
    actor = current_actor()
    event = event_policy.require_see(actor, event_queries.by_slug(slug))
    offers, demands = queries.listing_ids(event.id)
    rows = (published_offers(offers[:MOST], actor=actor) if what == "offers"
            else published_demands(demands[:MOST], actor=actor))
    booths = {one.organisation_id: one.booth.code for one in event_queries.registrations_of(
        event.id, only_approved=True, side="supply") if one.booth is not None}
    return render_template("matchmaking/booklet.html", event=event, what=what, rows=rows, booths=booths)
