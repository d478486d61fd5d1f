"""Send the mails of notifications: each once, in the recipient's language, with a link that stops them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import current_app

from marketplace import clock
from marketplace.accounts import tokens
from marketplace.accounts.models import User
from marketplace.extensions import db
from marketplace.mail import service as mail
from marketplace.notifications.models import Delivery
from marketplace.organisations import queries as organisations
from marketplace.outbox.models import Job
from marketplace.transaction import transaction


def handle(job: Job) -> None:
    """Send the mail of one delivery, unless it was sent or is no longer wanted. Safe to run twice.

    A worker that dies between the mail server and the note that it was sent sends again, with the same Message-ID.
    """
    delivery = db.session.get(Delivery, job.payload["delivery_id"])
    if delivery is None or delivery.sent_at is not None or delivery.dropped_at is not None:
        return
    if not _still_wanted(delivery):
        _note(delivery.id, dropped_at=clock.now())
        return
    message = mail.compose(*_mail_of(delivery))
    delivery_id = delivery.id
    db.session.rollback()  # no transaction stays open while the server is talked to
    current_app.extensions["mailer"].deliver(message)
    _note(delivery_id, sent_at=clock.now())


def _still_wanted(delivery: Delivery) -> bool:
    user, notification = delivery.user, delivery.notification
    if not user.mail_wanted or user.email is None or user.confirmed_at is None:
        return False
    if notification.user_id is not None or notification.organisation_id is None:
        return True
    return bool(organisations.roles_in(user.id, notification.organisation_id))


def _mail_of(delivery: Delivery) -> tuple[dict[str, Any], str]:
    """(payload of the mail, the key its Message-ID is made of)."""
    user, notification = delivery.user, delivery.notification
    address = unsubscribe_address(user)
    payload: dict[str, Any] = {
        "to": user.email, "locale": user.locale, "template": f"mail/{notification.kind}",
        "context": {"kind": notification.kind, "params": notification.params, "name": user.name,
                    "unsubscribe_url": address},
        "headers": {"List-Unsubscribe": f"<{address}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
    }
    return payload, f"{notification.dedupe_key}:{user.id}"


def _note(delivery_id: int, **moments: object) -> None:
    with transaction():
        db.session.execute(sa.update(Delivery).where(Delivery.id == delivery_id).values(**moments))


def unsubscribe_text(user_id: int) -> str:
    """The signed text that stops a user's mails; it works without being signed in."""
    return tokens.sign("unsubscribe", user_id, "")


def unsubscribe_address(user: User) -> str:
    """The whole address that stops a user's mails."""
    return f"{current_app.config['SETTINGS'].public_url}/unsubscribe/{unsubscribe_text(user.id)}"
