"""Who reads lists in, follows up, and looks after a delegation."""

from __future__ import annotations

from marketplace.actor import Actor
from marketplace.errors import NotFound
from marketplace.events.policy import require_organise
from marketplace.outreach.models import Delegation

__all__ = ["may_coordinate", "require_coordinate", "require_organise"]


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
