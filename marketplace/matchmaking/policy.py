"""Who may organise a session, take part in it, and see a timetable."""

from __future__ import annotations

from typing import Any

from marketplace.actor import Actor
from marketplace.errors import NotAllowed, NotFound
from marketplace.events.policy import require_organise

__all__ = ["may_see", "require_act", "require_organise", "require_own", "require_see"]


def may_see(actor: Actor, session: Any) -> bool:
    """A session that is open, of a published event, is everybody's to see."""
    if session is None:
        return False
    public = session.opened_at is not None and session.event.published_at is not None
    return public or actor.is_organiser or actor.is_system


def require_see(actor: Actor, session: Any) -> Any:
    """The session. Raises NotFound where it may not be seen."""
    if not may_see(actor, session):
        raise NotFound
    return session


def require_own(actor: Actor, participation: Any) -> Any:
    """The participation, for its own organisation and the organisers. Raises NotFound to anybody else: wishes,
    availability and timetable are nobody else's business."""
    if participation is None:
        raise NotFound
    if actor.is_organiser or actor.is_system or actor.organisation_id == participation.organisation_id:
        return participation
    raise NotFound


def require_act(actor: Actor, participation: Any) -> Any:
    """As `require_own`, for who may also change it. Raises NotAllowed("role") to whoever only views."""
    require_own(actor, participation)
    if not (actor.is_organiser or actor.is_system or actor.may_edit):
        raise NotAllowed("role")
    return participation
