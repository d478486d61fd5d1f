"""What a request may filter, count and sort by, turned into conditions.

And who may see what, which is part of every request.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation

from catalogue import currencies, places
from search.engines.base import AnyOf, Codes, Condition, Filter, Numbers, Order
from search.indexing import seconds, signature_places
from search.requests import BadFilterValue, FindRequest, UnknownFilter, Viewer
from search.schema import schema

# The other side's organisation, by the name it has on pages.
_ORGANISATION = {"offers": "supplier", "demands": "buyer"}
_PRICE = ("price_min", "price_max", "currency", "has_price")


def filter_names(collection: str) -> tuple[str, ...]:
    """Every filter of a collection. Raises UnknownCollection."""
    coded = [field.name for field in schema(collection).codes if field.filter]
    return (*coded, _ORGANISATION[collection], *_PRICE)


def facet_names(collection: str) -> tuple[str, ...]:
    """Every filter whose values can be counted."""
    return tuple(name for name in filter_names(collection) if name not in ("price_min", "price_max", "has_price"))


def facet_field(collection: str, name: str, viewer: Viewer) -> str:
    """The code field that is counted for a facet. Raises UnknownFilter."""
    if name not in facet_names(collection):
        raise UnknownFilter(name)
    if name == "place":
        return "places"
    if name == "currency":
        return f"currency_{viewer.level(collection)}"
    return "organisation" if name == _ORGANISATION[collection] else name


def visibility(viewer: Viewer, now: datetime) -> Mapping[str, Condition]:
    """Open now; and approved, the viewer's own, or seen by an organiser."""
    moment = seconds(now)
    conditions: dict[str, Condition] = {
        " opened": Numbers("opens", at_most=moment),
        " not closed": Numbers("closes", at_least=moment + 1),
    }
    if viewer.role != "organiser":
        approved: Condition = Codes("approved", ("yes",))
        if viewer.organisation_id is not None:
            approved = AnyOf((approved, Codes("organisation", (str(viewer.organisation_id),))))
        conditions[" approved"] = approved
    return conditions


def request_filter(request: FindRequest) -> Filter:
    """The conditions of a request by the field they are about.

    Raises UnknownFilter, BadFilterValue, UnknownCollection.
    """
    known = filter_names(request.collection)
    conditions = dict(visibility(request.viewer, request.now))
    filters = {name: tuple(str(value) for value in values) for name, values in request.filters.items() if values}
    for name in filters:
        if name not in known:
            raise UnknownFilter(name)
    for name, values in filters.items():
        if name == "place":
            conditions[name] = _in_places(values)
        elif name == _ORGANISATION[request.collection]:
            conditions["organisation"] = Codes("organisation", values)
        elif name not in _PRICE:
            conditions[name] = Codes(name, values)
    conditions.update(_price(filters, request.viewer.level(request.collection)))
    return Filter(conditions)


def _in_places(values: Sequence[str]) -> Condition:
    """Somewhere within one of the places, or covering one of them from above."""
    above: dict[str, None] = {}
    for value in values:
        if not places.is_known(value):
            raise BadFilterValue("place", value)
        above.update(dict.fromkeys(places.ancestors(value)))
    return AnyOf((Codes("place", tuple(values)), Codes("covers", tuple(above))))


def _price(filters: Mapping[str, tuple[str, ...]], role: str) -> dict[str, Condition]:
    conditions: dict[str, Condition] = {}
    chosen = filters.get("currency", ())
    for code in chosen:
        if not currencies.is_known(code):
            raise BadFilterValue("currency", code)
    if chosen:
        conditions[f"currency_{role}"] = Codes(f"currency_{role}", chosen)
    for value in filters.get("has_price", ()):
        if value != "true":
            raise BadFilterValue("has_price", value)
        conditions["has_price"] = Numbers(f"lowest_{role}")
    for name, edge in (("price_min", "highest"), ("price_max", "lowest")):
        if name in filters:
            value = filters[name][0]
            if len(chosen) != 1:
                raise BadFilterValue(name, value)
            amount = _minor(name, value, chosen[0])
            bound = {"at_least": amount} if name == "price_min" else {"at_most": amount}
            conditions[name] = Numbers(f"{edge}_{role}", **bound)
    return conditions


def _minor(name: str, value: str, currency: str) -> int:
    try:
        amount = Decimal(value)
        if amount < 0:
            raise BadFilterValue(name, value)
        return currencies.to_minor(amount, currency)
    except (InvalidOperation, ValueError) as error:
        raise BadFilterValue(name, value) from error


def request_order(sort: str, role: str) -> Order | None:
    """The order of a sort for readers of a role; None for relevance. Prices are sorted within their currency."""
    price = (f"currency_{role}", False)
    return {
        "relevance": None,
        "newest": Order((("updated", True),)),
        "closing": Order((("closes", False),)),
        "price_asc": Order((price, (f"lowest_{role}", False))),
        "price_desc": Order((price, (f"lowest_{role}", True))),
    }[sort]


def place_counts(signatures: Mapping[str, int]) -> dict[str, int]:
    """How many documents each place finds, from how many have each signature.

    Those within it, and those that cover it from above.
    """
    wanted = set(places.gba())
    for signature in signatures:
        wanted |= signature_places(signature)[0]
    counts = dict.fromkeys(wanted, 0)
    above = {place_id: frozenset(places.ancestors(place_id)) for place_id in wanted}
    for signature, number in signatures.items():
        within, covers = signature_places(signature)
        for place_id in wanted:
            if place_id in within or not covers.isdisjoint(above[place_id]):
                counts[place_id] += number
    return {place_id: number for place_id, number in counts.items() if number}
