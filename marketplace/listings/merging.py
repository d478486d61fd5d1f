"""The same thing posted twice becomes one listing; and listings follow an organisation that was merged."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from marketplace import clock, hooks
from marketplace.actor import Actor
from marketplace.errors import AlreadyDone, ErrorCode, Invalid, NotAllowed, NotFound
from marketplace.extensions import db
from marketplace.listings import service
from marketplace.listings.desk import Desk
from marketplace.listings.price_invitations import PriceInvitation
from marketplace.organisations.merging import Moved, move
from marketplace.transaction import transaction


def merge(desk: Desk, *, actor: Actor, kept_id: int, merged_id: int) -> Moved:
    """Withdraw one of two listings of the same thing and let its page lead to the other; returns what was moved.

    What others said to the one that goes is taken over by rooms above, in the hook "offers_merged" or "demands_merged".

    Raises:
        NotAllowed: not an organiser.
        NotFound: one of them is not there, was never published, or both are the same.
        AlreadyDone: one of them was merged before.
        Invalid: at "kept": "organisations_first" where they belong to two organisations (what was answered to one of
            them must not become known to the other), "open_stays" where only the other can be found.
    """
    if not (actor.is_organiser or actor.is_system):
        raise NotAllowed("organisers_only")
    with transaction():
        rows = {one: service.locked(desk, one) for one in sorted({kept_id, merged_id})}
        if len(rows) != 2 or any(row is None or row.live_version_id is None for row in rows.values()):
            raise NotFound
        kept, merged = rows[kept_id], rows[merged_id]
        if kept.merged_into_id is not None or merged.merged_into_id is not None:
            raise AlreadyDone(kept.merged_into_id or merged.merged_into_id or 0)
        if kept.organisation_id != merged.organisation_id:
            raise Invalid({"kept": ErrorCode("organisations_first")})
        if kept.withdrawn_at is not None:
            raise Invalid({"kept": ErrorCode("open_stays")})
        was = merged.withdrawn_at
        merged.withdrawn_at = was or clock.now()
        merged.merged_into_id = kept_id
        moved: Moved = {"price invitations": _move_invitations(desk.name, kept_id, merged_id)}
        db.session.flush()  # rooms above read the state as it is now
        hooks.call(f"{desk.plural}_merged", kept_id=kept_id, merged_id=merged_id, moved=moved)
        lists: dict[str, tuple[Any, Any]] = {f"moved {name}": (None, ids) for name, ids in moved.items() if ids}
        service.record(desk, actor, merged, "merged_into", merged_into=(None, kept_id), **lists)
        service.record(desk, actor, kept, "took_over", merged=(None, merged_id), **lists)
        service.tell(desk, merged, "withdrawn")
    return moved


def follow(desk: Desk, *, kept_id: int, merged_id: int, moved: Moved) -> None:
    """Give the listings of an organisation that was merged to the one that stays, in the open transaction."""
    both: Any = {"kept_id": kept_id, "merged_id": merged_id}
    moved[desk.plural] = move(desk.listing, desk.listing.organisation_id, **both)
    mine = sa.select(PriceInvitation.listing_id).where(
        PriceInvitation.organisation_id == kept_id, PriceInvitation.listing_kind == desk.name)
    told = sa.or_(PriceInvitation.listing_kind != desk.name, PriceInvitation.listing_id.in_(mine.scalar_subquery()))
    moved[f"price invitations to {desk.plural}"] = move(
        PriceInvitation, PriceInvitation.organisation_id, unless=told, **both)
    db.session.expire_all()  # the rows were changed behind the session's back


def _move_invitations(kind: str, kept_id: int, merged_id: int) -> list[int]:
    told = set(db.session.scalars(sa.select(PriceInvitation.organisation_id).where(
        PriceInvitation.listing_kind == kind, PriceInvitation.listing_id == kept_id)))
    rows = db.session.scalars(sa.select(PriceInvitation).where(
        PriceInvitation.listing_kind == kind, PriceInvitation.listing_id == merged_id).order_by(PriceInvitation.id))
    changed = [row for row in rows if row.organisation_id not in told]
    for row in changed:
        row.listing_id = kept_id
    return [row.id for row in changed]
