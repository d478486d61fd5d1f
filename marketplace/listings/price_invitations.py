"""Whom the owner of a listing lets know a price or budget that is told on invitation alone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from marketplace import clock
from marketplace.actor import Actor
from marketplace.extensions import db
from marketplace.types import UTCDateTime, primary_key


class PriceInvitation(db.Model):
    """That an organisation may know what a listing tells on invitation. `listing_kind`: "offer" or "demand"."""

    __tablename__ = "price_invitations"
    __table_args__ = (sa.UniqueConstraint("listing_kind", "listing_id", "organisation_id"),)

    id: Mapped[int] = primary_key()
    listing_kind: Mapped[str] = mapped_column(sa.String(10))
    listing_id: Mapped[int] = mapped_column(sa.BigInteger)
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisations.id", ondelete="CASCADE"), index=True)
    invited_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)


def tell(*, kind: str, listing_id: int, organisation_id: int) -> bool:
    """Let an organisation know, inside the open transaction. Returns whether it did not before.

    Callers have decided that the owner wants it, hold the listing's row locked, and have its document made anew.
    """
    if organisation_id in told(kind, [listing_id]).get(listing_id, ()):
        return False
    db.session.add(PriceInvitation(listing_kind=kind, listing_id=listing_id, organisation_id=organisation_id))
    db.session.flush()  # read again in the same transaction
    return True


def untell(*, kind: str, listing_id: int, organisation_id: int) -> bool:
    """Take it back, inside the open transaction. Returns whether there was anything to take back."""
    row = db.session.scalar(
        sa.select(PriceInvitation).where(
            PriceInvitation.listing_kind == kind,
            PriceInvitation.listing_id == listing_id,
            PriceInvitation.organisation_id == organisation_id,
        )
    )
    if row is None:
        return False
    db.session.delete(row)
    db.session.flush()
    return True


def told(kind: str, ids: Iterable[int]) -> dict[int, frozenset[int]]:
    """The organisations that each of the listings tells; one statement, listings that tell nobody left out."""
    found: dict[int, set[int]] = {}
    rows = db.session.execute(
        sa.select(PriceInvitation.listing_id, PriceInvitation.organisation_id).where(
            PriceInvitation.listing_kind == kind, PriceInvitation.listing_id.in_(list(ids))
        )
    )
    for listing_id, organisation_id in rows:
        found.setdefault(listing_id, set()).add(organisation_id)
    return {listing_id: frozenset(organisations) for listing_id, organisations in found.items()}


def told_to(actor: Actor, kind: str, ids: Iterable[int]) -> frozenset[int]:
    """Those of the listings that tell the actor's organisation, which must still be approved."""
    wanted = list(ids)
    if not wanted or not actor.is_verified:
        return frozenset()
    return frozenset(
        db.session.scalars(
            sa.select(PriceInvitation.listing_id).where(
                PriceInvitation.listing_kind == kind,
                PriceInvitation.listing_id.in_(wanted),
                PriceInvitation.organisation_id == actor.organisation_id,
            )
        )
    )
