"""What templates ask of the catalogue, in the reader's language: names of kinds, fields, places and units; amounts."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import request
from flask_babel import format_decimal

from catalogue import currencies, kinds, places, units
from catalogue.fields import Field
from catalogue.kinds import Kind, all_kinds
from marketplace import clock
from marketplace.i18n import data_lang
from marketplace.rates import service as rates


def words(labels: Mapping[str, str] | None) -> str:
    """A label in the reader's language; "" for none."""
    return (labels or {}).get(data_lang(), "")


def kind_of(key: str | None) -> Kind | None:
    """The kind with this key, or None where there is none (any more)."""
    try:
        return kinds.get_kind(key or "")
    except KeyError:
        return None


def field_of(kind: str | None, key: str) -> Field | None:
    """The field with this key: of the kind, else of the first kind that has it, else None."""
    candidates = [found] if (found := kind_of(kind)) else []
    for candidate in [*candidates, *all_kinds()]:
        for field in candidate.fields():
            if field.key == key:
                return field
    return None


def place_name(place_id: str, *, path: bool = False) -> str:
    """A place's name, with those above it when `path`; the id itself where the tree does not know it."""
    if not places.is_known(place_id):
        return place_id
    return places.path_name(place_id, data_lang()) if path else places.get(place_id).names[data_lang()]


def unit_word(key: str | None, *, price: bool = False) -> str:
    """A unit's name ("beds"; "per month" when `price`); free text stays as it is."""
    if not key:
        return ""
    try:
        unit = units.get(key)
    except KeyError:
        known = units.resolve(key)  # free text of a source: "beds", "张"
        if not known:
            return key
        unit = units.get(known)
    return words(unit.price_labels or unit.labels) if price else words(unit.labels)


def number(value: Any) -> str:
    """A number as the reader groups it; what is no number stays as it is."""
    try:
        return format_decimal(Decimal(str(value)))
    except InvalidOperation:
        return str(value)


def amount(value: Any) -> str:
    """A sum of money with its currency code: "HKD 1,250.50"; without decimals where they are nought."""
    minor, code = _parts(value)
    if not currencies.is_known(code):
        return f"{code} {minor}"
    sum_ = currencies.from_minor(minor, code)
    whole = sum_ == sum_.to_integral_value()
    return f"{code} {format_decimal(sum_, '#,##0' if whole else '#,##0.' + '0' * currencies.get(code).exponent)}"


def amount_about(value: Any) -> dict[str, Any] | None:
    """About how much a sum is in the reader's own currency: {"text", "valid_on"}; None where nobody entered a rate, or
    where it is in that currency already. The rates are read once a request."""
    minor, code = _parts(value)
    own = currencies_for_reader()[0]
    table = request.environ.get("marketplace.rate_table")
    if table is None:
        table = request.environ["marketplace.rate_table"] = rates.rate_table(clock.now().date())
    found = rates.about({"minor": minor, "currency": code}, own, table)
    return None if found is None else {"text": amount(found), "valid_on": found.valid_on}


def currencies_for_reader() -> tuple[str, ...]:
    """The currencies offered first, the reader's own at their head."""
    first = "CNY" if data_lang() == "zh-Hans" else "HKD"
    return (first, *(code for code in currencies.OFFERED_FIRST if code != first))


def _parts(value: Any) -> tuple[int, str]:
    if isinstance(value, Mapping):
        return int(value["minor"]), str(value["currency"])
    return int(value.minor), str(value.currency)


def fact_sections(kind: str | None, facts: Mapping[str, Any], side: str = "offer") -> list[dict[str, Any]]:
    """The facts that a listing states, by section of its kind: [{"labels", "rows": [{"field", "value"}]}].

    A price and its upper end stand in one row, with the unit beside them.
    """
    found = kind_of(kind)
    if found is None:
        return []
    sections = []
    for section in found.sections:
        rows = [
            {"field": field, "value": facts[field.key]}
            for field in section.fields
            if side in field.sides and facts.get(field.key) not in (None, "", [], {})
            and not (field.key in ("price_max", "price_unit") and "price" in facts)
        ]
        if rows:
            sections.append({"labels": section.labels, "rows": rows})
    return sections


def pieces(fragment: Any) -> list[tuple[str, bool]]:
    """A highlighted fragment (or its plain form) cut into (text, whether it was asked for)."""
    text, marks = (fragment["text"], fragment["marks"]) if isinstance(fragment, Mapping) else fragment
    cut: list[tuple[str, bool]] = []
    at = 0
    for start, end in sorted(tuple(mark) for mark in marks):
        if start > at:
            cut.append((text[at:start], False))
        if end > max(start, at):
            cut.append((text[max(start, at):end], True))
            at = end
    return [*cut, (text[at:], False)] if at < len(text) else cut


def language_of(passage: str, texts: Mapping[str, Mapping[str, str]]) -> str | None:
    """Which language of a listing's texts a passage was taken from; None when it is found in none. Of a passage that
    is put together ("… one … another …") the first piece decides."""
    bare = next((piece.strip() for piece in passage.split("…") if piece.strip()), "")
    for by_language in texts.values():
        for lang, text in by_language.items():
            if bare and bare in text:
                return lang
    return None


GLOBALS = {
    function.__name__: function
    for function in (
        all_kinds, words, kind_of, field_of, place_name, unit_word, number, amount, amount_about,
        currencies_for_reader, fact_sections, pieces, language_of,
    )
} | {"reader_lang": data_lang}  # fmt: skip
