"""Who may have something read, and see what was read: only the editors of the organisation that handed it in."""

from __future__ import annotations

from marketplace.actor import Actor
from marketplace.errors import NotFound
from marketplace.listings.policy import require_create
from marketplace.reading.models import Reading

__all__ = ["may_use", "require_create", "require_use"]


def may_use(actor: Actor, reading: Reading) -> bool:
    """Whether the actor edits for the organisation that handed it in."""
    return actor.may_edit and actor.organisation_id == reading.organisation_id


def require_use(actor: Actor, reading: Reading | None) -> Reading:
    """The reading. Raises NotFound: that a text was handed in is nobody else's business."""
    if reading is None or not may_use(actor, reading):
        raise NotFound
    return reading
