"""The tree of places: countries, provinces and special regions, cities, districts, and Guangdong's streets and towns.

Read on first use from one compact file. Names in three languages; free text is resolved in `place_names`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from catalogue.languages import Labels
from catalogue.yaml_files import DATA

FILE = DATA / "places.tsv"
LEVELS = ("country", "province", "city", "district", "street")

INCLUDED = "included"
EXCLUDED = "excluded"
UNKNOWN = "unknown"

_GBA = ("HK", "MO", "CN-4401", "CN-4403", "CN-4404", "CN-4406", "CN-4413", "CN-4419", "CN-4420", "CN-4407", "CN-4412")


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A node. `level`: one of LEVELS (Hong Kong, Macao, Taiwan and the nations of the United Kingdom: province);
    `names`: one for each language."""

    id: str
    parent_id: str | None
    level: str
    names: Labels


@cache
def tree() -> Mapping[str, Place]:
    """Every place by id, parents before children."""
    levels = dict(zip("cpids", LEVELS, strict=True))
    places: dict[str, Place] = {}
    with FILE.open(encoding="utf-8") as stream:
        next(stream)
        for line in stream:
            place_id, parent, level, hans, hant, english = line.rstrip("\n").split("\t")[:6]
            names = {"zh-Hans": hans, "zh-Hant": hant or hans, "en": english}
            places[place_id] = Place(place_id, parent or None, levels[level], names)
    return places


@cache
def _children() -> Mapping[str | None, tuple[str, ...]]:
    below: dict[str | None, list[str]] = {}
    for place in tree().values():
        below.setdefault(place.parent_id, []).append(place.id)
    return {parent: tuple(ids) for parent, ids in below.items()}


def get(place_id: str) -> Place:
    """The place with this id. Raises KeyError."""
    return tree()[place_id]


def is_known(place_id: object) -> bool:
    """Whether this is the id of a place."""
    return isinstance(place_id, str) and place_id in tree()


def children(place_id: str | None) -> tuple[Place, ...]:
    """The places directly below one, or the roots of the tree for None. Raises KeyError for an unknown id."""
    if place_id is not None:
        get(place_id)
    return tuple(tree()[child] for child in _children().get(place_id, ()))


def ancestors(place_id: str) -> tuple[str, ...]:
    """The id itself, its parent, and so on to the root. Raises KeyError."""
    chain = [place_id]
    parent = get(place_id).parent_id
    while parent is not None:
        chain.append(parent)
        parent = tree()[parent].parent_id
    return tuple(chain)


def gba() -> tuple[str, ...]:
    """The eleven cities of the Guangdong-Hong Kong-Macao Greater Bay Area."""
    return _GBA


def in_gba(place_id: str) -> bool:
    """Whether a place lies in one of the eleven cities. Raises KeyError."""
    return not set(ancestors(place_id)).isdisjoint(_GBA)


def path_name(place_id: str, lang: str) -> str:
    """The name with the names above it: "广东省广州市荔湾区", "Liwan, Guangzhou, Guangdong". The country is left out
    unless it is the place itself. Raises KeyError."""
    chain = [tree()[one] for one in ancestors(place_id)]
    shown = [place for place in chain if place.level != "country"] or chain[:1]
    if lang == "en":
        return ", ".join(place.names["en"] for place in shown)
    return "".join(place.names[lang] for place in reversed(shown))


def relation(served: Iterable[str], wanted: Iterable[str], *, place_bound: bool) -> str:
    """Whether the places served include a wanted one: "included", "excluded" or "unknown".

    Included: a served place is a wanted one or lies above it. Excluded: every served place is disjoint from every
    wanted one, and what is offered is bound to its place. Everything else is unknown, unknown ids among it.
    """
    offered = [place_id for place_id in served if is_known(place_id)]
    asked = [place_id for place_id in wanted if is_known(place_id)]
    if not offered or not asked:
        return UNKNOWN
    served_set = set(offered)
    above_wanted = [set(ancestors(place_id)) for place_id in asked]
    if any(not served_set.isdisjoint(chain) for chain in above_wanted):
        return INCLUDED
    above_served = set().union(*(ancestors(place_id) for place_id in offered))
    if not above_served.isdisjoint(asked) or not place_bound:
        return UNKNOWN
    return EXCLUDED


def resolve(text: str, *, near: Iterable[str] = ()) -> tuple[str, ...]:
    """Ids of the most specific places that free text in any of the languages names, in the order of the text.

    `near`: ids among whose descendants an ambiguous name is looked for first. Names no place: ().
    """
    from catalogue import place_names  # the index of names is built only when somebody asks

    return place_names.resolve(text, tuple(near))


def is_name(text: str) -> bool:
    """Whether text is nothing but the name of a place or of a known group of places, in any of the languages."""
    from catalogue import place_names

    return place_names.is_name(text)


def search(prefix: str, lang: str, limit: int = 20) -> tuple[Place, ...]:
    """Places whose name in any language begins with the prefix: the Greater Bay Area first, larger before smaller,
    then by name in `lang`."""
    from catalogue import place_names

    return place_names.search(prefix, lang, limit)
