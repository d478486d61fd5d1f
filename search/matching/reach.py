"""Reach: whether what is offered can be had where it is wanted, and whether it is bound to its place at all."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from catalogue import kinds, places
from search.matching.offers import OfferProfile
from search.text.analysis import CONCEPT

FILE = Path(__file__).parent / "data" / "reach.yaml"


@lru_cache(maxsize=1)
def _exceptions() -> dict[str, dict[str, Any]]:
    return yaml.safe_load(FILE.read_text("utf-8"))


@lru_cache(maxsize=50_000)
def relation(served: tuple[str, ...], wanted: tuple[str, ...], bound: bool) -> str:
    """`catalogue.places.relation`, remembered: the same few places meet again and again."""
    return places.relation(served, wanted, place_bound=bound)


def are_apart(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether nothing of one lies in the other, either way round."""
    return relation(one, other, True) == relation(other, one, True) == places.EXCLUDED


def is_place_bound(offer: OfferProfile) -> bool:
    """Whether an offer exists only where it is: as its kind says, but for goods among services and the reverse.

    Packed food travels though meals do not; what is rented out stays where it is served though equipment does not.
    """
    bound = kinds.get_kind(offer.kind).place_bound
    rules = _exceptions()
    loose = rules["not_bound_with"].get(offer.kind, ())
    if bound and any(CONCEPT + concept in bag for concept in loose for bag in (offer.title, offer.body)):
        return False
    if not bound and offer.served and offer.kind in rules["bound_if_rented"]:
        return bool(offer.facts.get("rental"))
    return bound


def reach(offer: OfferProfile, wanted: tuple[str, ...]) -> tuple[str, dict[str, Any]]:
    """ "included", "excluded" or "unknown" for the places wanted, with the facts that it rests on."""
    bound = is_place_bound(offer)
    facts = {"served": list(offer.served), "located": list(offer.located), "wanted": list(wanted), "bound": bound}
    found = relation(offer.places, wanted, bound)
    if found == places.UNKNOWN and wanted and _within(offer.places, wanted):
        found = places.INCLUDED
    elif found == places.UNKNOWN and not bound:
        # Goods of a supplier of that place, though it names another one as served.
        found = relation(offer.located, wanted, False)
    return found, facts


def _within(offered: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    """Whether something is offered inside a wanted place: part of what is wanted is there."""
    asked = set(wanted)
    return any(places.is_known(one) and not asked.isdisjoint(places.ancestors(one)) for one in offered)
