"""The table of jobs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.extensions import db
from marketplace.types import JSONValue, UTCDateTime, primary_key

LANES = ("fast", "heavy")


class Job(db.Model):
    """Work to be done after the commit that wrote it. A finished job's row is deleted."""

    __tablename__ = "jobs"
    __table_args__ = (
        sa.Index("ix_jobs_due", "lane", "failed_at", "run_at", "id"),
        sa.CheckConstraint("lane IN ('fast', 'heavy')", name="lane"),
    )

    id: Mapped[int] = primary_key()
    name: Mapped[str] = mapped_column(sa.String(80))
    subject: Mapped[str] = mapped_column(sa.String(120), default="")
    payload: Mapped[Any] = mapped_column(JSONValue)
    lane: Mapped[str] = mapped_column(sa.String(10), default="fast")
    # Many wishes for one thing fold into one; cleared when the job is claimed, so that a wish made while it
    # runs is a job of its own.
    dedupe_key: Mapped[str | None] = mapped_column(sa.String(200), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    run_at: Mapped[datetime] = mapped_column(UTCDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    failed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_error: Mapped[str | None] = mapped_column(sa.Text)


class PeriodicRun(db.Model):
    """That a periodic job was written for one of its periods: the row outlives the job, so it is written once."""

    __tablename__ = "periodic_runs"

    key: Mapped[str] = mapped_column(sa.String(120), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
