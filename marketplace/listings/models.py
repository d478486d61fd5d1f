"""What the tables of offers and demands have in common.

A listing is identity, owner and boundaries in time. What it says stands in version rows that never change:
`draft_version_id` is the newest unpublished one, `live_version_id` the one that everybody sees.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Mapped, Mapper, declared_attr, mapped_column, relationship

from marketplace.extensions import db
from marketplace.types import BigId, JSONValue, UTCDateTime, primary_key


class ImmutableVersion(RuntimeError):
    """Somebody tried to change a version row in place."""


class ListingMixin:
    """Identity, owner, pointers and boundaries. A class that uses it names `version_table`."""

    version_table: str

    id: Mapped[int] = primary_key()
    opens_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closes_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # The listing of the same thing that stayed when the organisers merged the two.
    merged_into_id: Mapped[int | None] = mapped_column(sa.BigInteger, index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    lock_version: Mapped[int] = mapped_column()
    submission_id: Mapped[str | None] = mapped_column(sa.String(80), unique=True)
    import_key: Mapped[str | None] = mapped_column(sa.String(120), unique=True)

    @declared_attr
    def organisation_id(cls) -> Mapped[int]:
        return mapped_column(sa.ForeignKey("organisations.id"), index=True)

    @declared_attr
    def live_version_id(cls) -> Mapped[int | None]:
        return mapped_column(sa.ForeignKey(f"{cls.version_table}.id", use_alter=True), index=True)

    @declared_attr
    def draft_version_id(cls) -> Mapped[int | None]:
        return mapped_column(sa.ForeignKey(f"{cls.version_table}.id", use_alter=True), index=True)

    @declared_attr
    def organisation(cls) -> Mapped[Any]:
        return relationship("Organisation")

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.lock_version}

    @property
    def live_content(self) -> Any:
        """What everybody sees. Raises LookupError where nothing is published."""
        version = self.live_version  # type: ignore[attr-defined]  # each room's class names its versions
        if version is None:
            raise LookupError("nothing is published")
        return version.content

    @property
    def draft_content(self) -> Any:
        """What the draft says. Raises LookupError where there is none."""
        version = self.draft_version  # type: ignore[attr-defined]
        if version is None:
            raise LookupError("there is no draft")
        return version.content

    @property
    def newest_version_id(self) -> int:
        """The version that an editor starts from: the draft, else the live one."""
        found = self.draft_version_id or self.live_version_id
        assert found is not None  # it is made with its first draft
        return found


class VersionMixin:
    """What a listing said from one save to the next. Rows are only ever added.

    `content` has the shape that forms, imports and search share: kind, lang, texts, facts and so on.
    """

    id: Mapped[int] = primary_key()
    number: Mapped[int] = mapped_column()
    content: Mapped[Any] = mapped_column(JSONValue)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_by: Mapped[int | None] = mapped_column(sa.BigInteger)
    submission_id: Mapped[str | None] = mapped_column(sa.String(80), unique=True)


class VersionFileMixin:
    """That a version shows a file; so that the file is kept as long as the version."""

    @declared_attr
    def file_id(cls) -> Mapped[int]:
        return mapped_column(sa.ForeignKey("stored_files.id"), primary_key=True, index=True)


def version_key(table: str) -> Mapped[int]:
    """The column by which a version-and-file row names its version."""
    return mapped_column(BigId, sa.ForeignKey(f"{table}.id", ondelete="CASCADE"), primary_key=True)


@event.listens_for(VersionMixin, "before_update", propagate=True)
def refuse_change(mapper: Mapper[Any], connection: sa.Connection, target: Any) -> None:
    """Versions are history: whoever wants another content adds a row."""
    session = sa.orm.object_session(target)
    if session is not None and session.is_modified(target, include_collections=False):
        raise ImmutableVersion(f"{type(target).__name__} {target.id} is history")


class ListingView(db.Model):
    """How often a listing's page was opened on a day. `side`: "offer" or "demand". Nothing about who opened it."""

    __tablename__ = "listing_views"

    side: Mapped[str] = mapped_column(sa.String(6), primary_key=True)
    listing_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(sa.Date, primary_key=True)
    views: Mapped[int] = mapped_column()
