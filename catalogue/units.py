"""Units of quantities and of prices, with the spellings by which people write them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from catalogue.errors import CatalogueError
from catalogue.languages import Labels, read_labels
from catalogue.yaml_files import DATA, read_yaml


@dataclass(frozen=True, eq=False)
class Unit:
    """A unit. `labels`: "month"; `price_labels`: "per month", or None where no price is asked by it."""

    key: str
    labels: Labels
    price_labels: Labels | None
    spellings: tuple[str, ...]

    @property
    def for_price(self) -> bool:
        """Whether a price may be asked by this unit."""
        return self.price_labels is not None


@cache
def _by_key() -> Mapping[str, Unit]:
    units: dict[str, Unit] = {}
    for node in read_yaml(DATA / "units.yaml").get("units", []):
        where = f"units.yaml, unit {node.get('key')}"
        if node["key"] in units:
            raise CatalogueError(where, "is there twice")
        price = read_labels(node["price"], where) if "price" in node else None
        units[node["key"]] = Unit(
            node["key"], read_labels(node.get("labels"), where), price, tuple(map(str, node.get("spellings", [])))
        )
    return units


@cache
def _spellings() -> Mapping[str, str]:
    known: dict[str, str] = {}
    for unit in _by_key().values():
        words = [unit.key, *unit.labels.values(), *(unit.price_labels or {}).values(), *unit.spellings]
        for word in dict.fromkeys(_fold(word) for word in words):
            if known.setdefault(word, unit.key) != unit.key:
                raise CatalogueError("units.yaml", f"{word!r} is a spelling of both {known[word]} and {unit.key}")
    return known


def _fold(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold().strip().rstrip(".")
    folded = re.sub(r"^(每一?(?=\w)|per\s+|an?\s+(?=\w))", "", folded)
    return re.sub(r"\s+", " ", folded)


def all_units() -> tuple[Unit, ...]:
    """Every unit, in the order of the file."""
    return tuple(_by_key().values())


def keys() -> frozenset[str]:
    """All unit keys."""
    return frozenset(_by_key())


def get(key: str) -> Unit:
    """The unit with this key. Raises KeyError."""
    return _by_key()[key]


def resolve(text: str) -> str | None:
    """The key of the unit that a word or phrase in any of the languages names ("每月", "beds"), or None."""
    return _spellings().get(_fold(text))
