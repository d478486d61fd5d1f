"""Ask for a mail inside an action, and send it afterwards."""

from __future__ import annotations

import hashlib
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from flask import current_app, render_template
from flask_babel import force_locale

from marketplace import clock
from marketplace.mail.mailers import Mailer
from marketplace.outbox.models import Job
from marketplace.outbox.service import enqueue

JOB = "send_mail"


def send(
    *,
    to: str,
    locale: str,
    template: str,
    context: dict[str, Any],
    dedupe_key: str,
    headers: dict[str, str] | None = None,
) -> None:
    """Write the job of one mail into the open transaction.

    `template` names `templates/<template>.txt`, whose first line is `Subject: ...`; `context` must be plain JSON
    values. `dedupe_key` also makes the Message-ID: a mail sent again after a crash carries the same one.
    """
    enqueue(
        JOB,
        subject=dedupe_key,
        dedupe_key=f"mail:{dedupe_key}"[:200],
        payload={"to": to, "locale": locale, "template": template, "context": context, "headers": headers or {}},
    )


def message_id(dedupe_key: str) -> str:
    """A Message-ID that is the same whenever the same mail is made."""
    host = current_app.config["SETTINGS"].public_url.split("//", 1)[1].split("/", 1)[0].split(":", 1)[0]
    return f"<{hashlib.sha256(dedupe_key.encode()).hexdigest()[:40]}@{host}>"


def compose(payload: dict[str, Any], dedupe_key: str) -> EmailMessage:
    """The message of a job's payload, in the recipient's language."""
    settings = current_app.config["SETTINGS"]
    with current_app.test_request_context("/", base_url=settings.public_url), force_locale(payload["locale"]):
        text = render_template(payload["template"] + ".txt", public_url=settings.public_url, **payload["context"])
    first, _, body = text.partition("\n")
    message = EmailMessage()
    message["Subject"] = first.removeprefix("Subject:").strip()
    message["From"] = settings.mail_from
    message["To"] = payload["to"]
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = message_id(dedupe_key)
    for name, value in payload["headers"].items():
        message[name] = value
    message.set_content(body.strip() + "\n")
    return message


def handle(job: Job) -> None:
    """Send the mail of a job. No transaction is open while the server is talked to."""
    mailer: Mailer = current_app.extensions["mailer"]
    mailer.deliver(compose(job.payload, job.subject))
