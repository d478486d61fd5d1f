"""Offers and their versions."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.extensions import db
from marketplace.listings.models import ListingMixin, VersionFileMixin, VersionMixin, version_key


class Offer(ListingMixin, db.Model):
    """What a supplier offers."""

    __tablename__ = "offers"
    __table_args__ = (sa.Index("ix_offers_newest", "opens_at", "id"),)
    version_table = "offer_versions"

    live_version: Mapped[OfferVersion | None] = relationship(
        primaryjoin="Offer.live_version_id == OfferVersion.id", viewonly=True
    )
    draft_version: Mapped[OfferVersion | None] = relationship(
        primaryjoin="Offer.draft_version_id == OfferVersion.id", viewonly=True
    )


class OfferVersion(VersionMixin, db.Model):
    """What an offer said, save by save."""

    __tablename__ = "offer_versions"
    __table_args__ = (sa.UniqueConstraint("listing_id", "number"),)

    listing_id: Mapped[int] = mapped_column(sa.ForeignKey("offers.id"), index=True)


class OfferVersionFile(VersionFileMixin, db.Model):
    """A picture or document that a version of an offer shows."""

    __tablename__ = "offer_version_files"

    version_id: Mapped[int] = version_key("offer_versions")
