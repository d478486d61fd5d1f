"""Text messages as the organiser sees them: how each went, and in a demonstration what it said."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flask_babel import lazy_gettext as _l

from marketplace.sms import service as sms
from marketplace.sms.models import TextMessage
from marketplace.sms.numbers import BadNumber, of_e164

PROBLEMS = {
    "rate_limited": _l("the gateway says: too many, it is tried again"),
    "unavailable": _l("the gateway does not answer, it is tried again"),
    "invalid_number": _l("the gateway says: no such number"),
    "template": _l("the gateway lacks the template or the signature: set it up there and in SMS_URL"),
    "account": _l("the gateway refuses the account: check its key, its rights and its credit"),
    "refused": _l("the gateway refused it"),
    "late": _l("too late to be of use"),
}


@dataclass(frozen=True)
class SentText:
    """One message; `body` only where it went to a folder, `to` in full only there too."""

    to: str
    template: str
    at: datetime
    sent_at: datetime | None
    failed_at: datetime | None
    problem: str
    detail: str
    body: str


def newest_texts(folder: Path | None, limit: int = 100) -> list[SentText]:
    """The last messages, newest first."""
    return [_shown(row, folder) for row in sms.newest(limit)]


def _shown(row: TextMessage, folder: Path | None) -> SentText:
    return SentText(
        to=row.number if folder else _masked(row.number), template=row.template, at=row.created_at,
        sent_at=row.sent_at, failed_at=row.failed_at, problem=row.problem, detail=row.detail,
        body=_body(folder, row.dedupe_key) if folder else "")


def _masked(number: str) -> str:
    try:
        return of_e164(number).masked
    except BadNumber:
        return "•••"


def _body(folder: Path, dedupe_key: str) -> str:
    path = folder / f"{hashlib.sha256(dedupe_key.encode()).hexdigest()[:32]}.json"
    return str(json.loads(path.read_text("utf-8")).get("body", "")) if path.is_file() else ""
