"""Ways for a text message to leave, behind one small protocol: a folder, any HTTP gateway, two providers."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit, urlunsplit

# What went wrong, for the organiser; the first two pass by themselves, so that the message is tried again.
TEMPORARY = ("rate_limited", "unavailable")
KINDS = (*TEMPORARY, "invalid_number", "template", "account", "refused")
TIMEOUT = 10.0
LONGEST_REPLY = 64 * 1024


class SmsError(Exception):
    """The gateway did not take a message: `kind` is one of `KINDS`, `detail` its own code and never the text sent."""

    def __init__(self, kind: str, detail: str = "") -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind = kind
        self.detail = detail[:200]

    @property
    def temporary(self) -> bool:
        return self.kind in TEMPORARY


@dataclass(frozen=True)
class Text:
    """One message. `id` stays the same when it is sent again; `number` as in "+85291234567".

    Gateways that take free text send `body`; providers with approved templates send `template` and `params`.
    """

    id: str
    number: str
    locale: str
    template: str
    params: dict[str, str] = field(default_factory=dict)
    body: str = ""


class SmsGateway(Protocol):
    """Hands one message over and returns the gateway's reference for it. Raises SmsError."""

    def send(self, text: Text) -> str: ...


class FolderGateway:
    """Writes each message to a file named after its id, so that sending twice leaves one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, text: Text) -> str:
        self.folder.mkdir(parents=True, exist_ok=True)
        name = hashlib.sha256(text.id.encode()).hexdigest()[:32]
        temporary = self.folder / f".{name}.{os.getpid()}"
        kept = {"to": text.number, "locale": text.locale, "template": text.template, "body": text.body}
        temporary.write_text(json.dumps(kept, ensure_ascii=False), "utf-8")
        temporary.replace(self.folder / f"{name}.json")
        return name


class HttpGateway:
    """Posts JSON to any address: id, to, locale, template, params and text.

    A password in the address (`https://:token@gateway.example/send`) is sent as a bearer token. The answer's status
    says how it went: 2xx taken, 429 too many, 400 or 422 the number is refused, 401 or 403 the account.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.token = unquote(parts.password or "")
        host = parts.hostname or ""
        self.url = urlunsplit((parts.scheme, f"{host}:{parts.port}" if parts.port else host, parts.path or "/",
                               parts.query, ""))

    def send(self, text: Text) -> str:
        headers = {"Content-Type": "application/json; charset=utf-8", "Idempotency-Key": text.id}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        body = {"id": text.id, "to": text.number, "locale": text.locale, "template": text.template,
                "params": text.params, "text": text.body}
        status, reply = post(self.url, json.dumps(body, ensure_ascii=False).encode(), headers)
        if status >= 300:
            raise SmsError(_KIND_OF_STATUS.get(status, "unavailable" if status >= 500 else "refused"), f"HTTP {status}")
        return str(reply.get("id", ""))[:100] if isinstance(reply, dict) else ""


_KIND_OF_STATUS = {400: "invalid_number", 422: "invalid_number", 404: "template", 401: "account", 402: "account",
                   403: "account", 408: "unavailable", 429: "rate_limited"}


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A gateway that sends us elsewhere would be given the number and the code a second time."""

    def redirect_request(self, *_arguments: Any) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirect)


def post(url: str, body: bytes, headers: dict[str, str]) -> tuple[int, Any]:
    """(status, JSON of the answer or None). Raises SmsError("unavailable") when nobody answers."""
    request = urllib.request.Request(url, data=body, headers=headers, method="POST")  # noqa: S310 - from the settings
    try:
        with _opener.open(request, timeout=TIMEOUT) as reply:
            return reply.status, _json(reply.read(LONGEST_REPLY))
    except urllib.error.HTTPError as error:
        with error:
            return error.code, _json(error.read(LONGEST_REPLY))
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise SmsError("unavailable", type(error).__name__) from error


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return None
