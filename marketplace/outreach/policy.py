"""Who reads lists in, follows up, and looks after a delegation."""

from __future__ import annotations

from marketplace.actor import Actor
from marketplace.errors import NotAllowed, NotFound
from marketplace.events.policy import require_organise
from marketplace.outreach.models import Delegation, Invitee

__all__ = ["is_entrusted", "may_coordinate", "require_coordinate", "require_entrusted", "require_organise"]


def may_coordinate(actor: Actor, delegation: Delegation | None) -> bool:
    """Its own coordinator, and the organisers."""
    if delegation is None:
        return False
    if actor.is_organiser or actor.is_system:
        return True
    return actor.user_id is not None and actor.user_id == delegation.coordinator_id


def require_coordinate(actor: Actor, delegation: Delegation | None) -> Delegation:
    """The delegation. Raises NotFound: that there is one is nobody else's business."""
    if delegation is None or not may_coordinate(actor, delegation):
        raise NotFound
    return delegation


def is_entrusted(actor: Actor, invitee: Invitee) -> bool:
    """Whether the coordinator may speak for a home: for one that it entered itself, and for one that everybody could
    see before only once the organisers have approved that it comes with the delegation."""
    registration = invitee.registration
    if actor.is_organiser or actor.is_system:
        return True
    return not registration.organisation.is_approved or registration.state == "approved"


def require_entrusted(actor: Actor, invitee: Invitee) -> None:
    """Raises NotAllowed("approval") as long as the organisers have not decided."""
    if not is_entrusted(actor, invitee):
        raise NotAllowed("approval")
