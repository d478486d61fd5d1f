"""A real SMTP server on the loopback interface that keeps what it is sent."""

from __future__ import annotations

import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import TracebackType

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.support.launch import free_port


class _Keeper:
    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self._mailbox.refused:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self._mailbox.keep(envelope.content or b"")
        return "250 kept"


class Mailbox:
    """`url` is what MAIL_URL takes, `messages` what has arrived, `refused` the addresses to answer with 550. A
    context manager.
    """

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.refused: set[str] = set()
        self._arrived = threading.Condition()
        self._controller = Controller(_Keeper(self), hostname="127.0.0.1", port=free_port())
        self.url = f"smtp://127.0.0.1:{self._controller.port}"

    def keep(self, content: bytes | str) -> None:
        """Take a message in; called by the server's thread."""
        raw = content.encode() if isinstance(content, str) else content
        message = message_from_bytes(raw, policy=policy.default)
        with self._arrived:
            self.messages.append(message)  # type: ignore[arg-type]  # policy.default makes an EmailMessage
            self._arrived.notify_all()

    def to(self, address: str) -> list[EmailMessage]:
        """The messages whose To names `address`."""
        return [message for message in self.messages if address in str(message["To"])]

    def wait_for(self, count: int, timeout: float = 20.0) -> list[EmailMessage]:
        """All messages, once there are `count`. Raises AssertionError after `timeout` seconds."""
        with self._arrived:
            arrived = self._arrived.wait_for(lambda: len(self.messages) >= count, timeout)
        assert arrived, f"{len(self.messages)} of {count} messages arrived within {timeout:.0f} s"
        return list(self.messages)

    def __enter__(self) -> Mailbox:
        self._controller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._controller.stop()
