"""Who may do what with an offer or a demand."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from marketplace.actor import Actor
from marketplace.errors import NotAllowed, NotFound
from marketplace.listings.desk import Desk
from marketplace.listings.states import PUBLIC, state_of


class NotPublishable(NotAllowed):
    """The organisation cannot publish yet. `reason`: not_asked, waiting, rejected, suspended, not_supplier,
    not_institution, or merged where the organisers made one of this listing and another."""


def is_own(actor: Actor, listing: Any) -> bool:
    """Whether the actor acts for the organisation that the listing belongs to."""
    return actor.is_system or (actor.organisation_id is not None and actor.organisation_id == listing.organisation_id)


def may_read(actor: Actor, listing: Any, owner: Any, now: datetime) -> bool:
    """Whether the actor may see the live version. Organisers see it in every state, strangers in the public ones."""
    if listing.live_version_id is None:
        return False
    return is_own(actor, listing) or actor.is_organiser or state_of(listing, owner, now) in PUBLIC


def may_read_drafts(actor: Actor, listing: Any) -> bool:
    """Whether the actor may see drafts and history: only who belongs to the organisation."""
    return is_own(actor, listing)


def may_edit(actor: Actor, listing: Any) -> bool:
    """Whether the actor may change it: an owner or editor of its organisation."""
    return is_own(actor, listing) and (actor.is_system or actor.may_edit)


def may_withdraw(actor: Actor, listing: Any) -> bool:
    """Its own editors, and organisers for whatever must not stay."""
    return may_edit(actor, listing) or (actor.is_organiser and listing.live_version_id is not None)


def may_create(actor: Actor) -> bool:
    """Whether the actor may draft for the organisation acted for, approved or not."""
    return actor.may_edit


def require_create(actor: Actor) -> None:
    """Raises NotAllowed: "sign_in", "no_organisation" or "viewer"."""
    if may_create(actor):
        return
    actor.require_user()
    raise NotAllowed("no_organisation" if actor.organisation_id is None else "viewer")


def require_read(actor: Actor, listing: Any, owner: Any, now: datetime) -> None:
    """Raises NotFound."""
    if listing is None or not may_read(actor, listing, owner, now):
        raise NotFound


def require_read_drafts(actor: Actor, listing: Any) -> None:
    """Raises NotFound: that there is a draft is nobody else's business."""
    if listing is None or not may_read_drafts(actor, listing):
        raise NotFound


def require_edit(actor: Actor, listing: Any) -> None:
    """Raises NotFound to strangers, NotAllowed("viewer") to members who only read."""
    require_read_drafts(actor, listing)
    if not may_edit(actor, listing):
        raise NotAllowed("viewer")


def require_withdraw(actor: Actor, listing: Any) -> None:
    """Raises NotFound to strangers, NotAllowed("viewer") to members who only read."""
    if listing is None or not may_withdraw(actor, listing):
        require_edit(actor, listing)


def why_not_publishable(desk: Desk, owner: Any) -> str | None:
    """Why the organisation cannot publish on this side of the market, or None when it can."""
    if owner.suspended_at is not None:
        return "suspended"
    if owner.approved_at is None:
        if owner.rejected_at is not None:
            return "rejected"
        return "not_asked" if owner.submitted_at is None else "waiting"
    return None if getattr(owner, desk.role) else f"not_{desk.role.removeprefix('is_')}"


def require_publish(desk: Desk, actor: Actor, listing: Any, owner: Any) -> None:
    """Raises what `require_edit` does, and NotPublishable."""
    require_edit(actor, listing)
    reason = "merged" if listing.merged_into_id is not None else why_not_publishable(desk, owner)
    if reason is not None:
        raise NotPublishable(reason)
