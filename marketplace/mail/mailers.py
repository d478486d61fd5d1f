"""Two ways for a mail to leave: an SMTP server, or a folder that the demonstration shows."""

from __future__ import annotations

import hashlib
import os
import smtplib
import ssl
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit


class Mailer(Protocol):
    """Hands one message over. Raises OSError or smtplib.SMTPException when it could not."""

    def deliver(self, message: EmailMessage) -> None: ...


class SMTPMailer:
    """Talks to the server of an `smtp://` or `smtps://` address; `?starttls=1` asks for encryption first."""

    def __init__(self, url: str, *, timeout: float = 20.0) -> None:
        parts = urlsplit(url)
        self.host = parts.hostname or "127.0.0.1"
        self.secure = parts.scheme == "smtps"
        self.port = parts.port or (465 if self.secure else 25)
        self.user, self.password = unquote(parts.username or ""), unquote(parts.password or "")
        self.starttls = parse_qs(parts.query).get("starttls", ["0"])[0] in ("1", "true")
        self.timeout = timeout

    def deliver(self, message: EmailMessage) -> None:
        context = ssl.create_default_context() if self.secure or self.starttls else None
        client = (
            smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout, context=context)
            if self.secure
            else smtplib.SMTP(self.host, self.port, timeout=self.timeout)
        )
        with client:
            if self.starttls:
                client.starttls(context=context)
            if self.user:
                client.login(self.user, self.password)
            client.send_message(message)


class FolderMailer:
    """Writes each message to a file named after its Message-ID, so that sending twice leaves one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def deliver(self, message: EmailMessage) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        name = hashlib.sha256(str(message["Message-ID"]).encode()).hexdigest()[:32]
        temporary = self.folder / f".{name}.{os.getpid()}"
        temporary.write_bytes(bytes(message))
        temporary.replace(self.folder / f"{name}.eml")
