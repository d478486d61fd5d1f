"""Whose watches and robots are whose."""

from __future__ import annotations

from marketplace.actor import Actor
from marketplace.errors import NotAllowed, NotFound
from marketplace.watches.models import Robot, Watch


def may_see(actor: Actor, watch: Watch) -> bool:
    """A kept search is its owner's alone; what watches for an organisation is its members'."""
    if watch.what == "search":
        return actor.user_id is not None and watch.user_id == actor.user_id
    return actor.organisation_id is not None and watch.organisation_id == actor.organisation_id


def require_manage(actor: Actor, watch: Watch | None) -> Watch:
    """Raises NotFound for another's watch, NotAllowed for whoever may only look."""
    actor.require_user()
    if watch is None or not may_see(actor, watch):
        raise NotFound
    if watch.what != "search" and not actor.may_edit:
        raise NotAllowed("role")
    return watch


def require_own_robot(actor: Actor, robot: Robot | None) -> Robot:
    """Raises NotFound for another's robot: its address is as good as a password."""
    if robot is None or robot.user_id != actor.require_user():
        raise NotFound
    return robot
