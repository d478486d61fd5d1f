"""Who keeps the rates: the organisers. Everybody may read them."""

from __future__ import annotations

from flask import current_app

from marketplace.actor import Actor
from marketplace.errors import NotAllowed


def current_actor() -> Actor:
    """Who asks; accounts stand above this room, so the wiring ties in who knows."""
    return current_app.extensions["current_actor"]()


def may_keep(actor: Actor) -> bool:
    """Whether the actor may add a rate."""
    return actor.is_organiser or actor.is_system


def require_keep(actor: Actor) -> None:
    """Raises NotAllowed: "sign_in" for a visitor, else "organisers_only"."""
    if may_keep(actor):
        return
    actor.require_user()
    raise NotAllowed("organisers_only")
