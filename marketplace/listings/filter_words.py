"""The filters of a search in the reader's words."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from catalogue import kinds, places
from marketplace.i18n import data_lang


def filter_label(name: str, kind: str | None = None) -> str:
    """The words for a filter's name; `kind`: the one searched in, whose label for a field may be its own."""
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
    field = _field(name, kind)
    return str(field.labels[data_lang()]) if field is not None else name


def filter_value(name: str, value: str, *, currency: str = "", kind: str | None = None) -> str:
    """The words for one value of a filter; a value nobody knows is shown as it is."""
    lang = data_lang()
    if name == "kind":
        return next((one.labels[lang] for one in kinds.all_kinds() if one.key == value), value)
    if name in ("price_min", "price_max"):
        return f"{currency} {value}".strip()
    if value in ("true", "false"):
        return _("yes") if value == "true" else _("no")
    field = _field(name, kind)
    if places.is_known(value) and (name == "place" or (field is not None and field.type in ("place", "places"))):
        return str(places.get(value).names[lang])
    if field is not None:
        return next((str(choice.labels[lang]) for choice in field.choices if choice.code == value), value)
    return value


def _field(name: str, kind: str | None) -> Any:
    """The catalogue's field of that key, from the kind or any: a key means one thing everywhere."""
    searched = (one for one in kinds.all_kinds() if kind in (None, one.key))
    return next((field for one in searched for field in one.fields() if field.key == name), None)
