"""What was told, to whom, and how the mails went."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.extensions import db
from marketplace.types import JSONValue, UTCDateTime, primary_key

# Kind to whether it also goes by mail. An invitation is mailed by whoever invites, to addresses without account too.
KINDS = {
    "organisation_approved": True,
    "organisation_rejected": True,
    "organisation_suspended": True,
    "organisation_restored": True,
    "invitation": False,
    "new_match": True,
    "answer_received": True,
    "contacts_opened": True,
    "demand_withdrawn": True,
    "credential_expiring": True,
    "confirm_due": True,
    "identity_changed": True,
    "organisations_merged": True,
    "listings_merged": True,
    "demand_join": True,
    "registration_decided": True,
    "meeting_request": True,
    "request_answered": True,
    "timetable_changed": True,
    "timetable_confirm": True,
    "timetable_tomorrow": True,
    "meeting_soon": True,
    "running_late": True,
    "slot_freed": True,
    "slot_taken": True,
    "card_offered": False,
    "outcome_asked": True,
    "outcome_said": True,
    "contacts_ready": True,
    "claim_disputed": True,
    "claim_approved": True,
    "claim_rejected": True,
    "claim_refused": True,
    "watch_news": True,
    "question_asked": True,
    "question_answered": True,
    "robot_off": True,
}


class Notification(db.Model):
    """One line of an inbox: an organisation's, or with `user_id` one person's. `params` are facts, never sentences."""

    __tablename__ = "notifications"
    __table_args__ = (
        sa.CheckConstraint("organisation_id IS NOT NULL OR user_id IS NOT NULL", name="recipient"),
        sa.Index("ix_notifications_inbox", "organisation_id", "read_at", "id"),
    )

    id: Mapped[int] = primary_key()
    organisation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisations.id", ondelete="CASCADE"))
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(40))
    params: Mapped[Any] = mapped_column(JSONValue, default=dict)
    dedupe_key: Mapped[str] = mapped_column(sa.String(200), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    read_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Delivery(db.Model):
    """One mail about a notification to one member: waiting until it was sent or dropped."""

    __tablename__ = "deliveries"
    __table_args__ = (sa.UniqueConstraint("notification_id", "user_id"),)

    id: Mapped[int] = primary_key()
    notification_id: Mapped[int] = mapped_column(sa.ForeignKey("notifications.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # Not wanted any more, or no longer a member, when its turn came.
    dropped_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    notification: Mapped[Notification] = relationship()
    user: Mapped[User] = relationship()
