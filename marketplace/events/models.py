"""Events, where they take place, who is registered, and the people whom an organisation sends."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace import clock
from marketplace.extensions import db
from marketplace.organisations.models import Organisation
from marketplace.types import JSONValue, UTCDateTime, primary_key

KINDS = ("expo", "exchange")
SIDES = ("supply", "demand")
# How well a person speaks a language; "basic" is not enough to hold a meeting in it.
# Without the letters and figures that are taken for each other.
CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def new_code() -> str:
    """A code of six signs that is read out, typed at the desk and printed on a badge."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(6))


class Event(db.Model):
    """An edition of an expo or an exchange activity. `names`, `summary`: {language: text}; days are local ones."""

    __tablename__ = "events"
    __table_args__ = (
        sa.CheckConstraint("kind IN ('expo', 'exchange')", name="kind"),
        sa.CheckConstraint("ends_on >= starts_on", name="days"),
    )

    id: Mapped[int] = primary_key()
    slug: Mapped[str] = mapped_column(sa.String(60), unique=True)
    kind: Mapped[str] = mapped_column(sa.String(20))
    names: Mapped[Any] = mapped_column(JSONValue)
    summary: Mapped[Any] = mapped_column(JSONValue, default=dict)
    place: Mapped[str] = mapped_column(sa.String(300), default="")
    starts_on: Mapped[date] = mapped_column(sa.Date, index=True)
    ends_on: Mapped[date] = mapped_column(sa.Date)
    time_zone: Mapped[str] = mapped_column(sa.String(60))
    registration_until: Mapped[date | None] = mapped_column(sa.Date)
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    lock_version: Mapped[int] = mapped_column(default=1)
    submission_id: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)


class Hall(db.Model):
    """A hall; `code` is what stands on its door."""

    __tablename__ = "event_halls"
    __table_args__ = (sa.UniqueConstraint("event_id", "code"),)

    id: Mapped[int] = primary_key()
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(sa.String(20))
    name: Mapped[str] = mapped_column(sa.String(120), default="")


class Zone(db.Model):
    """A part of a hall within which nobody needs time to walk."""

    __tablename__ = "event_zones"
    __table_args__ = (sa.UniqueConstraint("event_id", "code"),)

    id: Mapped[int] = primary_key()
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id", ondelete="CASCADE"))
    hall_id: Mapped[int] = mapped_column(sa.ForeignKey("event_halls.id", ondelete="CASCADE"), index=True)
    code: Mapped[str] = mapped_column(sa.String(20))
    name: Mapped[str] = mapped_column(sa.String(120), default="")
    hall: Mapped[Hall] = relationship()


class Table(db.Model):
    """A table; `number` counts from 1 within its zone. One out of use stays, for what was held at it."""

    __tablename__ = "event_tables"
    __table_args__ = (sa.UniqueConstraint("zone_id", "number"),)

    id: Mapped[int] = primary_key()
    zone_id: Mapped[int] = mapped_column(sa.ForeignKey("event_zones.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column()
    in_use: Mapped[bool] = mapped_column(default=True)


class Booth(db.Model):
    """A stand in a zone."""

    __tablename__ = "event_booths"
    __table_args__ = (sa.UniqueConstraint("event_id", "code"),)

    id: Mapped[int] = primary_key()
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id", ondelete="CASCADE"))
    zone_id: Mapped[int] = mapped_column(sa.ForeignKey("event_zones.id", ondelete="CASCADE"), index=True)
    code: Mapped[str] = mapped_column(sa.String(20))
    zone: Mapped[Zone] = relationship()


class Interpreter(db.Model):
    """Somebody who interprets between `languages` (codes) for the whole event."""

    __tablename__ = "event_interpreters"

    id: Mapped[int] = primary_key()
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    languages: Mapped[Any] = mapped_column(JSONValue)

    @property
    def codes(self) -> list[dict[str, str]]:
        """The languages as a person's are written."""
        return [{"code": code, "level": "fluent"} for code in self.languages]


class Registration(db.Model):
    """That an organisation takes part on one side. Its state follows from its moments.

    `owner_id`: who of the organisers looks after it. `apart`: its representatives count as several counterparts.
    """

    __tablename__ = "event_registrations"
    __table_args__ = (
        sa.UniqueConstraint("event_id", "organisation_id", "side"),
        sa.CheckConstraint("side IN ('supply', 'demand')", name="side"),
    )

    id: Mapped[int] = primary_key()
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id", ondelete="CASCADE"))
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisations.id", ondelete="CASCADE"), index=True)
    side: Mapped[str] = mapped_column(sa.String(10))
    message: Mapped[str] = mapped_column(sa.Text, default="")
    apart: Mapped[bool] = mapped_column(default=False)
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    approved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    rejected_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    rejection_reason: Mapped[str] = mapped_column(sa.Text, default="")
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    booth_id: Mapped[int | None] = mapped_column(sa.ForeignKey("event_booths.id", ondelete="SET NULL"), unique=True)
    owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id", ondelete="SET NULL"), index=True)
    organisation: Mapped[Organisation] = relationship()
    event: Mapped[Event] = relationship()
    booth: Mapped[Booth | None] = relationship()

    @property
    def state(self) -> str:
        """withdrawn, approved, rejected or waiting."""
        for name in ("withdrawn", "approved", "rejected"):
            if getattr(self, f"{name}_at") is not None:
                return name
        return "waiting"


class Person(db.Model):
    """Somebody whom an organisation sends. `mobile` is for the organisers and the organisation itself.

    `languages`: [{"code", "level"}]; `reads`: "zh-Hans", "zh-Hant", "en". Who both buys and supplies
    is one person here, and nowhere twice at once.
    """

    __tablename__ = "event_people"
    __table_args__ = (
        sa.UniqueConstraint("event_id", "code"),
        sa.Index("ix_event_people_organisation", "organisation_id", "event_id"),
    )

    id: Mapped[int] = primary_key()
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id", ondelete="CASCADE"))
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisations.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(sa.String(120))
    role: Mapped[str] = mapped_column(sa.String(120), default="")
    languages: Mapped[Any] = mapped_column(JSONValue, default=list)
    reads: Mapped[Any] = mapped_column(JSONValue, default=list, server_default="[]")
    mobile: Mapped[str] = mapped_column(sa.String(40), default="")
    code: Mapped[str] = mapped_column(sa.String(10), default=new_code)
    arrived_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    submission_id: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    organisation: Mapped[Organisation] = relationship()
