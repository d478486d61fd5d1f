"""Demands and their versions."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.extensions import db
from marketplace.listings.models import ListingMixin, VersionFileMixin, VersionMixin, version_key
from marketplace.types import UTCDateTime, primary_key


class Demand(ListingMixin, db.Model):
    """What an institution needs."""

    __tablename__ = "demands"
    __table_args__ = (sa.Index("ix_demands_newest", "opens_at", "id"),)
    version_table = "demand_versions"

    live_version: Mapped[DemandVersion | None] = relationship(
        primaryjoin="Demand.live_version_id == DemandVersion.id", viewonly=True
    )
    draft_version: Mapped[DemandVersion | None] = relationship(
        primaryjoin="Demand.draft_version_id == DemandVersion.id", viewonly=True
    )


class DemandVersion(VersionMixin, db.Model):
    """What a demand said, save by save."""

    __tablename__ = "demand_versions"
    __table_args__ = (sa.UniqueConstraint("listing_id", "number"),)

    listing_id: Mapped[int] = mapped_column(sa.ForeignKey("demands.id"), index=True)


class DemandVersionFile(VersionFileMixin, db.Model):
    """A picture or document that a version of a demand shows."""

    __tablename__ = "demand_version_files"

    version_id: Mapped[int] = version_key("demand_versions")


class PastedNeed(db.Model):
    """A need that somebody without an account pasted. It becomes a draft once the person's organisation exists.

    Only the digest of its token is kept: whoever reads the table cannot open the page of a need.
    """

    __tablename__ = "pasted_needs"

    id: Mapped[int] = primary_key()
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    text: Mapped[str] = mapped_column(sa.Text)
    lang: Mapped[str] = mapped_column(sa.String(10))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    claimed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    demand_id: Mapped[int | None] = mapped_column(sa.ForeignKey("demands.id"), index=True)
