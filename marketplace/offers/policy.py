"""Who may do what with an offer: the rules of listings, for this room's callers."""

from __future__ import annotations

from marketplace.actor import Actor
from marketplace.files.models import StoredFile
from marketplace.listings import attachments
from marketplace.listings.policy import (
    NotPublishable,
    may_create,
    may_edit,
    may_read,
    may_read_drafts,
    may_withdraw,
    require_create,
    require_edit,
    require_read,
)
from marketplace.offers.desk import DESK

__all__ = [
    "NotPublishable",
    "may_create",
    "may_edit",
    "may_read",
    "may_read_drafts",
    "may_read_file",
    "may_withdraw",
    "require_create",
    "require_edit",
    "require_read",
]


def may_read_file(actor: Actor, file: StoredFile) -> bool:
    """Whether an offer that the actor may see shows the file."""
    return attachments.reader(DESK)(actor, file)
