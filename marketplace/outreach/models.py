"""Imported lists, whom the organisers follow up, delegations, claim links and what is said against a claim."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.events.models import Event, Registration
from marketplace.extensions import db
from marketplace.organisations.models import Organisation
from marketplace.types import JSONValue, UTCDateTime, primary_key

KINDS = ("exhibitors", "buyers", "delegations")
NOTE_KINDS = ("note", "call", "sent")


class ImportedList(db.Model):
    """A spreadsheet that was read. `headers`: texts of the header row; `rows`: [{"line", "cells": [text]}];
    `merged`: [{"range", "lines", "columns", "first_line", "text"}]; `unread`: addresses of formulas without a value;
    `mapping`: field to the number of its column; `answers`: question to answer; `result`: counts once applied."""

    __tablename__ = "outreach_lists"
    __table_args__ = (sa.CheckConstraint("kind IN ('exhibitors', 'buyers', 'delegations')", name="kind"),)

    id: Mapped[int] = primary_key()
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(20))
    name: Mapped[str] = mapped_column(sa.String(200))
    headers: Mapped[Any] = mapped_column(JSONValue)
    header_line: Mapped[int] = mapped_column(default=1)
    rows: Mapped[Any] = mapped_column(JSONValue)
    merged: Mapped[Any] = mapped_column(JSONValue, default=list)
    unread: Mapped[Any] = mapped_column(JSONValue, default=list)
    mapping: Mapped[Any] = mapped_column(JSONValue, default=dict)
    answers: Mapped[Any] = mapped_column(JSONValue, default=dict)
    result: Mapped[Any] = mapped_column(JSONValue, default=dict)
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    applied_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    submission_id: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    event: Mapped[Event] = relationship()


class ImportedRow(db.Model):
    """That a row with exactly this content was taken for an event: the same file twice makes nothing twice."""

    __tablename__ = "outreach_rows"

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    registration_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("event_registrations.id", ondelete="CASCADE"), index=True)


class Delegation(db.Model):
    """Homes that come together. `coordinator_id`: the account that looks after them, once it claimed the delegation."""

    __tablename__ = "outreach_delegations"
    __table_args__ = (sa.UniqueConstraint("event_id", "key"),)

    id: Mapped[int] = primary_key()
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id", ondelete="CASCADE"))
    names: Mapped[Any] = mapped_column(JSONValue)
    key: Mapped[str] = mapped_column(sa.String(200))
    coordinator: Mapped[str] = mapped_column(sa.String(120), default="")
    email: Mapped[str] = mapped_column(sa.String(254), default="")
    mobile: Mapped[str] = mapped_column(sa.String(40), default="")
    locale: Mapped[str] = mapped_column(sa.String(10), default="zh_Hant")
    coordinator_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    event: Mapped[Event] = relationship()


class Invitee(db.Model):
    """What the organisers know of a registration before its organisation acts for itself: whom they call, and when.

    `email`, `mobile` are for the organisers (and the coordinator of the delegation) only.
    """

    __tablename__ = "outreach_invitees"

    id: Mapped[int] = primary_key()
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id", ondelete="CASCADE"), index=True)
    registration_id: Mapped[int] = mapped_column(
        sa.ForeignKey("event_registrations.id", ondelete="CASCADE"), unique=True)
    delegation_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("outreach_delegations.id", ondelete="SET NULL"), index=True)
    name: Mapped[str] = mapped_column(sa.String(120), default="")
    email: Mapped[str] = mapped_column(sa.String(254), default="")
    mobile: Mapped[str] = mapped_column(sa.String(40), default="")
    locale: Mapped[str] = mapped_column(sa.String(10), default="zh_Hant")
    invited_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    next_call_on: Mapped[date | None] = mapped_column(sa.Date, index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    registration: Mapped[Registration] = relationship()
    delegation: Mapped[Delegation | None] = relationship()


class CallNote(db.Model):
    """What was said or sent, by whom and when."""

    __tablename__ = "outreach_notes"
    __table_args__ = (sa.CheckConstraint("kind IN ('note', 'call', 'sent')", name="kind"),)

    id: Mapped[int] = primary_key()
    invitee_id: Mapped[int] = mapped_column(sa.ForeignKey("outreach_invitees.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id", ondelete="SET NULL"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(10))
    text: Mapped[str] = mapped_column(sa.Text, default="")
    submission_id: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    user: Mapped[User | None] = relationship()


class Goals(db.Model):
    """Dates and targets of an event. `days`: stage to days before the first day; `zones`, `districts`: id to target."""

    __tablename__ = "outreach_goals"

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id", ondelete="CASCADE"), primary_key=True)
    days: Mapped[Any] = mapped_column(JSONValue, default=dict)
    zones: Mapped[Any] = mapped_column(JSONValue, default=dict)
    districts: Mapped[Any] = mapped_column(JSONValue, default=dict)


class ClaimLink(db.Model):
    """A link by which an organisation, or a delegation, becomes an account's own. It works once.

    Its text is signed from `id` and `nonce`. `email`, `mobile`: where the code may go that
    proves who opens it.
    """

    __tablename__ = "outreach_claim_links"
    __table_args__ = (
        sa.CheckConstraint("organisation_id IS NOT NULL OR delegation_id IS NOT NULL", name="one_thing"),)

    id: Mapped[int] = primary_key()
    organisation_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("organisations.id", ondelete="CASCADE"), index=True)
    delegation_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("outreach_delegations.id", ondelete="CASCADE"), index=True)
    invitee_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("outreach_invitees.id", ondelete="SET NULL"), index=True)
    name: Mapped[str] = mapped_column(sa.String(120), default="")
    email: Mapped[str] = mapped_column(sa.String(254), default="")
    mobile: Mapped[str] = mapped_column(sa.String(40), default="")
    locale: Mapped[str] = mapped_column(sa.String(10), default="zh_Hant")
    nonce: Mapped[str] = mapped_column(sa.String(43), default=lambda: secrets.token_urlsafe(16))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    used_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id", ondelete="SET NULL"), index=True)
    organisation: Mapped[Organisation | None] = relationship()
    delegation: Mapped[Delegation | None] = relationship()

    @property
    def state(self) -> str:
        """open, used, revoked or expired."""
        if self.used_at is not None:
            return "used"
        if self.revoked_at is not None:
            return "revoked"
        return "open" if self.expires_at > clock.now() else "expired"


class ClaimCase(db.Model):
    """That somebody says an organisation is theirs, for the organisers to decide. `defence`: what the present owner
    says to it; `against_id`: that owner, where there is one; `came_to`: where the code of a claim link went, masked."""

    __tablename__ = "outreach_claim_cases"

    id: Mapped[int] = primary_key()
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisations.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"), index=True)
    against_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id", ondelete="SET NULL"), index=True)
    link_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("outreach_claim_links.id", ondelete="SET NULL"), index=True)
    came_to: Mapped[str] = mapped_column(sa.String(254), default="")
    role: Mapped[str] = mapped_column(sa.String(120), default="")
    evidence: Mapped[str] = mapped_column(sa.Text, default="")
    defence: Mapped[str] = mapped_column(sa.Text, default="")
    defended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    submission_id: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    approved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    rejected_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    organisation: Mapped[Organisation] = relationship()
    user: Mapped[User] = relationship(foreign_keys=user_id)
    against: Mapped[User | None] = relationship(foreign_keys=against_id)

    @property
    def state(self) -> str:
        """waiting, approved or rejected."""
        return "approved" if self.approved_at else "rejected" if self.rejected_at else "waiting"
