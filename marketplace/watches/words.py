"""Searches and reasons in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from catalogue import kinds, places
from marketplace.i18n import data_lang


def describe(query: Mapping[str, Any]) -> str:
    """What a kept search asks, in one line."""
    side = _("Offers") if query["collection"] == "offers" else _("Demands")
    asked = [f"“{query['text']}”"] if query["text"] else []
    asked += filter_texts(query["filters"])
    return _(": ").join([side, _("; ").join(asked)]) if asked else side


def filter_texts(filters: Mapping[str, Sequence[str]]) -> list[str]:
    """Each filter with its values, in words."""
    currency = next(iter(filters.get("currency", ())), "")
    return [
        _(": ").join([_label(name), _(", ").join(_value(name, value, currency) for value in values)])
        for name, values in filters.items()
        if name != "currency"
    ]


def reason_text(item: Mapping[str, Any]) -> str:
    """Why a listing is told of: the words and filters that found it, or how it matches. `item`: of a notice."""
    reason = item["reason"]
    if item["what"] == "profile":
        return _("of the kinds you offer, where you serve")
    if item["what"] == "demand":
        bands = {"strong": _("strong match"), "partial": _("partial match")}
        return bands.get(reason.get("band", ""), _("near miss"))
    parts = []
    for word, how in reason.get("words", ()):
        if how == "meaning":
            parts.append(_("“%(word)s” by its meaning", word=word))
        elif how == "name":
            parts.append(_("“%(word)s” as a name or model", word=word))
        else:
            parts.append(f"“{word}”")
    parts += filter_texts(reason.get("filters", {}))
    return _("; ").join(parts) if parts else _("everything is watched")


def _label(name: str) -> str:
    own = {
        "kind": _("Kind"),
        "place": _("Place"),
        "supplier": _("Supplier"),
        "buyer": _("Institution"),
        "lang": _("Language of the original"),
        "price_min": _("Price from"),
        "price_max": _("Price up to"),
        "has_price": _("Price"),
    }
    if name in own:
        return own[name]
    field = _field(name)
    return str(field.labels[data_lang()]) if field is not None else name


def _value(name: str, value: str, currency: str) -> str:
    lang = data_lang()
    if name == "kind":
        return next((kind.labels[lang] for kind in kinds.all_kinds() if kind.key == value), value)
    if name in ("price_min", "price_max"):
        return f"{currency} {value}".strip()
    if value in ("true", "false"):
        return _("yes") if value == "true" else _("no")
    field = _field(name)
    if places.is_known(value) and (name == "place" or (field is not None and field.type in ("place", "places"))):
        return str(places.get(value).names[lang])
    if field is not None:
        return next((str(choice.labels[lang]) for choice in field.choices if choice.code == value), value)
    return value


def _field(name: str) -> Any:
    """The catalogue's field of that key: it means one thing in every kind."""
    return next((field for kind in kinds.all_kinds() for field in kind.fields() if field.key == name), None)
