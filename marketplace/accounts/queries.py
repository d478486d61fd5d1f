"""Finding an account."""

from __future__ import annotations

import sqlalchemy as sa

from marketplace.accounts.models import User
from marketplace.errors import NotFound
from marketplace.extensions import db


def get_user(user_id: int) -> User:
    """The account of an id. Raises NotFound."""
    user = db.session.get(User, user_id)
    if user is None:
        raise NotFound
    return user


def user_of_address(email: str) -> User | None:
    """The account whose owner proved that `email` is theirs."""
    return db.session.scalars(sa.select(User).where(User.email_key == email)).first()


def user_of_phone(phone: str) -> User | None:
    """The account whose owner proved that the number `phone` (as in "+85291234567") is theirs."""
    return db.session.scalars(sa.select(User).where(User.phone == phone)).first()


def newest_unproved(email: str) -> User | None:
    """The latest account that was signed up with `email` without proof yet."""
    return db.session.scalars(
        sa.select(User).where(User.email_folded == email, User.confirmed_at.is_(None))
        .order_by(User.id.desc()).limit(1)
    ).first()
