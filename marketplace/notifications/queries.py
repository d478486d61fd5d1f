"""What stands in whose inbox."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from marketplace.actor import Actor
from marketplace.extensions import db
from marketplace.notifications.models import Notification


def in_inbox(actor: Actor) -> sa.ColumnElement[bool]:
    """What the actor may read: their own lines, and those of the organisation acted for."""
    mine = Notification.user_id == actor.require_user()
    if actor.organisation_id is None:
        return mine
    ours = sa.and_(Notification.organisation_id == actor.organisation_id, Notification.user_id.is_(None))
    return sa.or_(mine, ours)


def inbox(actor: Actor, *, page: int = 1, size: int = 30) -> tuple[list[Notification], int]:
    """One page of the inbox, newest first, and how many lines there are in all."""
    total = db.session.scalar(sa.select(sa.func.count()).select_from(Notification).where(in_inbox(actor))) or 0
    rows = db.session.scalars(
        sa.select(Notification).where(in_inbox(actor)).order_by(Notification.id.desc())
        .limit(size).offset((page - 1) * size))
    return list(rows), total


def unread_count(actor: Actor) -> int:
    """How many lines of the inbox are unread; 0 for a visitor."""
    if actor.user_id is None:
        return 0
    return db.session.scalar(
        sa.select(sa.func.count()).select_from(Notification).where(in_inbox(actor), Notification.read_at.is_(None))
    ) or 0


def is_told(dedupe_key: str) -> bool:
    """Whether a line was written under this key."""
    return db.session.scalar(sa.select(Notification.id).where(Notification.dedupe_key == dedupe_key)) is not None


def told_among(dedupe_keys: Iterable[str]) -> set[str]:
    """Those of the keys under which a line was written, in one statement."""
    keys = list(dedupe_keys)
    if not keys:
        return set()
    return set(db.session.scalars(sa.select(Notification.dedupe_key).where(Notification.dedupe_key.in_(keys))))
