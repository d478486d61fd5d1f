"""Texts that nobody can read from the database alone: sealed with a key that is made of the site's SECRET_KEY."""

from __future__ import annotations

import base64
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app
from sqlalchemy.types import TypeDecorator

# What stands before a sealed text. What has it not was written before texts were sealed, and is read as it stands.
MARK = "sealed:1:"


def seal(text: str) -> str:
    """The text as it is kept, another each time; an empty one stays empty, to show that there is none."""
    return f"{MARK}{_box().encrypt(text.encode()).decode()}" if text else ""


def unseal(kept: str) -> str | None:
    """The text of what is kept; None where it was sealed under another SECRET_KEY, or changed since."""
    if not kept.startswith(MARK):
        return kept
    try:
        return _box().decrypt(kept.removeprefix(MARK)).decode()
    except InvalidToken:
        return None


class SealedText(TypeDecorator[str]):
    """A text that is sealed going in and read coming out; None comes out where nobody can read it any more.

    Never asked for in SQL: the same text is kept otherwise each time.
    """

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        return None if value is None else seal(value)

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> str | None:
        return None if value is None else unseal(value)


def _box() -> Fernet:
    return _made(current_app.config["SETTINGS"].secret_key)


@lru_cache(maxsize=4)
def _made(secret_key: str) -> Fernet:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"texts sealed in the database").derive(
        secret_key.encode()
    )
    return Fernet(base64.urlsafe_b64encode(key))
