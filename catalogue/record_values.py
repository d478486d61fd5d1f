"""Reading single values out of a record: present, of the right shape, and not too much of them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from catalogue.record_errors import RecordError

MAX_TITLE = 300
MAX_TEXT = 20_000
MAX_ITEM = 500
MAX_ITEMS = 200


def read_decimal(facts: Mapping[str, Any], key: str) -> Decimal:
    """A number of the facts that is not negative. Raises RecordError."""
    value = facts[key]
    where = f"facts.{key}"
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise RecordError(where, "not_a_number", "must be a number")
    try:
        number = Decimal(str(value).replace(",", "").strip())
    except InvalidOperation:
        raise RecordError(where, "not_a_number", "must be a number") from None
    if not number.is_finite():
        raise RecordError(where, "not_a_number", "must be a number")
    if number < 0:
        raise RecordError(where, "negative", "must not be negative")
    if number > Decimal(10) ** 15:
        raise RecordError(where, "too_large", "is too large to store")
    return number


def read_required(record: Mapping[str, Any], key: str, limit: int) -> str:
    """A text that must be there, of at most `limit` characters. Raises RecordError."""
    text = read_string(record, key, limit)
    if not text:
        raise RecordError(key, "required", "is missing")
    return text


def read_string(record: Mapping[str, Any], key: str, limit: int, prefix: str = "") -> str:
    """A text, "" where there is none. `prefix`: what stands before the key in an error. Raises RecordError."""
    value = record.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise RecordError(prefix + key, "wrong_shape", "must be text")
    return _checked(value, limit, prefix + key)


def read_strings(facts: Mapping[str, Any], key: str) -> list[str]:
    """A list of texts, also from a single one. Raises RecordError."""
    value = facts.get(key)
    where = f"facts.{key}"
    if value is None:
        return []
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise RecordError(where, "wrong_shape", "must be a list of texts")
    if len(value) > MAX_ITEMS:
        raise RecordError(where, "too_many", f"must have at most {MAX_ITEMS} entries")
    return [text for text in (_checked(one, MAX_ITEM, where) for one in value) if text]


def _checked(value: str, limit: int, where: str) -> str:
    text = value.strip()
    if any(ord(char) < 32 and char not in "\n\r\t" for char in text):
        raise RecordError(where, "control_characters", "has control characters")
    if len(text) > limit:
        raise RecordError(where, "too_long", f"has {len(text)} characters, more than {limit}")
    return text
