"""Who sees the pairs and decides on them."""

from __future__ import annotations

from marketplace.actor import Actor
from marketplace.errors import NotAllowed


def may_decide(actor: Actor) -> bool:
    """Organisers alone: a pair shows two organisations side by side."""
    return actor.is_organiser or actor.is_system


def require_decide(actor: Actor) -> None:
    """Raises NotAllowed for whoever may not decide."""
    if not may_decide(actor):
        raise NotAllowed("organisers_only")
