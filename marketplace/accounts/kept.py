"""A form sent after the session had run out: what was typed waits for its writer, and for nobody else.

It is kept only where the browser still holds the token of a session that has expired (not one that was ended), and
the form is one that the site gave to this very browser. Only the account of that session is shown it.
"""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from flask import request, session
from flask_wtf.csrf import validate_csrf
from wtforms import ValidationError

from marketplace import clock
from marketplace.accounts.models import KeptPost, UserSession
from marketplace.accounts.sessions import hash_token
from marketplace.extensions import affected, db
from marketplace.transaction import transaction

KEPT_FOR = timedelta(hours=2)
MOST_CHARACTERS = 200_000
MOST_FIELDS = 1000
# A form's token proves that the site gave this browser the form, however long ago within a session's life.
_TOKEN_AGE = int(timedelta(days=31).total_seconds())
_SECRET = ("password", "current", "code", "secret", "csrf_token")


def keep() -> bool:
    """Keep this post for the account whose session ran out; whether there was anything to keep and anybody to keep it
    for. An earlier one of the same account is replaced."""
    user_id = _whose()
    fields = [
        [name, value]
        for name, value in request.form.items(multi=True)
        if not any(word in name.lower() for word in _SECRET) and "\x00" not in value
    ]
    size = sum(len(name) + len(value) for name, value in fields)
    if user_id is None or not fields or len(fields) > MOST_FIELDS or size > MOST_CHARACTERS:
        return False
    path = request.full_path.rstrip("?")
    if len(path) > 500:
        return False
    with transaction():
        db.session.execute(sa.delete(KeptPost).where(KeptPost.user_id == user_id))
        without = not any(file.filename for file in request.files.values())
        db.session.add(KeptPost(user_id=user_id, path=path, fields=fields, without_files=without))
    return True


def _whose() -> int | None:
    token = session.get("_user_id")
    try:
        validate_csrf(request.form.get("csrf_token"), time_limit=_TOKEN_AGE)
    except ValidationError:
        return None
    if not token:
        return None
    return db.session.scalar(
        sa.select(UserSession.user_id).where(
            UserSession.token_hash == hash_token(token), UserSession.expires_at <= clock.now()
        )
    )


def of_user(user_id: int) -> KeptPost | None:
    """What waits for an account."""
    return db.session.scalars(
        sa.select(KeptPost).where(KeptPost.user_id == user_id, KeptPost.created_at > clock.now() - KEPT_FOR)
    ).first()


def forget(user_id: int) -> None:
    """It was sent again or given up."""
    with transaction():
        db.session.execute(sa.delete(KeptPost).where(KeptPost.user_id == user_id))


def forget_old() -> int:
    """Take away what nobody came back for; how many."""
    with transaction():
        return affected(sa.delete(KeptPost).where(KeptPost.created_at <= clock.now() - KEPT_FOR))
