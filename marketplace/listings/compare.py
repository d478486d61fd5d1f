"""What two contents say differently, in words of the reader's language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import format_date
from flask_babel import gettext as _

from catalogue import kinds, places, units
from catalogue.fields import Field
from catalogue.languages import LANGUAGES
from marketplace.i18n import LANG_NAMES, current_locale, data_lang
from marketplace.listings import form_fields, wording
from marketplace.listings.content import Content
from marketplace.listings.desk import TEXTS

# What is said of one thing: its path, its name, and the words.
Said = tuple[str, str, str]


@dataclass(frozen=True)
class Difference:
    """One thing that two contents say differently; "" where one says nothing of it."""

    path: str
    label: str
    before: str
    after: str


def differences(side: str, before: Content, after: Content) -> tuple[Difference, ...]:
    """What differs between two contents, in reading order; each text in each language by itself."""
    return tuple(one for one in side_by_side(side, before, after) if one.before != one.after)


def side_by_side(side: str, before: Content, after: Content) -> tuple[Difference, ...]:
    """Everything that either of two contents says, in reading order."""
    old = {path: (label, words) for path, label, words in _said(side, before)}
    new = {path: (label, words) for path, label, words in _said(side, after)}
    found = []
    for path in dict.fromkeys([*old, *new]):
        label = (new.get(path) or old[path])[0]
        found.append(Difference(path, label, old.get(path, ("", ""))[1], new.get(path, ("", ""))[1]))
    return tuple(found)


def _said(side: str, content: Content) -> Iterator[Said]:
    kind = content.get("kind")
    for path, label, words in _everything(side, content, kind):
        if words:
            yield path, str(label), words


def _everything(side: str, content: Content, kind: str | None) -> Iterator[Said]:
    names = wording.TEXT_NAMES
    yield "kind", names["kind"], kinds.get_kind(kind).labels[data_lang()] if kind else ""
    yield "lang", names["lang"], LANG_NAMES[content["lang"]]
    for name in TEXTS[side]:
        for lang in LANGUAGES:
            path = f"texts.{name}.{lang}"
            yield path, wording.path_name(path, kind), content["texts"].get(name, {}).get(lang, "")
    for field in kinds.get_kind(kind).fields(side) if kind else ():
        yield from _fact(field, content)
    if side == "demand":
        yield from _of_demand(content)
    for name in ("opens_on", "closes_on"):
        yield f"dates.{name}", names[name], day(content.get("dates", {}).get(name))
    yield "price_audience", names["price_audience"], str(wording.AUDIENCES[content.get("price_audience", "public")])
    for name, words in (("pictures", "alt"), ("documents", "title")):
        for item in content.get(name, []):
            yield f"{name}.{item['file']}", names[name], " / ".join(item[words].values()) or f"#{item['file']}"


def _of_demand(content: Content) -> Iterator[Said]:
    names = wording.TEXT_NAMES
    budget, dates = content.get("budget"), content.get("dates", {})
    yield (
        "budget",
        names["budget"],
        (f"{money(budget)}, {wording.BASES[budget.get('basis', 'total')]}" if budget else ""),
    )
    yield "place_text", names["place_text"], content.get("place_text", "")
    yield "dates.needed_by", names["needed_by"], day(dates.get("needed_by"))
    yield "dates.deadline_days", names["deadline_days"], str(dates.get("deadline_days", ""))
    for number, row in enumerate(content.get("requirements", [])):
        for lang, text in row["text"].items():
            yield (
                f"requirements.{number}.{lang}",
                f"{names['requirements']} {number + 1} ({LANG_NAMES[lang]})",
                f"{text} ({names[row['need']]})",
            )
    for number, row in enumerate(content.get("lines", [])):
        amount = f" ({row['quantity']} {form_fields.unit_name(row['unit'], data_lang())})" if row["quantity"] else ""
        for lang, text in row["text"].items():
            yield f"lines.{number}.{lang}", f"{names['lines']} {number + 1} ({LANG_NAMES[lang]})", text + amount


def _fact(field: Field, content: Content) -> Iterator[Said]:
    label, path = field.labels[data_lang()], f"facts.{field.key}"
    value = content["facts"].get(field.key)
    if field.translated:
        for lang, text in (value or {}).items():
            yield f"{path}.{lang}", f"{label} ({LANG_NAMES[lang]})", "; ".join(text) if isinstance(text, list) else text
        return
    unresolved = content.get("unresolved", {}).get(field.key, [])
    yield path, label, "; ".join([*_words(field, value), *unresolved])


def _words(field: Field, value: Any) -> list[str]:
    here = data_lang()
    if value is None:
        return []
    if field.type == "boolean":
        return [_("yes") if value else _("no")]
    if field.type in ("choice", "choices"):
        labels = {choice.code: choice.labels[here] for choice in field.choices}
        return [labels.get(code, code) for code in ([value] if field.type == "choice" else value)]
    if field.type in ("place", "places"):
        return [places.path_name(one, here) if places.is_known(one) else one for one in value]
    if field.type == "money":
        return [money(value)]
    if field.type == "date":
        return [day(value)]
    return [f"{value} {units.get(field.unit).labels[here]}" if field.unit else str(value)]


def money(value: dict[str, Any]) -> str:
    """An amount with its currency code: "HKD 1250.50"."""
    amount, currency = form_fields.amount_and_currency(value)
    return f"{currency} {amount}"


def day(value: str | None) -> str:
    """A date in the reader's form with its weekday; "" for none."""
    if not value:
        return ""
    return format_date(date.fromisoformat(value), "EEE d MMM y" if current_locale() == "en" else "y年M月d日 EEEE")
