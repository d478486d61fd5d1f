"""What was sent to which number, and how it went; never what it said."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.extensions import db
from marketplace.types import UTCDateTime, primary_key


class TextMessage(db.Model):
    """One message to one number: waiting until it was sent, given up, or too late to be of use."""

    __tablename__ = "text_messages"

    id: Mapped[int] = primary_key()
    dedupe_key: Mapped[str] = mapped_column(sa.String(200), unique=True)
    number: Mapped[str] = mapped_column(sa.String(20))
    locale: Mapped[str] = mapped_column(sa.String(10))
    template: Mapped[str] = mapped_column(sa.String(40))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    useless_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    failed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reference: Mapped[str] = mapped_column(sa.String(100), default="")
    # Of the last try: one of gateways.KINDS, "late", or "" while nothing went wrong; and the gateway's own code.
    problem: Mapped[str] = mapped_column(sa.String(20), default="")
    detail: Mapped[str] = mapped_column(sa.String(200), default="")
