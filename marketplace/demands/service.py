"""The verbs of demands. What each does and raises stands in `marketplace.listings.service`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marketplace.actor import Actor
from marketplace.demands.desk import DESK
from marketplace.demands.models import Demand
from marketplace.demands.pasted import claim_pasted_need, content_of_need, forget_old_needs, keep_pasted_need
from marketplace.listings import service


def create_demand(*, actor: Actor, raw: Mapping[str, Any], submission_id: str | None = None) -> Demand:
    """A draft that says `raw`, for the organisation acted for. Raises NotAllowed, Invalid, AlreadyDone."""
    return service.create(DESK, actor=actor, raw=raw, submission_id=submission_id)


def save_draft(
    *, actor: Actor, demand_id: int, base_version_id: int, raw: Mapping[str, Any], submission_id: str | None = None
) -> Demand:
    """A new version that says `raw`, as the draft. Raises NotFound, NotAllowed, Invalid, Conflict, AlreadyDone."""
    return service.save_draft(
        DESK, actor=actor, listing_id=demand_id, base_version_id=base_version_id, raw=raw, submission_id=submission_id
    )


def publish_demand(*, actor: Actor, demand_id: int, version_id: int | None = None) -> Demand:
    """Make the newest version live. Raises NotFound, NotAllowed, NotPublishable, Conflict, Invalid."""
    return service.publish(DESK, actor=actor, listing_id=demand_id, version_id=version_id)


def withdraw_demand(*, actor: Actor, demand_id: int) -> Demand:
    """Take it back. Raises NotFound, NotAllowed."""
    return service.withdraw(DESK, actor=actor, listing_id=demand_id)


def copy_demand(*, actor: Actor, demand_id: int, submission_id: str | None = None) -> Demand:
    """A new draft that says the same. Raises NotFound, NotAllowed, AlreadyDone."""
    return service.copy(DESK, actor=actor, listing_id=demand_id, submission_id=submission_id)


def confirm_demand(*, actor: Actor, demand_id: int) -> Demand:
    """Say that it is still right today. Raises NotFound, NotAllowed."""
    return service.confirm(DESK, actor=actor, listing_id=demand_id)


def touch_demands_of(organisation_id: int) -> None:
    """Have an organisation's published demands indexed anew, in the open transaction."""
    service.touch_listings_of(DESK, organisation_id)


__all__ = [
    "claim_pasted_need",
    "confirm_demand",
    "content_of_need",
    "copy_demand",
    "create_demand",
    "forget_old_needs",
    "keep_pasted_need",
    "publish_demand",
    "save_draft",
    "touch_demands_of",
    "withdraw_demand",
]
