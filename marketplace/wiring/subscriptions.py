"""Which room's event another room follows. Everything runs in the transaction of the event."""

from __future__ import annotations

from typing import Any

from flask import Flask

from marketplace import hooks
from marketplace.accounts.web import current_actor
from marketplace.demands import policy as demand_policy
from marketplace.demands.documents import all_demand_ids, demand_documents
from marketplace.demands.service import touch_demands_of
from marketplace.demands.views import fill_matches_slot
from marketplace.events.panels import register_panel as register_event_panel
from marketplace.files import policy as file_policy
from marketplace.floor import arrivals, freed
from marketplace.indexing import service as indexing
from marketplace.matches import service as matches
from marketplace.matches.slot import matches_on_page
from marketplace.matches.telling import let_tell
from marketplace.matchmaking import after, event_pages, slides
from marketplace.matchmaking import sessions as matchmaking_sessions
from marketplace.notifications import service as notifications
from marketplace.offers import policy as offer_policy
from marketplace.offers.documents import all_offer_ids, offer_documents
from marketplace.offers.service import touch_offers_of
from marketplace.organisations import policy as organisation_policy
from marketplace.organisations.panels import register_panel
from marketplace.outreach import board_views, claim_views, delegation_views
from marketplace.questions import service as questions
from marketplace.watches import matching as watches
from marketplace.wiring import announcing, merging
from marketplace.wiring.panels import open_listings


def install(app: Flask) -> None:
    """Subscribe, and say which documents the index is made of."""
    indexing.register_maker(app, "offer", offer_documents, all_offer_ids)
    indexing.register_maker(app, "demand", demand_documents, all_demand_ids)
    for what in ("published", "withdrawn", "confirmed"):
        hooks.subscribe(app, f"offer_{what}", _judge_offer)
        hooks.subscribe(app, f"demand_{what}", _judge_demand)
    hooks.subscribe(app, "offer_published", _watch_offer)
    hooks.subscribe(app, "demand_published", _watch_demand)
    for what in ("offer_withdrawn", "organisation_renamed"):
        hooks.subscribe(app, what, _follow_profile)
    let_tell(app, watches.keep_match)
    hooks.subscribe(app, "matches_kept", questions.note_unknown)
    fill_matches_slot(app, matches_on_page)
    app.extensions["current_actor"] = current_actor
    for kind, policy in (("offer", offer_policy), ("demand", demand_policy), ("organisation", organisation_policy)):
        file_policy.register(app, kind, policy.may_read_file)
    file_policy.register(app, "slides", slides.may_read_file)
    file_policy.register(app, "evidence", after.may_read_evidence)
    hooks.subscribe(app, "slots_freed", _offer_freed)
    hooks.subscribe(app, "person_arrived", _came)
    hooks.subscribe(app, "person_removed", matchmaking_sessions.keep_people_of_meetings)
    register_event_panel(app, "public", event_pages.public_panel)
    register_event_panel(app, "organiser", event_pages.organiser_panel)
    register_event_panel(app, "organiser", board_views.organiser_panel)
    register_event_panel(app, "public", delegation_views.public_panel)
    register_panel(app, claim_views.public_panel)
    hooks.subscribe(app, "organisation_invited", notifications.tell_invited)
    register_panel(app, open_listings)
    hooks.subscribe(app, "organisation_identity_changed", announcing.tell_counterparts)
    merging.install(app)
    hooks.subscribe(app, "organisation_credentials_changed", _judge_offers_of)
    for what in ("renamed", "approved", "suspended", "restored"):
        hooks.subscribe(app, f"organisation_{what}", _reindex_listings)


def _offer_freed(*, session_id: int, **_facts: Any) -> None:
    freed.offer_freed(session_id)


def _came(*, person_id: int, **_facts: Any) -> None:
    arrivals.came(person_id)


def _judge_offer(*, offer_id: int, **_facts: Any) -> None:
    matches.request_offer(offer_id)


def _judge_demand(*, demand_id: int, **_facts: Any) -> None:
    matches.request_demand(demand_id)


def _watch_offer(*, offer_id: int, **_facts: Any) -> None:
    watches.request("offer", offer_id)


def _watch_demand(*, demand_id: int, **_facts: Any) -> None:
    watches.request("demand", demand_id)


def _follow_profile(*, organisation_id: int, **_facts: Any) -> None:
    watches.request_profile(organisation_id)


def _judge_offers_of(*, organisation_id: int, **_facts: Any) -> None:
    """Requirements are judged by what the supplier holds, too."""
    for offer_id in touch_offers_of(organisation_id):
        matches.request_offer(offer_id)


def _reindex_listings(*, organisation_id: int, **_facts: Any) -> None:
    """Whatever a listing's document says of its owner has changed."""
    touch_offers_of(organisation_id)
    touch_demands_of(organisation_id)
