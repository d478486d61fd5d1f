"""The mails of a demonstration, which go to a folder instead of to people."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import cast

from marketplace.errors import NotFound

NAME = re.compile(r"[0-9a-f]{32}\Z")


@dataclass(frozen=True)
class KeptMail:
    """A mail in the folder; `name` is its address on the site."""

    name: str
    to: str
    subject: str
    sent_at: datetime
    text: str


def newest_mails(folder: Path, limit: int = 100) -> list[KeptMail]:
    """The mails in `folder`, newest first."""
    files = sorted(folder.glob("*.eml"), key=lambda path: (-path.stat().st_mtime_ns, path.name))[:limit]
    return [_read(path) for path in files]


def read_mail(folder: Path, name: str) -> KeptMail:
    """One mail. Raises NotFound for a name that the folder does not have."""
    path = folder / f"{name}.eml"
    if not NAME.match(name) or not path.is_file():
        raise NotFound
    return _read(path)


def _read(path: Path) -> KeptMail:
    message = cast(EmailMessage, message_from_bytes(path.read_bytes(), policy=policy.default))
    body = message.get_body(("plain",))
    return KeptMail(
        name=path.stem,
        to=str(message["To"]),
        subject=str(message["Subject"]),
        sent_at=parsedate_to_datetime(str(message["Date"])),
        text=body.get_content() if body else "",
    )
