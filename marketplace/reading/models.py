"""The table of readings: what was handed in, how far it is, and what was found."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.extensions import db
from marketplace.types import JSONValue, UTCDateTime, primary_key

WAITING, READY, FAILED, USED = "waiting", "ready", "failed", "used"
STATES = (WAITING, READY, FAILED, USED)


class Reading(db.Model):
    """A text or document handed in by an organisation, read once by a worker.

    `found`: what `marketplace.reading.child` answered; emptied, with `text`, once the drafts are made. `made`: the ids
    of the demand or offers that were made of it. The file stays only where `keep` says so.
    """

    __tablename__ = "readings"
    __table_args__ = (
        sa.CheckConstraint("side IN ('demand', 'offer')", name="side"),
        sa.CheckConstraint("state IN ('waiting', 'ready', 'failed', 'used')", name="state"),
    )

    id: Mapped[int] = primary_key()
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisations.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    side: Mapped[str] = mapped_column(sa.String(10))
    state: Mapped[str] = mapped_column(sa.String(10))
    name: Mapped[str] = mapped_column(sa.String(200))  # of the file; "" for a pasted text
    text: Mapped[str] = mapped_column(sa.Text)
    lang: Mapped[str] = mapped_column(sa.String(10))
    keep: Mapped[bool] = mapped_column()
    file_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stored_files.id"), index=True)
    found: Mapped[Any] = mapped_column(JSONValue)
    made: Mapped[Any] = mapped_column(JSONValue)
    submission_id: Mapped[str | None] = mapped_column(sa.String(80), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
