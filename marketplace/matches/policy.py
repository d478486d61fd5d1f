"""Who may see the matches of a demand, who may answer, and who sees whose contact."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from marketplace.actor import Actor
from marketplace.errors import NotAllowed, NotFound
from marketplace.listings.states import state_of


def side_of(actor: Actor, demand: Any, offer: Any) -> str | None:
    """On which side of the pair the actor's organisation stands; None for a third party."""
    if actor.organisation_id is None:
        return None
    if actor.organisation_id == demand.organisation_id:
        return "institution"
    if actor.organisation_id == offer.organisation_id:
        return "supplier"
    return None


def may_see_matches(actor: Actor, demand: Any) -> bool:
    """The demander's people and organisers; which offers fit is nobody else's business."""
    return actor.is_organiser or (actor.organisation_id is not None and actor.organisation_id == demand.organisation_id)


def require_see_matches(actor: Actor, demand: Any) -> None:
    """Raises NotFound where the matches may not be seen."""
    if not may_see_matches(actor, demand):
        raise NotFound


def require_answer(actor: Actor, demand: Any, offer: Any) -> str:
    """The side for which the actor answers.

    Raises:
        NotFound: the actor stands on neither side.
        NotAllowed: only a viewer ("role"), or the organisation is not approved ("approval").
    """
    side = side_of(actor, demand, offer)
    if side is None:
        raise NotFound
    if not actor.may_edit:
        raise NotAllowed("role")
    organisation = demand.organisation if side == "institution" else offer.organisation
    if organisation.approved_at is None or organisation.suspended_at is not None:
        raise NotAllowed("approval")
    return side


def require_join(actor: Actor, demand: Any, now: datetime) -> None:
    """Approved institutions join another's open demand.

    Raises:
        NotFound: no such demand, or not open.
        NotAllowed: "approval", "role", "institution", "own", or "not joined" where nobody acts for the demander yet.
    """
    if demand is None or state_of(demand, demand.organisation, now) != "open":
        raise NotFound
    if actor.organisation_id == demand.organisation_id:
        raise NotAllowed("own")
    if demand.organisation.from_public_source:
        raise NotAllowed("not joined")
    if not actor.is_verified:
        raise NotAllowed("approval")
    if not actor.may_edit:
        raise NotAllowed("role")
    if "institution" not in actor.roles:
        raise NotAllowed("institution")


def may_join(actor: Actor, demand: Any, now: datetime) -> bool:
    """Whether `require_join` lets the actor through."""
    try:
        require_join(actor, demand, now)
    except (NotAllowed, NotFound):
        return False
    return True


def require_ask_again(share: Any) -> None:
    """Raises NotAllowed("declined") where the demander declined the share before."""
    if share is not None and share.state == "declined":
        raise NotAllowed("declined")


def require_see_shares(actor: Actor, demand: Any) -> None:
    """Who joins, and with how much, is the demander's to know. Raises NotFound."""
    if demand is None or actor.organisation_id is None or actor.organisation_id != demand.organisation_id:
        raise NotFound


def require_decide(actor: Actor, demand: Any) -> None:
    """Raises NotFound for another's demand, NotAllowed ("role", "approval") for who may only look."""
    require_see_shares(actor, demand)
    if not actor.may_edit:
        raise NotAllowed("role")
    if not actor.is_verified:
        raise NotAllowed("approval")


def require_leave(actor: Actor, share: Any) -> None:
    """Raises NotFound without a share of the actor's organisation, NotAllowed("role") for a viewer."""
    if share is None:
        raise NotFound
    if not actor.may_edit:
        raise NotAllowed("role")


def require_ask_why(actor: Actor, offer: Any) -> None:
    """How an offer stands is told to its own people. Raises NotFound for anybody else."""
    if offer is None or actor.organisation_id is None or actor.organisation_id != offer.organisation_id:
        raise NotFound
