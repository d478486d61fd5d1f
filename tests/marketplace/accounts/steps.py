"""What a person does in a browser, and what lands in their mailbox."""

from __future__ import annotations

import email
import email.policy
import html
import re
from email.message import EmailMessage
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from marketplace.accounts import service
from marketplace.accounts.models import User
from marketplace.extensions import db
from marketplace.outbox import worker

PASSWORD = "seven lamps on the quay"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36"


class Browser(FlaskClient):
    """A client whose every request has a context of its own, as on a server."""

    def open(self, *args: Any, **options: Any) -> TestResponse:
        with self.application.app_context():
            return super().open(*args, **options)


def browser(app: Flask, language: str = "en", **environ: str) -> FlaskClient:
    """A browser without cookies; `environ` as in HTTP_USER_AGENT or REMOTE_ADDR."""
    client = Browser(app, app.response_class)
    client.environ_base.update({"HTTP_ACCEPT_LANGUAGE": language, "HTTP_USER_AGENT": CHROME, **environ})
    return client


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of the page's last form that has a submission id, else the page's CSRF token alone."""
    names = "csrf_token|submission_id|lock_version|next"
    fields = dict(re.findall(rf'<input[^>]*name="({names})"[^>]*value="([^"]*)"', page))
    return {name: html.unescape(value) for name, value in fields.items()}


def send(client: FlaskClient, path: str, data: dict[str, Any] | None = None, *, page: str | None = None,
         **options: Any) -> TestResponse:
    """Open a page, fill its form in and send it, as a browser would."""
    opened = client.get(page or path)
    assert opened.status_code == 200, (page or path, opened.status_code)
    return client.post(path, data={**hidden(opened.text), **(data or {})}, **options)


def make_user(email_address: str, *, name: str = "Chan Mei", locale: str = "en", organiser: bool = False) -> User:
    """A confirmed account with PASSWORD."""
    return service.create_confirmed_user(
        email=email_address, password=PASSWORD, name=name, locale=locale, is_organiser=organiser)


def signed_in(app: Flask, email_address: str, **environ: str) -> FlaskClient:
    """A browser signed in to an account with PASSWORD."""
    client = browser(app, **environ)
    answer = send(client, "/sign-in", {"email": email_address, "password": PASSWORD})
    assert answer.status_code == 302, answer.text
    return client


def mails(app: Flask) -> list[EmailMessage]:
    """Every mail sent so far, once the waiting jobs are done, oldest first."""
    worker.drain(("fast",))
    db.session.rollback()
    folder = app.config["SETTINGS"].mail_folder
    found = list(folder.glob("*.eml")) if folder.exists() else []
    return [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)  # type: ignore[misc]
        for path in sorted(found, key=lambda path: path.stat().st_mtime_ns)
    ]


def link_in(message: EmailMessage) -> str:
    """The path of the first link in a mail."""
    found = re.search(r"http://market\.example(\S+)", message.get_content())
    assert found is not None, message.get_content()
    return found.group(1)


def errors(page: str) -> list[str]:
    """The sentences of the error summary at the top of a form."""
    block = re.search(r'id="errors".*?</div>\s*</div>', page, re.S)
    if block is None:
        return []
    items = re.findall(r"<li>(.*?)</li>", block[0], re.S)
    return [html.unescape(re.sub(r"<[^>]+>", "", item)).strip() for item in items]
