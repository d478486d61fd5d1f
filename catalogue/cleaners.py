"""One cleaner a field type: a raw value in, the typed value out, or Refused with the code of what is wrong."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from catalogue import currencies, places
from catalogue.fields import Field
from catalogue.languages import LANGUAGES

MAX_ITEMS = 60  # tags of one language, choices or places
_LARGEST = Decimal(10) ** 12

_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?\Z")
_CODE = re.compile(r"[^\x00-\x1f\x7f]+\Z")
_TRUE = frozenset({"true", "1", "yes", "y", "on", "是"})
_FALSE = frozenset({"false", "0", "no", "n", "off", "否"})


class Refused(Exception):
    """A value that a field cannot take."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def _string(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int, float, Decimal)):
        raise Refused("wrong_shape")
    return unicodedata.normalize("NFC", str(value)).strip()


def _line(value: Any, limit: int | None, *, paragraphs: bool = False) -> str:
    if not isinstance(value, str):
        raise Refused("wrong_shape")
    text = unicodedata.normalize("NFC", value).replace("\r\n", "\n").replace("\r", "\n").strip()
    if not paragraphs:
        text = re.sub(r"[\n\t]+", " ", text)
    if any(unicodedata.category(char) in ("Cc", "Cs") and char not in "\n\t" for char in text):
        raise Refused("control_characters")
    if limit is not None and len(text) > limit:
        raise Refused("too_long", max=limit, length=len(text))
    return text


def _by_language(value: Any, lang: str | None) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        if lang is None:
            raise Refused("language_missing")
        value = {lang: value}
    for language in value:
        if language not in LANGUAGES:
            raise Refused("language_unknown", language=str(language))
    return value


def _text(value: Any, field: Field, lang: str | None) -> dict[str, str]:
    paragraphs = field.type == "longtext"
    parts = _by_language(value, lang)
    cleaned = {
        language: _line(text, field.max_length, paragraphs=paragraphs)
        for language, text in parts.items()
        if text is not None
    }
    return {language: text for language, text in cleaned.items() if text}


def _tags(value: Any, field: Field, lang: str | None) -> dict[str, list[str]]:
    result: dict[str, list[str]] = {}
    for language, items in _by_language(value, lang).items():
        if isinstance(items, str):
            items = re.split(r"[\n,，、;；]", items)
        words = [_line(item, field.max_length) for item in _items(items)]
        words = list(dict.fromkeys(word for word in words if word))
        if words:
            result[language] = words
    return result


def _items(value: Any) -> Iterable[Any]:
    if not isinstance(value, (list, tuple, set, frozenset)):
        raise Refused("wrong_shape")
    if len(value) > MAX_ITEMS:
        raise Refused("too_many", max=MAX_ITEMS)
    return value


def _amount(value: Any) -> Decimal:
    text = unicodedata.normalize("NFKC", _string(value))
    # A comma groups thousands; "1,5" is refused and not read as 15 or 1.5.
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", text):
        text = text.replace(",", "")
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise Refused("not_a_number") from None
    if not number.is_finite():
        raise Refused("not_a_number")
    if abs(number) > _LARGEST:
        raise Refused("too_large", max=str(_LARGEST))
    return number


def _in_range(number: Decimal, field: Field) -> None:
    minimum = Decimal(0) if field.minimum is None else field.minimum
    if number < minimum:
        if number < 0 and minimum == 0:
            raise Refused("negative")
        raise Refused("too_small", min=str(minimum))
    if field.maximum is not None and number > field.maximum:
        raise Refused("too_large", max=str(field.maximum))


def _integer(value: Any, field: Field, lang: str | None) -> int:
    number = _amount(value)
    if number != number.to_integral_value():
        raise Refused("not_whole")
    _in_range(number, field)
    return int(number)


def _decimal(value: Any, field: Field, lang: str | None) -> str:
    number = _amount(value)
    _in_range(number, field)
    if number != round(number, 4):
        raise Refused("too_many_decimals", max=4)
    return format(number.normalize(), "f")


def _boolean(value: Any, field: Field, lang: str | None) -> bool:
    if isinstance(value, bool):
        return value
    word = _string(value).casefold()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise Refused("wrong_shape")


def _choice(value: Any, field: Field, lang: str | None) -> str:
    code = _string(value)
    if all(code != choice.code for choice in field.choices):
        raise Refused("unknown_choice", value=code[:80])
    return code


def _choices(value: Any, field: Field, lang: str | None) -> list[str]:
    given = {_choice(item, field, lang) for item in _items([value] if isinstance(value, str) else value)}
    return [choice.code for choice in field.choices if choice.code in given]


def _places(value: Any, field: Field, lang: str | None) -> list[str]:
    ids = [_string(item) for item in _items([value] if isinstance(value, str) else value)]
    if field.type == "place" and len(ids) > 1:
        raise Refused("too_many", max=1)
    for place_id in ids:
        if not places.is_known(place_id):
            raise Refused("unknown_place", value=place_id[:80])
    return list(dict.fromkeys(ids))


def _date(value: Any, field: Field, lang: str | None) -> str:
    if isinstance(value, datetime.date):
        return value.isoformat()[:10]
    found = _DATE.match(unicodedata.normalize("NFKC", _string(value)))
    if not found:
        raise Refused("not_a_date")
    try:
        return datetime.date(*map(int, found.groups())).isoformat()
    except ValueError:
        raise Refused("not_a_date") from None


def _money(value: Any, field: Field, lang: str | None) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise Refused("wrong_shape")
    code = value.get("currency")
    if code is None or code == "":
        raise Refused("currency_missing")
    if not currencies.is_known(code):
        raise Refused("currency_unknown", value=str(code)[:10])
    if value.get("minor") is not None:
        if isinstance(value["minor"], bool) or not isinstance(value["minor"], int):
            raise Refused("not_a_number")
        amount = currencies.from_minor(value["minor"], code)
    else:
        amount = _amount(value.get("amount"))
    _in_range(amount, field)
    try:
        return {"minor": currencies.to_minor(amount, code), "currency": code}
    except ValueError:
        exponent = currencies.get(code).exponent
        if amount == round(amount, exponent):
            raise Refused("too_large", max=str(currencies.from_minor(currencies.MAX_MINOR, code))) from None
        raise Refused("too_many_decimals", max=exponent) from None


def _code(value: Any, field: Field, lang: str | None) -> str:
    code = _string(value)
    if not _CODE.match(code):
        raise Refused("not_a_code")
    if field.max_length is not None and len(code) > field.max_length:
        raise Refused("too_long", max=field.max_length, length=len(code))
    if field.pattern is not None:
        code = unicodedata.normalize("NFKC", code)
        if not field.pattern.fullmatch(code):
            raise Refused("code_form", value=code)
    return code


CLEANERS: dict[str, Callable[[Any, Field, str | None], Any]] = {
    "text": _text,
    "longtext": _text,
    "tags": _tags,
    "integer": _integer,
    "decimal": _decimal,
    "boolean": _boolean,
    "choice": _choice,
    "choices": _choices,
    "place": _places,
    "places": _places,
    "date": _date,
    "money": _money,
    "code": _code,
}
