"""What is watched, what was found for it, the robots that tell groups, and what waits for them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.extensions import db
from marketplace.organisations.models import Organisation
from marketplace.sealing import SealedText
from marketplace.types import FoldedText, JSONValue, UTCDateTime, primary_key

WHATS = ("search", "demand", "profile")
CADENCES = ("now", "daily", "weekly")
SERVICES = ("wecom", "dingtalk", "feishu")


class Robot(db.Model):
    """A robot of a group chat: `address` and `secret` are what its service gave out, and are never shown again."""

    __tablename__ = "robots"
    __table_args__ = (sa.CheckConstraint("service IN ('wecom', 'dingtalk', 'feishu')", name="service"),)

    id: Mapped[int] = primary_key()
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"), index=True)
    service: Mapped[str] = mapped_column(sa.String(20))
    name: Mapped[str] = mapped_column(sa.String(80))
    # Kept sealed; None where it was sealed under another key of the site, and has to be given anew.
    address: Mapped[str | None] = mapped_column(SealedText, nullable=False)
    secret: Mapped[str | None] = mapped_column(SealedText, nullable=False, default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    submission_id: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    # Why nothing is sent any more, and since when; set by what its service answers, cleared by its owner.
    off_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    off_reason: Mapped[str] = mapped_column(sa.String(40), default="")
    # Failures in a row, until when no try is made, and who is sending now until when.
    failures: Mapped[int] = mapped_column(default=0)
    wait_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    sending_until: Mapped[datetime | None] = mapped_column(UTCDateTime)


class RobotLine(db.Model):
    """A line for a group: waiting, or sent at a moment together with the others of that moment."""

    __tablename__ = "robot_lines"
    __table_args__ = (sa.Index("ix_robot_lines_waiting", "robot_id", "sent_at", "id"),)

    id: Mapped[int] = primary_key()
    robot_id: Mapped[int] = mapped_column(sa.ForeignKey("robots.id", ondelete="CASCADE"))
    # What the line says, as facts: worded in the language of the robot's owner when it is sent.
    facts: Mapped[Any] = mapped_column(JSONValue)
    dedupe_key: Mapped[str] = mapped_column(sa.String(200), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class RobotSending(db.Model):
    """That a request went to a robot's service: what its limits are counted by, whatever was answered."""

    __tablename__ = "robot_sendings"
    __table_args__ = (sa.Index("ix_robot_sendings_recent", "robot_id", "sent_at"),)

    id: Mapped[int] = primary_key()
    robot_id: Mapped[int] = mapped_column(sa.ForeignKey("robots.id", ondelete="CASCADE"))
    sent_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)


class Watch(db.Model):
    """A standing interest of a person: a search, a demand, or what an organisation offers and where.

    `organisation_id`: for whom the person acted, which says what they may know. `query`: {"text", "lang", "filters"}
    of a search; `standing`: the same made ready, as the text of `search.standing.Standing`, by `version` of
    the analysis.
    """

    __tablename__ = "watches"
    __table_args__ = (
        sa.UniqueConstraint("user_id", "name_folded"),
        sa.CheckConstraint("what IN ('search', 'demand', 'profile')", name="what"),
        sa.CheckConstraint("cadence IN ('now', 'daily', 'weekly')", name="cadence"),
        sa.Index("ix_watches_profile", "what", "organisation_id"),
    )

    id: Mapped[int] = primary_key()
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"))
    organisation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisations.id", ondelete="CASCADE"))
    what: Mapped[str] = mapped_column(sa.String(10))
    name: Mapped[str] = mapped_column(sa.String(120))
    name_folded: Mapped[str] = mapped_column(FoldedText(160))
    collection: Mapped[str] = mapped_column(sa.String(10))
    query: Mapped[Any] = mapped_column(JSONValue, default=dict)
    standing: Mapped[Any] = mapped_column(JSONValue, default=dict)
    version: Mapped[str] = mapped_column(sa.String(80), default="", index=True)
    demand_id: Mapped[int | None] = mapped_column(sa.ForeignKey("demands.id", ondelete="CASCADE"), index=True)
    cadence: Mapped[str] = mapped_column(sa.String(10), default="daily")
    by_mail: Mapped[bool] = mapped_column(default=True)
    robot_id: Mapped[int | None] = mapped_column(sa.ForeignKey("robots.id", ondelete="SET NULL"), index=True)
    paused_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # Of the private address of its feed; the address itself is kept nowhere.
    feed_hash: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    submission_id: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    user: Mapped[User] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    robot: Mapped[Robot | None] = relationship()


class WatchKey(db.Model):
    """A key that a watch is found by (`search.standing.keys`)."""

    __tablename__ = "watch_keys"

    key: Mapped[str] = mapped_column(sa.String(200), primary_key=True)
    watch_id: Mapped[int] = mapped_column(
        sa.ForeignKey("watches.id", ondelete="CASCADE"), primary_key=True, index=True, autoincrement=False
    )


class Sighting(db.Model):
    """That a listing was found for a watch, why, and when that was told: one row, hence one notice, for each pair."""

    __tablename__ = "watch_sightings"
    __table_args__ = (
        sa.UniqueConstraint("watch_id", "kind", "listing_id"),
        sa.CheckConstraint("kind IN ('offer', 'demand')", name="kind"),
        sa.Index("ix_watch_sightings_due", "watch_id", "done_at", "due_at"),
    )

    id: Mapped[int] = primary_key()
    watch_id: Mapped[int] = mapped_column(sa.ForeignKey("watches.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(sa.String(10))
    listing_id: Mapped[int] = mapped_column(sa.BigInteger)
    reason: Mapped[Any] = mapped_column(JSONValue)
    found_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    # Told, or left out because it was gone or not wanted any more when its turn came.
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    told: Mapped[bool] = mapped_column(default=False)
    watch: Mapped[Watch] = relationship()
