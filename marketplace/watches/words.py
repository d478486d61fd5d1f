"""Searches and reasons in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from marketplace.listings.filter_words import filter_label, filter_value


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
        _(": ").join(
            [filter_label(name), _(", ").join(filter_value(name, value, currency=currency) for value in values)]
        )
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
