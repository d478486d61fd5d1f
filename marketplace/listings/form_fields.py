"""One catalogue field as form fields: how it is asked, how a stored value fills it, what was typed into it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field as FormField
from wtforms import Form, SelectField, SelectMultipleField, StringField, TextAreaField

from catalogue import currencies, units
from catalogue.fields import Field
from catalogue.languages import LANGUAGES
from marketplace.i18n import data_lang
from marketplace.organisations import place_words


def suffix(lang: str) -> str:
    """A language as the ending of a form field's name: "zh_Hans"."""
    return lang.replace("-", "_")


def currency_choices() -> list[tuple[str, str]]:
    """Every currency, those of the region first; nothing chosen means none given."""
    lang = data_lang()
    return [("", "–"), *((one.code, f"{one.code} {one.names[lang]}") for one in currencies.all_currencies())]


def unit_suggestions() -> list[str]:
    """Names of units in the reader's language, to suggest beside a free text."""
    lang = data_lang()
    return sorted({unit.labels[lang] for unit in units.all_units()})


def unit_name(unit: str, lang: str) -> str:
    """A stored unit as a word: the catalogue's own where it is a key, else as it was written."""
    return units.get(unit).labels[lang] if unit in units.keys() else unit  # noqa: SIM118 - a function of the module


def choices_of(field: Field, *, blank: bool) -> list[tuple[str, str]]:
    """A field's answers in the reader's language; unverified ones say so."""
    lang = data_lang()
    mark = "" if all(choice.verified for choice in field.choices) else str(_l("unverified"))
    named = [(choice.code, choice.labels[lang] + ("" if choice.verified else f" ({mark})")) for choice in field.choices]
    return [("", str(_l("not stated"))), *named] if blank else named


def select(label: Any, choices: Any, **more: Any) -> SelectField:
    """A choice whose wrong answers the cleaner words."""
    return SelectField(label, choices=choices, validate_choice=False, **more)


def form_fields(field: Field) -> dict[str, Any]:
    """The unbound form fields, by name, in which one catalogue field is asked."""
    label, name = field.labels[data_lang()], f"fact_{field.key}"
    hint = (field.hints or {}).get(data_lang(), "")
    if field.translated:
        widget = StringField if field.type == "text" else TextAreaField
        return {f"{name}_{suffix(lang)}": widget(label, description=hint) for lang in LANGUAGES}
    if field.type == "money":
        return {
            f"{name}_amount": StringField(label, description=hint),
            f"{name}_currency": select(_l("Currency"), currency_choices()),
        }
    if field.type == "boolean":
        answers = [("", _l("not stated")), ("true", _l("yes")), ("false", _l("no"))]
        return {name: select(label, answers, description=hint)}
    if field.type == "choice":
        return {name: select(label, choices_of(field, blank=True), description=hint)}
    if field.type == "choices":
        return {
            name: SelectMultipleField(
                label, choices=choices_of(field, blank=False), description=hint, validate_choice=False
            )
        }
    if field.type in ("place", "places"):
        return {name: TextAreaField(label, description=hint)}
    return {name: StringField(label, description=hint)}


def amount_and_currency(money: dict[str, Any]) -> tuple[str, str]:
    """Stored money as it is typed: "1250.50" and "HKD"; whole amounts without decimals."""
    amount = currencies.from_minor(money["minor"], money["currency"])
    whole = amount.to_integral_value()
    return format(whole if amount == whole else amount, "f"), money["currency"]


def fill(field: Field, value: Any, unresolved: list[str]) -> dict[str, Any]:
    """What the form fields show for a stored value (None: nothing stored)."""
    name = f"fact_{field.key}"
    if field.type in ("place", "places"):
        return {name: "\n".join(filter(None, [place_words.words(value or [], data_lang()), *unresolved]))}
    if value is None:
        return {}
    if field.translated:
        joined: Callable[[Any], str] = "\n".join if field.type == "tags" else str
        return {f"{name}_{suffix(lang)}": joined(text) for lang, text in value.items()}
    if field.type == "money":
        amount, currency = amount_and_currency(value)
        return {f"{name}_amount": amount, f"{name}_currency": currency}
    if field.type == "boolean":
        return {name: "true" if value else "false"}
    return {name: value if field.type == "choices" else str(value)}


def typed(form: Form, field: Field) -> tuple[Any, list[str]]:
    """What was typed for a catalogue field, for the cleaner, and the pieces of it that name no known place."""
    name = f"fact_{field.key}"
    if field.translated:
        return {lang: form[f"{name}_{suffix(lang)}"].data or "" for lang in LANGUAGES}, []
    if field.type == "money":
        return {"amount": form[f"{name}_amount"].data or "", "currency": form[f"{name}_currency"].data or ""}, []
    if field.type in ("place", "places"):
        return place_words.read_many(form[name].data or "")
    return form[name].data, []


def error_field(form: Form, field: Field) -> FormField:
    """The form field at which an error of this catalogue field is shown."""
    name = f"fact_{field.key}"
    if field.type == "money":
        return form[f"{name}_amount"]
    if field.translated:
        filled = [lang for lang in LANGUAGES if form[f"{name}_{suffix(lang)}"].data]
        longest = max(filled, key=lambda lang: len(form[f"{name}_{suffix(lang)}"].data), default=LANGUAGES[0])
        return form[f"{name}_{suffix(longest)}"]
    return form[name]
