"""The devices that are signed in: opened, found by the cookie's token, listed and ended."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from marketplace import clock
from marketplace.accounts.models import User, UserSession
from marketplace.actor import Actor
from marketplace.audit import service as audit
from marketplace.errors import ErrorCode, Invalid, NotFound
from marketplace.extensions import affected, db
from marketplace.transaction import transaction

LONG = timedelta(days=30)
SHORT = timedelta(hours=12)
FRESH = timedelta(minutes=15)
SEEN_EVERY = timedelta(minutes=1)


def hash_token(token: str) -> str:
    """What the table keeps of a token: it is random, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def open_session(user: User, *, address: str, agent: str, keep: bool) -> str:
    """Add a session to the open transaction and return its token, which is kept nowhere else."""
    now = clock.now()
    token = secrets.token_urlsafe(32)
    db.session.add(
        UserSession(
            token_hash=hash_token(token),
            user_id=user.id,
            created_at=now,
            seen_at=now,
            expires_at=now + (LONG if keep else SHORT),
            address=address[:64],
            agent=agent[:300].replace("\x00", ""),
        )
    )
    return token


def find_user(token: str) -> User | None:
    """The account signed in by `token`, in one query; None when the session was ended or has expired."""
    row = db.session.scalars(
        sa.select(UserSession)
        .where(UserSession.token_hash == hash_token(token), UserSession.expires_at > clock.now())
        .options(joinedload(UserSession.user))
    ).first()
    if row is None:
        return None
    row.user.session_id = row.id
    row.user.session_token = token
    row.user.chosen_organisation_id = row.organisation_id
    return row.user


def note_seen(token: str) -> None:
    """Note that the device was used, at most once a minute: most requests write nothing."""
    now = clock.now()
    stale = sa.and_(UserSession.token_hash == hash_token(token), UserSession.seen_at < now - SEEN_EVERY)
    if db.session.scalar(sa.select(UserSession.id).where(stale)) is None:
        return
    with transaction():
        db.session.execute(sa.update(UserSession).where(stale).values(seen_at=now))


def require_fresh(session_id: int | None, field: str) -> None:
    """Raises Invalid at `field` ("sign_in_again") unless this device signed in within the last quarter of an hour."""
    row = db.session.get(UserSession, session_id) if session_id is not None else None
    if row is None or row.created_at < clock.now() - FRESH:
        raise Invalid({field: ErrorCode("sign_in_again")})


def of_user(user_id: int) -> list[UserSession]:
    """The live sessions of a user, last used first."""
    return list(
        db.session.scalars(
            sa.select(UserSession)
            .where(UserSession.user_id == user_id, UserSession.expires_at > clock.now())
            .order_by(UserSession.seen_at.desc(), UserSession.id.desc())
        )
    )


def choose_organisation(*, actor: Actor, session_id: int, organisation_id: int) -> None:
    """Act for `organisation_id` from now on in this session. The caller has checked the membership."""
    with transaction():
        db.session.execute(
            sa.update(UserSession)
            .where(UserSession.id == session_id, UserSession.user_id == actor.require_user())
            .values(organisation_id=organisation_id)
        )


def end(token: str) -> None:
    """Sign out the device that holds `token`."""
    with transaction():
        db.session.execute(sa.delete(UserSession).where(UserSession.token_hash == hash_token(token)))


def end_one(*, actor: Actor, session_id: int) -> None:
    """Sign out one device of the actor's own. Raises NotFound for anybody else's."""
    with transaction():
        done = affected(
            sa.delete(UserSession).where(UserSession.id == session_id, UserSession.user_id == actor.require_user())
        )
        if not done:
            raise NotFound
        audit.record(actor=actor, action="session.ended", subject_kind="user", subject_id=actor.require_user())


def end_all(*, actor: Actor, user_id: int, keep: int | None = None) -> int:
    """Sign out every device of a user, but the session `keep`; returns how many were ended."""
    with transaction():
        query = sa.delete(UserSession).where(UserSession.user_id == user_id)
        if keep is not None:
            query = query.where(UserSession.id != keep)
        ended = affected(query)
        audit.record(actor=actor, action="sessions.ended", subject_kind="user", subject_id=user_id)
    return ended


def forget_expired() -> int:
    """Delete the sessions that expired a day ago; returns how many. Until then a form that is still open in the
    browser can be kept for its writer."""
    with transaction():
        return affected(sa.delete(UserSession).where(UserSession.expires_at <= clock.now() - timedelta(days=1)))
