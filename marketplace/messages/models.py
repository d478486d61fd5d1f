"""Personal links, and the notes of those who sent them by hand."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace import clock
from marketplace.extensions import db
from marketplace.types import FoldedText, JSONValue, UTCDateTime, primary_key

ABOUT = ("demand", "match", "notice", "invitation", "event")
WAYS = ("wechat", "whatsapp", "sms", "mail", "other")


class PersonalLink(db.Model):
    """A link for one person to one thing. It is signed from `id` and `nonce`, so the table does not hold it; it works
    once, until `expires_at`, and only for whoever reads what is sent to `address` (a number or an e-mail address).

    `about` and `params` name the thing, and under "said" hold what the message says of it; `to_organisation_id` is the
    organisation that the recipient acts for there.
    """

    __tablename__ = "personal_links"
    __table_args__ = (
        sa.CheckConstraint("about IN ('demand', 'match', 'notice', 'invitation', 'event')", name="about"),
        sa.CheckConstraint("channel IN ('sms', 'mail')", name="channel"),
    )

    id: Mapped[int] = primary_key()
    nonce: Mapped[str] = mapped_column(sa.String(43), default=lambda: secrets.token_urlsafe(16))
    about: Mapped[str] = mapped_column(sa.String(20))
    params: Mapped[Any] = mapped_column(JSONValue, default=dict)
    channel: Mapped[str] = mapped_column(sa.String(4))
    address: Mapped[str] = mapped_column(sa.String(254))
    address_key: Mapped[str] = mapped_column(FoldedText(254), index=True)
    recipient: Mapped[str] = mapped_column(sa.String(120), default="")
    locale: Mapped[str] = mapped_column(sa.String(10))
    to_organisation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisations.id", ondelete="SET NULL"))
    organisation_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("organisations.id", ondelete="SET NULL"), index=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"), index=True)
    submission_id: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    used_by: Mapped[int | None] = mapped_column(sa.BigInteger)
    sendings: Mapped[list[HandSending]] = relationship(order_by="HandSending.id", lazy="selectin")

    @property
    def state(self) -> str:
        """open, used, revoked or expired."""
        if self.used_at is not None:
            return "used"
        if self.revoked_at is not None:
            return "revoked"
        return "open" if self.expires_at > clock.now() else "expired"


class HandSending(db.Model):
    """That somebody says to have sent the message: who, when, by which way."""

    __tablename__ = "hand_sendings"
    __table_args__ = (
        sa.UniqueConstraint("link_id", "way"),
        sa.CheckConstraint("way IN ('wechat', 'whatsapp', 'sms', 'mail', 'other')", name="way"),
    )

    id: Mapped[int] = primary_key()
    link_id: Mapped[int] = mapped_column(sa.ForeignKey("personal_links.id", ondelete="CASCADE"))
    way: Mapped[str] = mapped_column(sa.String(10))
    user_id: Mapped[int] = mapped_column(sa.BigInteger)
    sent_at: Mapped[datetime] = mapped_column(UTCDateTime)
