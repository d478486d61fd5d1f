"""Offers and demands in the exchange format (one JSON object a line, as files and the bench commands use) to content.

Places, levels, languages and units come as free text there. What can be mapped to codes is; the words are kept beside.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from catalogue import currencies, kinds, places
from catalogue.languages import LANGUAGES
from catalogue.record_dates import read_date
from catalogue.record_errors import RecordError
from catalogue.record_values import (
    MAX_ITEM,
    MAX_TEXT,
    MAX_TITLE,
    read_decimal,
    read_required,
    read_string,
    read_strings,
)
from catalogue.record_words import (
    ability_levels,
    currency_in,
    is_unit_price,
    language_codes,
    price_unit,
    whole_number,
)

__all__ = ["RecordError", "demand_content", "offer_content"]

_SOURCE = ("url", "site", "page_title")


def offer_content(record: Mapping[str, Any]) -> dict[str, Any]:
    """The content of an offer. Raises RecordError(field, code, message); unknown keys are ignored."""
    facts = _facts(record)
    lang = _language(record)
    kind = _kind(record.get("kind"), "kind")
    region = read_string(record, "supplier_region", MAX_TITLE)
    content: dict[str, Any] = {
        "kind": kind.key,
        "lang": lang,
        "texts": {"title": {lang: read_required(record, "title", MAX_TITLE)}},
        "facts": _offer_facts(facts, lang, kind, places.resolve(region)),
    }
    summary = read_string(record, "summary", MAX_TEXT)
    if summary:
        content["texts"]["summary"] = {lang: summary}
    description = read_string(record, "description", MAX_TEXT)
    if description:
        content["texts"]["description"] = {lang: description}
    _add_provenance(content, record, {"supplier": "supplier", "region": "supplier_region"})
    return content


def demand_content(record: Mapping[str, Any]) -> dict[str, Any]:
    """The content of a demand. Raises RecordError(field, code, message); unknown keys are ignored."""
    facts = _facts(record)
    lang = _language(record)
    kind = _kind(facts.get("kind", record.get("kind")), "facts.kind")
    title = read_required(record, "title", MAX_TITLE)
    text = read_string(record, "text", MAX_TEXT)
    region = read_string(record, "region", MAX_TITLE)
    place_text = read_string(facts, "place", MAX_TITLE, "facts.")
    around = places.resolve(region)
    content: dict[str, Any] = {
        "kind": kind.key,
        "lang": lang,
        "texts": {"title": {lang: title}} | ({"text": {lang: text}} if text else {}),
        "requirements": [
            {"need": need, "text": {lang: words}} for need in ("must", "nice") for words in read_strings(facts, need)
        ],
        "lines": _lines(facts, title, lang),
        "budget": _budget(facts),
        "places": list(places.resolve(place_text, near=around) or around),
        "place_text": place_text or region,
        "dates": _dates(facts),
        "facts": {},
    }
    _add_provenance(content, record, {"buyer": "buyer", "region": "region"})
    return content


# --- parts of an offer


def _offer_facts(facts: Mapping[str, Any], lang: str, kind: kinds.Kind, around: tuple[str, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key in ("features", "certificates"):
        words = read_strings(facts, key)
        if words:
            found[key] = {lang: words}
    words = read_strings(facts, "serves")
    served = [one for text in words for one in places.resolve(text, near=around)]
    if served:
        found["serves"] = list(dict.fromkeys(served))
    # Words that say more, or other, than the name of a place are kept.
    beyond = [text for text in words if not places.is_name(text)]
    if beyond:
        found["serves_text"] = {lang: beyond}
    if around:
        found["located"] = list(around)
    _add_price(found, facts, lang)
    for key in ("rental", "dementia_care", "respite"):
        value = facts.get(key)
        if value is not None:
            if not isinstance(value, bool):
                raise RecordError(f"facts.{key}", "not_a_boolean", "must be true or false")
            found[key] = value
    for key in ("capacity", "vacancies", "lead_time_days"):
        _add_number(found, facts, key, lang)
    if facts.get("load_kg") is not None:
        found["load_kg"] = format(read_decimal(facts, "load_kg").normalize(), "f")
    model = read_string(facts, "model", 80, "facts.")
    if model:
        found["model"] = model
    dimensions = read_string(facts, "dimensions", MAX_ITEM, "facts.")
    if dimensions:
        found["dimensions"] = {lang: dimensions}
    levels = read_strings(facts, "ability_levels")
    if levels:
        found["ability_text"] = {lang: levels}
        codes = ability_levels(levels)
        if codes:
            found["ability_levels"] = codes
    spoken = language_codes(read_strings(facts, "languages"))
    if spoken:
        found["languages"] = spoken
    known = {field.key for field in kind.fields("offer")}
    return {key: value for key, value in found.items() if key in known}


def _add_price(found: dict[str, Any], facts: Mapping[str, Any], lang: str) -> None:
    words = read_string(facts, "price_unit", MAX_ITEM, "facts.")
    unit, exact = price_unit(words)
    if unit:
        found["price_unit"] = unit
    note = "" if exact else words
    code = _currency(facts) or currency_in(words)
    for key in ("price", "price_max"):
        if facts.get(key) is None:
            continue
        amount = read_decimal(facts, key)
        if code is None:
            # An amount of nothing in particular is not money; its words stay.
            note = " ".join(part for part in (str(facts[key]), note) if part)
        else:
            found[key] = _money(amount, code, f"facts.{key}")
    if "price" in found and "price_max" in found and found["price_max"]["minor"] < found["price"]["minor"]:
        raise RecordError("facts.price_max", "below_other", "must not be below price")
    if note:
        found["price_note"] = {lang: note}


def _add_number(found: dict[str, Any], facts: Mapping[str, Any], key: str, lang: str) -> None:
    value = facts.get(key)
    if value is None:
        return
    number = whole_number(value)
    if number is not None:
        found[key] = number
    elif isinstance(value, str) and key == "capacity":
        found["capacity_text"] = {lang: value.strip()}
        in_words = whole_number(value, inside_words=True)
        if in_words is not None:
            found["capacity"] = in_words
    else:
        raise RecordError(f"facts.{key}", "not_whole", "must be a whole number that is not negative")


# --- parts of a demand


def _lines(facts: Mapping[str, Any], title: str, lang: str) -> list[dict[str, Any]]:
    if facts.get("quantity") is None:
        return []
    quantity = read_decimal(facts, "quantity")
    unit = read_string(facts, "unit", MAX_ITEM, "facts.")
    return [{"text": {lang: title}, "quantity": format(quantity.normalize(), "f"), "unit": unit}]


def _budget(facts: Mapping[str, Any]) -> dict[str, Any] | None:
    if facts.get("budget") is None:
        return None
    amount = read_decimal(facts, "budget")
    unit = read_string(facts, "unit", MAX_ITEM, "facts.")
    code = _currency(facts) or currency_in(unit)
    if code is None:
        return None
    money = _money(amount, code, "facts.budget")
    return money | {"basis": "each" if is_unit_price(unit) else "total"}


def _dates(facts: Mapping[str, Any]) -> dict[str, Any]:
    dates: dict[str, Any] = {}
    if facts.get("date") is not None:
        dates["needed_by"] = read_date(facts["date"], "facts.date")
    if facts.get("deadline_days") is not None:
        days = whole_number(facts["deadline_days"])
        if days is None:
            raise RecordError("facts.deadline_days", "not_whole", "must be a whole number that is not negative")
        dates["deadline_days"] = days
    return dates


# --- shared by both


def _add_provenance(content: dict[str, Any], record: Mapping[str, Any], names: Mapping[str, str]) -> None:
    named = {name: read_string(record, key, MAX_TITLE) for name, key in names.items()}
    if any(named.values()):
        content["named_as"] = named
    source = record.get("source")
    if source is None:
        return
    if not isinstance(source, Mapping):
        raise RecordError("source", "wrong_shape", "must be an object")
    content["source"] = {key: read_string(source, key, 2000, "source.") for key in _SOURCE}
    # It may become a link on a page.
    if content["source"]["url"] and not content["source"]["url"].startswith(("http://", "https://")):
        raise RecordError("source.url", "not_an_address", "must begin with http:// or https://")
    content["source"]["original_site"] = source.get("original_site") is True


def _facts(record: Any) -> Mapping[str, Any]:
    if not isinstance(record, Mapping):
        raise RecordError("", "wrong_shape", "a record must be an object")
    facts = record.get("facts")
    if facts is None:
        return {}
    if not isinstance(facts, Mapping):
        raise RecordError("facts", "wrong_shape", "must be an object")
    return facts


def _language(record: Mapping[str, Any]) -> str:
    lang = record.get("lang")
    if lang not in LANGUAGES:
        raise RecordError("lang", "unknown_choice", f"must be one of {', '.join(LANGUAGES)}")
    return str(lang)


def _kind(value: Any, where: str) -> kinds.Kind:
    try:
        return kinds.get_kind(value)
    except KeyError:
        known = ", ".join(kind.key for kind in kinds.all_kinds())
        raise RecordError(where, "unknown_choice", f"must be one of {known}") from None


def _currency(facts: Mapping[str, Any]) -> str | None:
    code = facts.get("currency")
    if code is None or code == "":
        return None
    if not currencies.is_known(code):
        raise RecordError("facts.currency", "currency_unknown", "is not the code of a currency")
    return str(code)


def _money(amount: Decimal, code: str, where: str) -> dict[str, Any]:
    exponent = currencies.get(code).exponent
    try:
        return {"minor": currencies.to_minor(round(amount, exponent), code), "currency": code}
    except ValueError:
        raise RecordError(where, "too_large", "is too large to store") from None
