"""Accounts, the sessions that are signed in to them, and the single-use links sent by mail."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_login import UserMixin
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace import clock
from marketplace.extensions import db
from marketplace.types import FoldedText, JSONValue, UTCDateTime, primary_key

TOKEN_PURPOSES = ("confirm", "reset", "change_email")


class User(UserMixin, db.Model):
    """A person's account.

    Anyone may sign up with any address and begin to draft, so an address that nobody proved to be theirs
    is not unique: `email_key` is filled once the address is confirmed, and only then is the address taken.
    A sign-up therefore goes the same way whether or not the address is already known.

    `phone` is only ever a number that its owner proved by a code, so it is simply unique. An account has an address,
    a number or both; one that signs in by codes alone has no password.
    """

    __tablename__ = "users"

    id: Mapped[int] = primary_key()
    email: Mapped[str | None] = mapped_column(sa.String(254))
    email_folded: Mapped[str | None] = mapped_column(FoldedText(254), index=True)
    email_key: Mapped[str | None] = mapped_column(FoldedText(254), unique=True)
    phone: Mapped[str | None] = mapped_column(sa.String(20), unique=True)
    phone_confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    password_hash: Mapped[str | None] = mapped_column(sa.String(255))
    name: Mapped[str] = mapped_column(sa.String(120), default="")
    locale: Mapped[str] = mapped_column(sa.String(10), default="zh_Hans")
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    is_organiser: Mapped[bool] = mapped_column(default=False)
    is_demo: Mapped[bool] = mapped_column(default=False)
    mail_wanted: Mapped[bool] = mapped_column(default=True)
    submission_id: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)

    # Set by the loader, no columns: the session this account was loaded through, its token, the organisation chosen.
    session_id = None  # type: int | None
    session_token = None  # type: str | None
    chosen_organisation_id = None  # type: int | None

    @property
    def is_confirmed(self) -> bool:
        """Whether an address or a number was proved to be this person's."""
        return self.confirmed_at is not None or self.phone_confirmed_at is not None

    def get_id(self) -> str:
        """What Flask-Login keeps in the cookie: the session's token, so that ending the session ends the cookie."""
        if self.session_token is None:
            raise RuntimeError("an account that was not loaded through a session cannot be signed in")
        return self.session_token


@sa.event.listens_for(User, "before_insert")
@sa.event.listens_for(User, "before_update")
def keep_address_keys(_mapper: Any, _connection: Any, user: User) -> None:
    """Keep the folded twins of the address: one to look it up by, one that is unique once confirmed."""
    user.email_folded = user.email
    user.email_key = user.email if user.confirmed_at is not None else None


class OneTimeCode(db.Model):
    """Six digits sent to a number or an address. They are made from `id` and `nonce` with the site's key when they are
    sent and when they are checked: no table and no job ever holds them."""

    __tablename__ = "one_time_codes"
    __table_args__ = (sa.CheckConstraint("channel IN ('sms', 'mail')", name="channel"),)

    id: Mapped[int] = primary_key()
    purpose: Mapped[str] = mapped_column(sa.String(40))
    channel: Mapped[str] = mapped_column(sa.String(4))
    address: Mapped[str] = mapped_column(sa.String(254))
    address_key: Mapped[str] = mapped_column(FoldedText(254), index=True)
    nonce: Mapped[str] = mapped_column(sa.String(43), default=lambda: secrets.token_urlsafe(16))
    payload: Mapped[Any] = mapped_column(JSONValue, default=dict)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    replaced_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class UserSession(db.Model):
    """One signed-in device. The cookie holds a token, the row only its hash; a deleted row is signed out."""

    __tablename__ = "sessions"

    id: Mapped[int] = primary_key()
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"), index=True)
    # The organisation acted for. No foreign key: organisations stand above this room, and a membership is asked anew
    # with every request.
    organisation_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    address: Mapped[str] = mapped_column(sa.String(64), default="")
    agent: Mapped[str] = mapped_column(sa.String(300), default="")
    user: Mapped[User] = relationship()


class AccountToken(db.Model):
    """A single-use link. The link is signed from `id`, `purpose` and `nonce`, so no table or job ever holds it."""

    __tablename__ = "account_tokens"
    __table_args__ = (
        sa.CheckConstraint("purpose IN ('confirm', 'reset', 'change_email')", name="purpose"),
    )

    id: Mapped[int] = primary_key()
    purpose: Mapped[str] = mapped_column(sa.String(20))
    nonce: Mapped[str] = mapped_column(sa.String(43), default=lambda: secrets.token_urlsafe(16))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"), index=True)
    payload: Mapped[Any] = mapped_column(JSONValue, default=dict)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    user: Mapped[User] = relationship()


class KeptPost(db.Model):
    """What somebody sent from a form after their session had run out: theirs again once they have signed in.

    `fields`: [[name, value]], without passwords, codes and files.
    """

    __tablename__ = "kept_posts"

    id: Mapped[int] = primary_key()
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"), unique=True)
    path: Mapped[str] = mapped_column(sa.String(500))
    fields: Mapped[Any] = mapped_column(JSONValue)
    without_files: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
