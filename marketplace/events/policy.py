"""Who may make events, register for them, and see whom an organisation sends."""

from __future__ import annotations

from typing import Any

from marketplace.actor import Actor
from marketplace.errors import NotAllowed, NotFound


def require_organise(actor: Actor) -> None:
    """Raises NotAllowed: "sign_in" for a visitor, else "organisers_only"."""
    if actor.is_organiser or actor.is_system:
        return
    actor.require_user()
    raise NotAllowed("organisers_only")


def may_see(actor: Actor, event: Any) -> bool:
    """A published event is everybody's to see, one in preparation the organisers'."""
    return event is not None and (event.published_at is not None or actor.is_organiser or actor.is_system)


def require_see(actor: Actor, event: Any) -> Any:
    """The event. Raises NotFound where it may not be seen."""
    if not may_see(actor, event):
        raise NotFound
    return event


def may_act_for(actor: Actor, organisation_id: int) -> bool:
    """Editors of the organisation, and the organisers on anybody's behalf."""
    if actor.is_organiser or actor.is_system:
        return True
    return actor.organisation_id == organisation_id and actor.may_edit


def require_act_for(actor: Actor, organisation_id: int) -> None:
    """Raises NotFound to other organisations, NotAllowed("role") to whoever only views."""
    if may_act_for(actor, organisation_id):
        return
    actor.require_user()
    if actor.organisation_id != organisation_id:
        raise NotFound
    raise NotAllowed("role")


def may_see_mobile(actor: Actor, person: Any) -> bool:
    """A mobile number is its own organisation's, and the organisers' for the day."""
    return actor.is_organiser or actor.is_system or actor.organisation_id == person.organisation_id
