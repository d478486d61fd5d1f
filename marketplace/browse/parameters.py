"""An address of a list, read into what is asked, and shown again as facets and removable chips."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l

from catalogue import kinds
from marketplace.listings.filter_words import filter_label, filter_value
from search import UnknownFilter, UnknownSort
from search.schema import schema

SORTS = {
    "offers": ("relevance", "newest", "price_asc", "price_desc"),
    "demands": ("relevance", "newest", "closing"),
}
SORT_TEXTS = {
    "relevance": _l("Best match"),
    "newest": _l("Newest"),
    "price_asc": _l("Price, lowest first"),
    "price_desc": _l("Price, highest first"),
    "closing": _l("Closing soonest"),
}
BASE_FACETS = ("kind", "place")
RANGES = ("price_min", "price_max", "currency")
# Arguments that are about the page and not about what is listed.
OWN = ("q", "sort", "page")
MOST_VALUES = 12
LONGEST_QUERY = 500


@dataclass(frozen=True)
class Asked:
    """What the address asks for. `filters`: values by name, as search takes them."""

    text: str
    filters: dict[str, tuple[str, ...]]
    sort: str
    page: int
    shortened: bool = False
    kind: str | None = None


@dataclass(frozen=True)
class FacetValue:
    """One value of a facet: its code, its words, how many there are, and whether it is chosen."""

    value: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class ShownFacet:
    """A facet with its values, most frequent first; chosen ones are always there."""

    key: str
    label: str
    values: tuple[FacetValue, ...] = field(default=())


def page(last: int) -> int:
    """The page asked for, within 1 and `last`."""
    asked = request.args.get("page", "1")
    return max(1, min(int(asked), last)) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1


def query_text() -> str:
    """What is searched for, its white space made plain; a NUL, which PostgreSQL cannot take, separates words too."""
    return " ".join(request.args.get("q", "").replace("\x00", " ").split())


def find_request(collection: str, *, last_page: int) -> Asked:
    """Read the address of a list.

    Raises:
        UnknownFilter, UnknownSort: an argument that this list does not know.
    """
    text = query_text()
    known = {code.name for code in schema(collection).codes if code.filter} | {"supplier", "buyer"}
    filters: dict[str, tuple[str, ...]] = {}
    for name in request.args:
        values = tuple(dict.fromkeys(v.strip() for v in request.args.getlist(name) if v.strip()))
        if name in OWN or not values:
            continue
        if name not in known and name not in RANGES:
            raise UnknownFilter(name)
        filters[name] = values[:50]
    if "price_min" not in filters and "price_max" not in filters:
        filters.pop("currency", None)
    sort = request.args.get("sort") or ("relevance" if text else "newest")
    if sort not in SORTS[collection]:
        raise UnknownSort(sort)
    if sort.startswith("price") and "currency" not in filters:
        filters["currency"] = (request.args.get("currency") or "CNY",)
    chosen = filters.get("kind", ())
    return Asked(
        text=text[:LONGEST_QUERY],
        filters=filters,
        sort=sort,
        page=page(last_page),
        shortened=len(text) > LONGEST_QUERY,
        kind=chosen[0] if len(chosen) == 1 else None,
    )


def facet_keys(collection: str, asked: Asked) -> tuple[str, ...]:
    """The facets of a list: kind and place, and with one kind chosen that kind's own."""
    own: tuple[str, ...] = ()
    if asked.kind in {kind.key for kind in kinds.all_kinds()}:
        coded = {code.name for code in schema(collection).codes}
        side = collection.removesuffix("s")
        own = tuple(f.key for f in kinds.get_kind(asked.kind).fields(side) if f.facet and f.key in coded)
    return tuple(dict.fromkeys((*BASE_FACETS, *own)))


def show_facets(collection: str, asked: Asked, *, result: Any) -> list[ShownFacet]:
    """The counted facets in words; without a result (engine away) there are none."""
    if result is None:
        return []
    shown = []
    for key in facet_keys(collection, asked):
        chosen = asked.filters.get(key, ())
        counted = dict(result.facets.get(key, ()))
        values = [*chosen, *(v for v in counted if v not in chosen)]
        if values:
            shown.append(
                ShownFacet(
                    key,
                    label_of(key, asked),
                    tuple(
                        FacetValue(v, word_for(key, v, asked), counted.get(v, 0), v in chosen)
                        for v in values[: MOST_VALUES + len(chosen)]
                    ),
                )
            )
    return shown


def chips(collection: str, asked: Asked) -> list[dict[str, Any]]:
    """What is chosen, each with the arguments of the same page without it."""
    found = []
    for key, values in asked.filters.items():
        if key == "currency":
            continue
        for value in values:
            rest = [v for v in values if v != value]
            without: dict[str, Any] = {key: rest or None, "page": None}
            if key in ("price_min", "price_max"):
                other = {"price_min": "price_max", "price_max": "price_min"}[key]
                without["currency"] = asked.filters.get("currency") if other in asked.filters else None
            found.append({"label": label_of(key, asked), "value": word_for(key, value, asked), "without": without})
    return found


def label_of(key: str, asked: Asked) -> str:
    """The words for a filter's name."""
    return filter_label(key, asked.kind)


def word_for(key: str, value: str, asked: Asked) -> str:
    """The words for one value of a filter; a value nobody knows is shown as it is."""
    currency = (asked.filters.get("currency") or ("",))[0]
    return filter_value(key, value, currency=currency, kind=asked.kind)


def organisation_filters() -> dict[str, Any]:
    """What the list of organisations is narrowed by. Raises UnknownFilter."""
    for name in request.args:
        if name not in ("q", "role", "place", "page"):
            raise UnknownFilter(name)
    role = request.args.get("role") or None
    place = request.args.get("place") or None
    if role not in (None, "supplier", "institution"):
        raise UnknownFilter("role")
    return {"text": query_text()[:LONGEST_QUERY], "role": role, "place": place}
