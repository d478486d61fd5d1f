"""What templates ask of the catalogue, in the reader's language: names of kinds, fields, places and units; amounts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import request
from flask_babel import format_decimal
from flask_babel import gettext as _

from catalogue import currencies, kinds, places, units
from catalogue.credentials import day, lapsed
from catalogue.fields import Field
from catalogue.kinds import Kind, all_kinds
from marketplace import clock, i18n
from marketplace.i18n import data_lang
from marketplace.listings.freshness import stale_facts
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
    """The facts that a listing states, by section of its kind: [{"labels", "rows": [{"field", "value",
    "lapsed": whether its last day has passed}]}].

    A price and its upper end stand in one row, with the unit beside them.
    """
    found = kind_of(kind)
    if found is None:
        return []
    gone = lapsed(facts, day(clock.now()))
    sections = []
    for section in found.sections:
        rows = [
            {"field": field, "value": facts[field.key], "lapsed": field.key in gone}
            for field in section.fields
            if side in field.sides and facts.get(field.key) not in (None, "", [], {})
            and not (field.key in ("price_max", "price_unit") and "price" in facts)
        ]
        if rows:
            sections.append({"labels": section.labels, "rows": rows})
    return sections


def stale_of(row: Any) -> tuple[str, ...]:
    """The keys of what an offer states and last confirmed too long ago; of a row as lists hold it."""
    confirmed_at = getattr(row, "confirmed_at", None) or getattr(row, "opens_at", None)
    # The example of the rules is a plain dict that nobody ever confirmed.
    content = getattr(getattr(row, "live_version", None), "content", None)
    return stale_facts(content, confirmed_at, clock.now()) if content is not None else ()


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


def found_words(fragment: Any, content: Mapping[str, Any], organisation: Any = None) -> dict[str, Any]:
    """A highlighted fragment as the reader is shown it: {"lang", "pieces", "converted"}.

    What stands in the other Chinese script is converted, with the same words marked.
    """
    text = fragment["text"] if isinstance(fragment, Mapping) else fragment[0]
    lang, wanted = language_of(text, content["texts"]), data_lang()
    cut = pieces(fragment)
    if lang is None or i18n.other_script(wanted) != lang:
        return {"lang": lang, "pieces": cut, "converted": False}
    keep = kept_names(content, organisation)
    whole = i18n.convert_script(text, wanted, keep)
    if len(whole) == len(text):  # as it nearly always is: then each mark stays where it was
        marks = fragment["marks"] if isinstance(fragment, Mapping) else fragment[1]
        cut = pieces({"text": whole, "marks": marks})
    else:
        cut = [(i18n.convert_script(piece, wanted, keep), found) for piece, found in cut]
    return {"lang": wanted, "pieces": cut, "converted": whole != text}


def kept_names(content: Mapping[str, Any], organisation: Any = None) -> tuple[str, ...]:
    """What no conversion between scripts may touch in a listing's texts: who it is from, model and other numbers."""
    names = [*(content.get("named_as") or {}).values(), *(getattr(organisation, "names", None) or {}).values()]
    for key, value in (content.get("facts") or {}).items():
        if isinstance(value, str) and (field := field_of(content.get("kind"), key)) and field.type == "code":
            names.append(value)
    return tuple(sorted({name for name in names if isinstance(name, str) and len(name) > 1 and not name.isascii()}))


def converted_originals(parts: Iterable[Mapping[str, str] | None], original: str | None = None) -> list[i18n.Picked]:
    """Of texts of which the reader sees a conversion: each as it was written, once."""
    found: dict[str, i18n.Picked] = {}
    for texts in parts:
        if (shown := i18n.pick(texts, original=original)).converted and texts is not None:
            lang = i18n.other_script(shown.lang) or ""
            if texts[lang] != shown.text:
                found.setdefault(texts[lang], i18n.Picked(texts[lang], lang))
    return list(found.values())


def tags_shown(value: Mapping[str, Any]) -> dict[str, Any]:
    """Tags in the reader's language, else of the other script converted, else as written:
    {"lang", "tags", "converted", "written", "written_lang"}."""
    wanted = data_lang()
    other = i18n.other_script(wanted)
    if other is not None and wanted not in value and other in value:
        tags = [i18n.convert_script(tag, wanted) for tag in value[other]]
        converted = tags != list(value[other])
        return {"lang": wanted, "tags": tags, "converted": converted, "written": value[other], "written_lang": other}
    lang = wanted if wanted in value else next(iter(value), "en")
    return {"lang": lang, "tags": value.get(lang, []), "converted": False, "written": [], "written_lang": lang}


def in_reader_script(word: str) -> str:
    """A word of unknown script as the reader of one script reads it; what is not wholly of the other stays."""
    wanted = data_lang()
    other = i18n.other_script(wanted)
    if other is None or i18n.convert_script(word, other) != word:
        return word
    return i18n.convert_script(word, wanted)


def one_line(texts: Mapping[str, str] | None, original: str | None = None, organisation: Any = None) -> str:
    """A text for one line without mark-up (a notice, a mail, a message): what was converted says so."""
    keep = tuple((getattr(organisation, "names", None) or {}).values())
    shown = i18n.pick(texts, original=original, keep=keep)
    line = " ".join(shown.text.split())
    return f"{line} {_('(converted)')}" if shown.converted and texts and line not in texts.values() else line


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
        currencies_for_reader, fact_sections, pieces, language_of, found_words,
        stale_of, kept_names, converted_originals, tags_shown, in_reader_script, one_line,
    )
} | {"reader_lang": data_lang}  # fmt: skip
