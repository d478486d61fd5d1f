"""Single-use links: what a mail carries is signed, so that neither a table nor a waiting job holds it."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app

from marketplace import clock
from marketplace.accounts.models import AccountToken, User
from marketplace.errors import NotFound
from marketplace.extensions import db

LIFETIMES = {"confirm": timedelta(days=7), "reset": timedelta(hours=1), "change_email": timedelta(days=1)}


def issue(user: User, purpose: str, payload: dict[str, Any] | None = None) -> AccountToken:
    """Add a link for `user` to the open transaction; earlier ones for the same purpose stop working."""
    now = clock.now()
    db.session.execute(
        sa.update(AccountToken)
        .where(AccountToken.user_id == user.id, AccountToken.purpose == purpose, AccountToken.used_at.is_(None))
        .values(used_at=now)
    )
    token = AccountToken(
        purpose=purpose, user_id=user.id, payload=payload or {}, created_at=now, expires_at=now + LIFETIMES[purpose]
    )
    db.session.add(token)
    db.session.flush()  # its id is part of the link
    return token


def sign(kind: str, row_id: int, nonce: str) -> str:
    """The text of a link to a row, as `7.3f2a...`. Nobody without the secret key can make it."""
    key = current_app.config["SETTINGS"].secret_key.encode()
    digest = hmac.new(key, f"link:{kind}:{row_id}:{nonce}".encode(), hashlib.sha256).hexdigest()
    return f"{row_id}.{digest[:43]}"


def row_id_of(text: str) -> int | None:
    """The row a link's text names, unverified; None when it names none."""
    number = text.partition(".")[0]
    return int(number) if number.isascii() and number.isdigit() and len(number) < 19 else None


def matches(text: str, kind: str, row_id: int, nonce: str) -> bool:
    """Whether `text` is the link to that row."""
    return hmac.compare_digest(text.encode(), sign(kind, row_id, nonce).encode())


def text_of(token: AccountToken) -> str:
    """The text of the link for `token`."""
    return sign(token.purpose, token.id, token.nonce)


def find(text: str, purpose: str, *, lock: bool = False) -> AccountToken:
    """The link that `text` is, unused and unexpired.

    Raises:
        NotFound: there is no such link, or it was used, replaced or is too old.
    """
    row_id = row_id_of(text)
    if row_id is None:
        raise NotFound
    query = sa.select(AccountToken).where(AccountToken.id == row_id, AccountToken.purpose == purpose)
    if lock:
        query = query.with_for_update()
    token = db.session.scalars(query).first()
    if token is None or not matches(text, purpose, token.id, token.nonce):
        raise NotFound
    if token.used_at is not None or token.expires_at <= clock.now():
        raise NotFound
    return token
