"""Who may ask and who may answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from marketplace.actor import Actor
from marketplace.errors import NotAllowed, NotFound
from marketplace.listings import policy as listings
from marketplace.listings.states import PUBLIC, state_of


def require_ask(actor: Actor, demand: Any, offer: Any, now: datetime) -> None:
    """The demander's editors ask about an offer that is public.

    Raises:
        NotFound: not the actor's demand, or an offer that strangers may not see.
        NotAllowed: only a viewer ("role"), or the organisation is not approved ("approval").
    """
    if demand is None or actor.organisation_id is None or demand.organisation_id != actor.organisation_id:
        raise NotFound
    if offer is None or state_of(offer, offer.organisation, now) not in PUBLIC:
        raise NotFound
    if not actor.may_edit:
        raise NotAllowed("role")
    if not actor.is_verified:
        raise NotAllowed("approval")


def require_see(actor: Actor, offer: Any) -> None:
    """What is asked of an offer is its own organisation's business. Raises NotFound."""
    if offer is None or offer.live_version_id is None or not listings.is_own(actor, offer):
        raise NotFound


def require_answer(actor: Actor, offer: Any) -> None:
    """The offer's editors answer. Raises NotFound, NotAllowed("viewer")."""
    require_see(actor, offer)
    listings.require_edit(actor, offer)
