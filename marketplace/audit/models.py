"""Audit rows name fields; their values stand apart, so that personal ones can be erased while the row stays."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.extensions import db
from marketplace.types import JSONValue, UTCDateTime, primary_key

VALUE_CLASSES = ("public", "commercial", "personal")


class AuditEvent(db.Model):
    """One action by one actor on one subject."""

    __tablename__ = "audit_events"
    __table_args__ = (sa.Index("ix_audit_events_subject", "subject_kind", "subject_id"),)

    id: Mapped[int] = primary_key()
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    actor_kind: Mapped[str] = mapped_column(sa.String(20))
    user_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    organisation_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    action: Mapped[str] = mapped_column(sa.String(80))
    subject_kind: Mapped[str] = mapped_column(sa.String(40))
    subject_id: Mapped[int] = mapped_column(sa.BigInteger)
    fields: Mapped[Any] = mapped_column(JSONValue)
    request_id: Mapped[str | None] = mapped_column(sa.String(40))
    values: Mapped[list[AuditValue]] = relationship(order_by="AuditValue.id")


class AuditValue(db.Model):
    """What one field was before and after; erasing leaves the row and the date of the erasure."""

    __tablename__ = "audit_values"
    __table_args__ = (sa.CheckConstraint("value_class IN ('public', 'commercial', 'personal')", name="value_class"),)

    id: Mapped[int] = primary_key()
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("audit_events.id"), index=True)
    field: Mapped[str] = mapped_column(sa.String(80))
    value_class: Mapped[str] = mapped_column(sa.String(20))
    before: Mapped[Any] = mapped_column(JSONValue, nullable=True)
    after: Mapped[Any] = mapped_column(JSONValue, nullable=True)
    erased_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
