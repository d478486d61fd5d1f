"""Listings taken over from public information: written by the system for an organisation without members."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from marketplace import clock
from marketplace.actor import Actor
from marketplace.extensions import db
from marketplace.listings import service
from marketplace.listings.content import Content, empty
from marketplace.listings.desk import Desk
from marketplace.transaction import transaction

CREATED, CHANGED, UNCHANGED = "created", "changed", "unchanged"


def take_over(
    desk: Desk,
    *,
    actor: Actor,
    organisation_id: int,
    import_key: str,
    content: Content,
    opens_at: datetime,
    closes_at: datetime | None,
) -> str:
    """Publish a content as it was found; what its source left out stays out.

    The same key again adds a version where the content changed, and does nothing where it did not or where the
    listing was withdrawn since. Returns "created", "changed" or "unchanged".

    Raises:
        PermissionError: the actor is not the system.
    """
    if not actor.is_system:
        raise PermissionError("only the system takes listings over")
    whole = {**empty(desk.name, kind=content["kind"], lang=content["lang"]), **content}
    with transaction():
        listing = db.session.scalar(
            sa.select(desk.listing).where(desk.listing.import_key == import_key).with_for_update()
        )
        if listing is None:
            return _publish_new(desk, actor, organisation_id, import_key, whole, opens_at, closes_at)
        live = service.version_of(desk, listing.live_version_id)
        if listing.withdrawn_at is not None or live.content == whole:
            return UNCHANGED
        _make_live(desk, actor, listing, whole)
        listing.closes_at = closes_at
    return CHANGED


def _publish_new(
    desk: Desk,
    actor: Actor,
    organisation_id: int,
    import_key: str,
    content: Content,
    opens_at: datetime,
    closes_at: datetime | None,
) -> str:
    listing = desk.listing(
        organisation_id=organisation_id,
        import_key=import_key,
        created_at=clock.now(),
        opens_at=opens_at,
        closes_at=closes_at,
    )
    db.session.add(listing)
    db.session.flush()  # its versions name it
    _make_live(desk, actor, listing, content)
    return CREATED


def _make_live(desk: Desk, actor: Actor, listing: Any, content: Content) -> None:
    before = listing.live_version_id
    listing.live_version_id = service.add_version(desk, actor, listing, content).id
    service.record(desk, actor, listing, "imported", live_version=(before, listing.live_version_id))
    service.tell(desk, listing, "published")
