"""Tell an organisation or a person something, once."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.actor import Actor
from marketplace.errors import NotFound
from marketplace.extensions import affected, db
from marketplace.notifications import queries
from marketplace.notifications.models import KINDS, Delivery, Notification
from marketplace.organisations.models import Membership, Organisation
from marketplace.outbox.service import enqueue
from marketplace.transaction import transaction

JOB = "deliver_notification"


def notify(
    *,
    kind: str,
    params: dict[str, Any],
    dedupe_key: str,
    organisation_id: int | None = None,
    user_id: int | None = None,
    by_mail: bool = True,
) -> bool:
    """Write one line into an inbox, in the open transaction, and ask for its mails.

    A line that was ever written under the same `dedupe_key` stands for both: nobody is told twice, whoever asks
    and however often. `params` must be plain JSON values. `by_mail`: False for a line that its reader wants in the
    inbox alone. Returns whether this call wrote it.

    Raises:
        ValueError: for an unknown kind.
    """
    if kind not in KINDS:
        raise ValueError(kind)
    notification = Notification(
        organisation_id=organisation_id, user_id=user_id, kind=kind, params=params, dedupe_key=dedupe_key
    )
    try:
        with db.session.begin_nested():
            db.session.add(notification)
            db.session.flush()  # the unique key answers here; deliveries carry the id
    except sa.exc.IntegrityError:
        if queries.is_told(dedupe_key):
            return False
        raise
    if KINDS[kind] and by_mail:
        for recipient in _recipients(organisation_id, user_id):
            delivery = Delivery(notification_id=notification.id, user_id=recipient)
            db.session.add(delivery)
            db.session.flush()  # the job carries its id
            enqueue(
                JOB,
                subject=f"delivery:{delivery.id}",
                payload={"delivery_id": delivery.id},
                dedupe_key=f"delivery:{delivery.id}",
            )
    return True


def _recipients(organisation_id: int | None, user_id: int | None) -> list[int]:
    """Who gets a mail now: whose address is confirmed and who wants mails."""
    query = sa.select(User.id).where(User.confirmed_at.is_not(None), User.mail_wanted.is_(True)).order_by(User.id)
    if user_id is not None:
        query = query.where(User.id == user_id)
    else:
        query = query.join(Membership, Membership.user_id == User.id).where(
            Membership.organisation_id == organisation_id
        )
    return list(db.session.scalars(query))


def tell_invited(*, organisation_id: int, user_id: int, invitation_id: int) -> None:
    """Put an invitation into the inbox of an account that exists; its mail is sent by whoever invites."""
    organisation = db.session.get(Organisation, organisation_id)
    if organisation is not None:
        notify(
            kind="invitation",
            user_id=user_id,
            dedupe_key=f"invitation:{invitation_id}",
            params={"invitation_id": invitation_id, "names": organisation.names},
        )


def mark_read(*, actor: Actor, notification_id: int) -> None:
    """Mark one line as read. Raises NotFound when it is not in the actor's inbox."""
    with transaction():
        done = affected(
            sa.update(Notification)
            .where(Notification.id == notification_id, queries.in_inbox(actor))
            .values(read_at=sa.func.coalesce(Notification.read_at, clock.now()))
        )
        if not done:
            raise NotFound


def mark_all_read(*, actor: Actor, up_to: int) -> int:
    """Mark as read what stood in the inbox when the page was made (ids to `up_to`); returns how many."""
    with transaction():
        return affected(
            sa.update(Notification)
            .where(queries.in_inbox(actor), Notification.read_at.is_(None), Notification.id <= up_to)
            .values(read_at=clock.now())
        )
