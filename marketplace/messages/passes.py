"""Short-lived links to one file, for the browser that a file must be opened in when WeChat's cannot save it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer

from marketplace.errors import NotFound

LIFETIME = 600  # seconds


@dataclass(frozen=True)
class Pass:
    """That its holder may fetch `path` (with its query) as the user who was given it, acting for that organisation."""

    path: str
    user_id: int | None
    organisation_id: int | None


def make(one: Pass) -> str:
    """The text of a pass."""
    return _serializer().dumps([one.path, one.user_id, one.organisation_id])


def read(text: str) -> Pass:
    """The pass of a text. Raises NotFound when it is none, or older than ten minutes."""
    try:
        path, user_id, organisation_id = _serializer().loads(text, max_age=LIFETIME)
    except (BadData, ValueError, TypeError):
        raise NotFound from None
    return Pass(path, user_id, organisation_id)


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SETTINGS"].secret_key, salt="file-pass")
