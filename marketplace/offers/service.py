"""The verbs of offers. What each does and raises stands in `marketplace.listings.service`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marketplace.actor import Actor
from marketplace.listings import service
from marketplace.offers.desk import DESK
from marketplace.offers.models import Offer


def create_offer(*, actor: Actor, raw: Mapping[str, Any], submission_id: str | None = None) -> Offer:
    """A draft that says `raw`, for the organisation acted for. Raises NotAllowed, Invalid, AlreadyDone."""
    return service.create(DESK, actor=actor, raw=raw, submission_id=submission_id)


def save_draft(
    *, actor: Actor, offer_id: int, base_version_id: int, raw: Mapping[str, Any], submission_id: str | None = None
) -> Offer:
    """A new version that says `raw`, as the draft. Raises NotFound, NotAllowed, Invalid, Conflict, AlreadyDone."""
    return service.save_draft(
        DESK, actor=actor, listing_id=offer_id, base_version_id=base_version_id, raw=raw, submission_id=submission_id
    )


def publish_offer(*, actor: Actor, offer_id: int, version_id: int | None = None) -> Offer:
    """Make the newest version live. Raises NotFound, NotAllowed, NotPublishable, Conflict, Invalid."""
    return service.publish(DESK, actor=actor, listing_id=offer_id, version_id=version_id)


def withdraw_offer(*, actor: Actor, offer_id: int) -> Offer:
    """Take it back. Raises NotFound, NotAllowed."""
    return service.withdraw(DESK, actor=actor, listing_id=offer_id)


def copy_offer(*, actor: Actor, offer_id: int, submission_id: str | None = None) -> Offer:
    """A new draft that says the same. Raises NotFound, NotAllowed, AlreadyDone."""
    return service.copy(DESK, actor=actor, listing_id=offer_id, submission_id=submission_id)


def confirm_offer(*, actor: Actor, offer_id: int) -> Offer:
    """Say that it is still right today. Raises NotFound, NotAllowed."""
    return service.confirm(DESK, actor=actor, listing_id=offer_id)


def touch_offers_of(organisation_id: int) -> list[int]:
    """Have an organisation's published offers indexed anew, in the open transaction. Returns their ids."""
    return service.touch_listings_of(DESK, organisation_id)
