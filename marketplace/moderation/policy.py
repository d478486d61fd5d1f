"""Who asks and who decides."""

from __future__ import annotations

from marketplace.actor import Actor
from marketplace.errors import NotAllowed


def may_decide(actor: Actor) -> bool:
    """Organisers; the system too, when demonstration data is loaded."""
    return actor.is_organiser or actor.is_system


def require_decide(actor: Actor) -> None:
    """Raises NotAllowed for whoever may not decide."""
    if not may_decide(actor):
        raise NotAllowed("organisers_only")
