"""Who may see the matches of a demand, who may answer, and who sees whose contact."""

from __future__ import annotations

from typing import Any

from marketplace.actor import Actor
from marketplace.errors import NotAllowed, NotFound


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
