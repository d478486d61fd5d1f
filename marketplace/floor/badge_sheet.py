"""Badges of everybody at an event, to print and cut apart."""

from __future__ import annotations

from flask import render_template, request, url_for

from marketplace.accounts.web import require_organiser
from marketplace.events import queries as events
from marketplace.floor import arrivals
from marketplace.floor.blueprint import blueprint

# More codes at once are slow on a phone; it is a whole number of sheets of eight.
PART = 160


@blueprint.get("/organiser/events/<int:event_id>/badges")
@require_organiser
def badges(event_id: int) -> str:
    """Each person's name, organisation, and the code that is scanned."""
    event = events.find(event_id)
    everybody = events.people_of(event_id)
    pages = max(1, -(-len(everybody) // PART))
    page = min(max(1, request.args.get("page", 1, type=int)), pages)
    sides: dict[int, str] = {}
    stands: dict[int, str] = {}
    for one in events.registrations_of(event_id, only_approved=True):
        before = sides.get(one.organisation_id, one.side)
        sides[one.organisation_id] = one.side if before == one.side else "both"
        if one.booth is not None:
            stands[one.organisation_id] = one.booth.code
    some = everybody[(page - 1) * PART:page * PART]
    return render_template(
        "floor/badges.html", event=event, total=len(everybody), page=page, pages=pages, sides=sides, stands=stands,
        people=[(person, url_for("floor.badge", token=arrivals.badge_of(person))) for person in some])
