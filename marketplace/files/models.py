"""Rows of uploaded files and of the forms each is kept in."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.extensions import db
from marketplace.types import UTCDateTime, primary_key

PURPOSES = ("picture", "document")


class StoredFile(db.Model):
    """One upload. Whoever uploaded the same bytes before has a row of their own; the bytes are kept once."""

    __tablename__ = "stored_files"
    __table_args__ = (sa.CheckConstraint("purpose IN ('picture', 'document')", name="purpose"),)

    id: Mapped[int] = primary_key()
    purpose: Mapped[str] = mapped_column(sa.String(20))
    name: Mapped[str] = mapped_column(sa.String(200))  # as the uploader called it, without any folder
    organisation_id: Mapped[int | None] = mapped_column(sa.BigInteger, index=True)
    user_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    variants: Mapped[list[FileVariant]] = relationship(
        order_by="FileVariant.size.desc(), FileVariant.name", cascade="all, delete-orphan", lazy="selectin"
    )

    def variant(self, name: str) -> FileVariant | None:
        """The variant with this name, or None."""
        return next((variant for variant in self.variants if variant.name == name), None)


class FileVariant(db.Model):
    """The bytes of one form of a file: a picture in one size, or a document as it came ("original").

    `size` counts bytes; `width` and `height` are pixels, None for documents.
    """

    __tablename__ = "file_variants"

    file_id: Mapped[int] = mapped_column(sa.ForeignKey("stored_files.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    sha256: Mapped[str] = mapped_column(sa.String(64), index=True)
    media_type: Mapped[str] = mapped_column(sa.String(100))
    size: Mapped[int] = mapped_column()
    width: Mapped[int | None] = mapped_column()
    height: Mapped[int | None] = mapped_column()
