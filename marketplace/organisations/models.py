"""Organisations, who belongs to them, who is invited, and their credentials."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalogue.credentials import day
from marketplace import clock
from marketplace.extensions import db
from marketplace.organisations import states
from marketplace.organisations.registration import is_well_formed
from marketplace.types import FoldedText, JSONValue, UTCDateTime, fold_key, primary_key

ROLES = ("owner", "editor", "viewer")
# How somebody came to act for an organisation: entered it, was invited by an owner, came by a link sent to the
# organisation's own address, or was let in by an organiser who read the evidence.
AUTHORISED = ("entered", "invited", "link", "evidence")


class Organisation(db.Model):
    """A supplier, an institution, or both. Its state follows from the moments in it: see `states`.

    `names` and `profile`: {language: text}; `serves`: ids of places; `languages`: [{"code", "level"}] of what is
    spoken; `reads`: "zh-Hans", "zh-Hant", "en";
    `other_names`: names of organisations that turned out to be this one; `merged_into_id`: which one this turned out to
    be. `contact`: {person, email, phone, wechat, address}; of these `contact_given` (None: all) are shown to a
    counterpart, and only after both sides agreed. `number_checked_at`: when the registration number was last found
    well formed.
    """

    __tablename__ = "organisations"
    __table_args__ = (
        sa.CheckConstraint("is_supplier OR is_institution", name="side"),
        sa.Index("ix_organisations_registration", "jurisdiction", "registration_folded"),
    )

    id: Mapped[int] = primary_key()
    names: Mapped[Any] = mapped_column(JSONValue)
    name_folded: Mapped[str] = mapped_column(sa.String(640), index=True)
    is_supplier: Mapped[bool] = mapped_column(default=False)
    is_institution: Mapped[bool] = mapped_column(default=False)
    profile: Mapped[Any] = mapped_column(JSONValue, default=dict)
    place_id: Mapped[str | None] = mapped_column(sa.String(20))
    serves: Mapped[Any] = mapped_column(JSONValue, default=list)
    languages: Mapped[Any] = mapped_column(JSONValue, default=list)
    reads: Mapped[Any] = mapped_column(JSONValue, default=list, server_default="[]")
    jurisdiction: Mapped[str] = mapped_column(sa.String(20), default="")
    registration_number: Mapped[str] = mapped_column(sa.String(60), default="")
    registration_folded: Mapped[str | None] = mapped_column(FoldedText(60))
    website: Mapped[str] = mapped_column(sa.String(500), default="")
    contact: Mapped[Any] = mapped_column(JSONValue, default=dict)
    contact_given: Mapped[Any] = mapped_column(JSONValue, nullable=True)
    number_checked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    approved_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    rejected_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    rejection_reason: Mapped[str] = mapped_column(sa.Text, default="")
    suspended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    suspension_reason: Mapped[str] = mapped_column(sa.Text, default="")
    other_names: Mapped[Any] = mapped_column(JSONValue, default=list, server_default="[]")
    merged_into_id: Mapped[int | None] = mapped_column(sa.BigInteger, index=True)
    is_demo: Mapped[bool] = mapped_column(default=False)
    from_public_source: Mapped[bool] = mapped_column(default=False)
    lock_version: Mapped[int] = mapped_column(default=1)
    submission_id: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    credentials: Mapped[list[Credential]] = relationship(
        order_by="Credential.id", cascade="all, delete-orphan", back_populates="organisation")

    @property
    def state(self) -> str:
        """One of `states.NAMES`, the same as `states.expression` says in SQL."""
        return states.of(self)

    @property
    def searched_names(self) -> dict[str, str]:
        """The names by language, and under further keys those of the organisations that turned out to be this one."""
        return self.names | {f"other-{number}": name for number, name in enumerate(self.other_names or [], 1)}

    @property
    def is_approved(self) -> bool:
        """Whether the organisation may publish, answer and see contacts, and is shown to everybody."""
        return self.state == "approved"


@sa.event.listens_for(Organisation, "before_insert")
@sa.event.listens_for(Organisation, "before_update")
def keep_folded(_mapper: Any, _connection: Any, organisation: Organisation) -> None:
    """Keep the folded twins of the names and of the registration number, and when that was last found well formed."""
    organisation.name_folded = fold_all_names(organisation.names, organisation.other_names or [])
    organisation.registration_folded = organisation.registration_number or None
    state: Any = sa.inspect(organisation)
    changed = any(state.attrs[name].history.has_changes() for name in ("registration_number", "jurisdiction"))
    if changed or organisation.number_checked_at is None:
        fine = is_well_formed(organisation.jurisdiction or "", organisation.registration_number or "")
        organisation.number_checked_at = clock.now() if fine else None


def fold_names(names: dict[str, str]) -> str:
    """The names of an organisation as one key: the same names in the same languages give the same key."""
    return "|".join(fold_key(names[lang]) for lang in sorted(names) if names[lang])[:640]


def fold_all_names(names: dict[str, str], others: list[str]) -> str:
    """The key of the names, with what else the organisation is found by behind a mark that no name holds."""
    return "||".join([fold_names(names), *(fold_key(other) for other in others)])[:640]


class Membership(db.Model):
    """That a user acts for an organisation, and how far. `authorised_how`: one of `AUTHORISED`, why we believe it."""

    __tablename__ = "memberships"
    __table_args__ = (
        sa.UniqueConstraint("user_id", "organisation_id"),
        sa.CheckConstraint("role IN ('owner', 'editor', 'viewer')", name="role"),
    )

    id: Mapped[int] = primary_key()
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"))
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisations.id", ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(sa.String(10))
    authorised_how: Mapped[str] = mapped_column(sa.String(20), default="entered", server_default="entered")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)


class Invitation(db.Model):
    """That somebody may join. Its link is signed from `id` and `nonce`, works once, and is sent by mail only."""

    __tablename__ = "invitations"
    __table_args__ = (sa.CheckConstraint("role IN ('owner', 'editor', 'viewer')", name="role"),)

    id: Mapped[int] = primary_key()
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisations.id", ondelete="CASCADE"), index=True)
    email: Mapped[str] = mapped_column(sa.String(254))
    email_folded: Mapped[str] = mapped_column(FoldedText(254), index=True)
    role: Mapped[str] = mapped_column(sa.String(10))
    nonce: Mapped[str] = mapped_column(sa.String(43), default=lambda: secrets.token_urlsafe(16))
    invited_by: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"), index=True)
    submission_id: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    organisation: Mapped[Organisation] = relationship()

    @property
    def is_open(self) -> bool:
        """Whether its link still works."""
        return self.accepted_at is None and self.revoked_at is None and self.expires_at > clock.now()


class Credential(db.Model):
    """A licence, certificate or registration. Its file is for the organisers to check, not for everybody."""

    __tablename__ = "credentials"

    id: Mapped[int] = primary_key()
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisations.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(200))
    issuer: Mapped[str] = mapped_column(sa.String(200))
    number: Mapped[str] = mapped_column(sa.String(100), default="")
    place_id: Mapped[str | None] = mapped_column(sa.String(20))
    valid_from: Mapped[date | None] = mapped_column(sa.Date)
    expires_on: Mapped[date | None] = mapped_column(sa.Date)
    scope: Mapped[str] = mapped_column(sa.String(500), default="")
    file_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stored_files.id", ondelete="SET NULL"), index=True)
    submission_id: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    organisation: Mapped[Organisation] = relationship(back_populates="credentials")

    def is_expired(self, today: date | None = None) -> bool:
        """Whether its last day has passed, in the region's time unless the reader's day is given."""
        return self.expires_on is not None and self.expires_on < (today or day(clock.now()))


class Sighting(db.Model):
    """That an organiser saw a document of an organisation, its licence above all, with their own eyes, and when."""

    __tablename__ = "licence_sightings"

    id: Mapped[int] = primary_key()
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisations.id", ondelete="CASCADE"), index=True)
    credential_id: Mapped[int | None] = mapped_column(sa.ForeignKey("credentials.id", ondelete="SET NULL"), index=True)
    document: Mapped[str] = mapped_column(sa.String(300))
    seen_on: Mapped[date] = mapped_column(sa.Date)
    seen_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id", ondelete="SET NULL"), index=True)
    submission_id: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
