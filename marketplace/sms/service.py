"""Ask for a text message inside an action, and send it afterwards, once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import current_app, render_template
from flask.sansio.app import App
from flask_babel import force_locale

from marketplace import clock
from marketplace.extensions import affected, db, upserting
from marketplace.outbox.models import Job
from marketplace.outbox.service import enqueue
from marketplace.sms.aliyun import AliyunGateway
from marketplace.sms.gateways import FolderGateway, HttpGateway, SmsError, SmsGateway, Text
from marketplace.sms.models import TextMessage
from marketplace.sms.numbers import Phone
from marketplace.sms.tencent import TencentGateway
from marketplace.transaction import transaction

JOB = "send_text"
# Given the facts a job carries, the words of the message: a code is made only when it is sent, and kept nowhere.
Params = Callable[[dict[str, Any]], dict[str, str]]


def gateway_for(url: str) -> SmsGateway | None:
    """The gateway that a setting names; None where none is set, and nobody can sign in by number."""
    if not url or url == "off":
        return None
    scheme = url.split("://", 1)[0]
    if scheme == "folder":
        return FolderGateway(Path(url.removeprefix("folder://")))
    if scheme.startswith("aliyun"):
        return AliyunGateway(url)
    if scheme.startswith("tencent"):
        return TencentGateway(url)
    return HttpGateway(url)


def is_available() -> bool:
    """Whether text messages can be sent at all."""
    return current_app.extensions.get("sms_gateway") is not None


def register_params(app: App, template: str, params: Params) -> None:
    """Have `params` asked for the words of a template when a message is sent."""
    app.extensions.setdefault("sms_params", {})[template] = params


def send(
    *,
    to: Phone,
    locale: str,
    template: str,
    context: dict[str, Any],
    dedupe_key: str,
    useless_at: datetime | None = None,
) -> None:
    """Write one message and its job into the open transaction; asked for twice, it is one message.

    `template` names `templates/sms/<template>.txt`; `context` must be plain JSON values and hold nothing secret.
    After `useless_at` the message is no longer sent.
    """
    row = {"dedupe_key": dedupe_key[:200], "number": to.e164, "locale": locale, "template": template,
           "created_at": clock.now(), "useless_at": useless_at, "reference": "", "problem": "", "detail": ""}
    insert = upserting(TextMessage).values(**row).on_conflict_do_nothing(index_elements=["dedupe_key"])
    made = insert.returning(TextMessage.id)
    if db.session.execute(made).first() is None:
        return
    enqueue(JOB, subject=dedupe_key[:200], dedupe_key=f"sms:{dedupe_key}"[:200], payload={"context": context})


def compose(message: TextMessage, context: dict[str, Any]) -> Text:
    """The message in its recipient's language. Raises LookupError when what it tells of is gone."""
    settings = current_app.config["SETTINGS"]
    make = current_app.extensions.get("sms_params", {}).get(message.template)
    params = make(context) if make else {name: str(value) for name, value in context.items()}
    with current_app.test_request_context("/", base_url=settings.public_url), force_locale(message.locale):
        body = render_template(f"sms/{message.template}.txt", public_url=settings.public_url, **params)
    return Text(id=message.dedupe_key, number=message.number, locale=message.locale, template=message.template,
                params=params, body=" ".join(body.split()))


def handle(job: Job) -> None:
    """Send the message of a job, unless it was sent or is of no use any more. Safe to run twice.

    What passes by itself is raised, so that the job is tried again; what does not is noted and given up.
    """
    message = db.session.scalars(sa.select(TextMessage).where(TextMessage.dedupe_key == job.subject)).first()
    if message is None or message.sent_at is not None or message.failed_at is not None:
        return
    if message.useless_at is not None and message.useless_at <= clock.now():
        _note(job.subject, failed_at=clock.now(), problem=message.problem or "late")
        return
    gateway = current_app.extensions.get("sms_gateway")
    if gateway is None:
        _note(job.subject, failed_at=clock.now(), problem="account", detail="no gateway is set")
        return
    text = compose(message, job.payload["context"])
    db.session.rollback()  # no transaction stays open while the gateway is talked to
    try:
        reference = gateway.send(text)
    except SmsError as error:
        _note(job.subject, problem=error.kind, detail=error.detail,
              failed_at=None if error.temporary else clock.now())
        if error.temporary:
            raise
        return
    _note(job.subject, sent_at=clock.now(), reference=reference, problem="", detail="")


def _note(dedupe_key: str, **values: object) -> None:
    with transaction():
        db.session.execute(sa.update(TextMessage).where(TextMessage.dedupe_key == dedupe_key).values(**values))


def newest(limit: int = 100) -> list[TextMessage]:
    """The last messages, for the organiser."""
    return list(db.session.scalars(sa.select(TextMessage).order_by(TextMessage.id.desc()).limit(limit)))


def forget_old(before: datetime) -> int:
    """Delete what was sent before a moment: numbers are kept no longer than they are of use. Returns how many."""
    with transaction():
        return affected(sa.delete(TextMessage).where(TextMessage.created_at < before))
