"""A field: one fact that an offer or a demand may state, with its type, unit, words and behaviour."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from catalogue import classifications, units
from catalogue.errors import CatalogueError
from catalogue.languages import Labels, read_labels
from catalogue.rules import RULES

# type: how its value is stored
TYPES: dict[str, str] = {
    "text": "{language: one line}",
    "longtext": "{language: paragraphs}",
    "tags": "{language: [short texts]}",
    "integer": "int",
    "decimal": "str of a decimal number",
    "boolean": "bool",
    "choice": "code of one choice",
    "choices": "list of codes",
    "place": "list with one place id",
    "places": "list of place ids",
    "date": "YYYY-MM-DD",
    "money": "{minor: int, currency: ISO 4217 code}",
    "code": "str, never translated",
}
SIDES = ("offer", "demand")
GATES = ("place", "date", "budget", "capacity", "credential", "ability")
MAX_LENGTHS = {"text": 200, "longtext": 4000, "tags": 80, "code": 80}  # characters; for tags, of one tag

_KEY = re.compile(r"[a-z][a-z0-9_]*\Z")
_ATTRIBUTES = frozenset({
    "key", "type", "unit", "labels", "hints", "choices", "sides", "required", "facet", "gate", "compare",
    "confirmable", "minimum", "maximum", "max_length", "not_below", "pattern",
})  # fmt: skip


@dataclass(frozen=True, eq=False)
class Choice:
    """One answer of a choice field. `verified` is False where the official wording could not be checked."""

    code: str
    labels: Labels
    verified: bool = True


@dataclass(frozen=True, eq=False)
class Field:
    """One fact. `sides`: who states it; `gate`: the gate it decides; `compare`: the rule by which an offer's value
    answers a demand's; `required`: needed to publish; `confirmable`: shown with the day it was last confirmed;
    `minimum`, `maximum`: in the field's own unit (money: major units); `max_length`: characters;
    `not_below`: key of a field of the same kind whose value this one must not undercut; `pattern`: of a code, what
    the whole of it must match, in narrow signs."""

    key: str
    type: str
    labels: Labels
    hints: Labels | None = None
    unit: str | None = None
    choices: tuple[Choice, ...] = ()
    classification: str | None = None
    sides: frozenset[str] = frozenset(SIDES)
    required: bool = False
    facet: bool = False
    gate: str | None = None
    compare: str | None = None
    confirmable: bool = False
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    max_length: int | None = None
    not_below: str | None = None
    pattern: re.Pattern[str] | None = None

    def choice(self, code: str) -> Choice:
        """The choice with this code. Raises KeyError."""
        for choice in self.choices:
            if choice.code == code:
                return choice
        raise KeyError(code)

    @property
    def translated(self) -> bool:
        """Whether its value is written in languages."""
        return self.type in ("text", "longtext", "tags")

    def signature(self) -> dict[str, Any]:
        """What must never change under a released key."""
        return {"type": self.type, "unit": self.unit, "choices": sorted(choice.code for choice in self.choices)}


def read_field(node: Any, where: str) -> Field:
    """A field from its YAML node. Raises CatalogueError naming what is wrong."""
    if not isinstance(node, dict) or not isinstance(node.get("key"), str):
        raise CatalogueError(where, "a field needs a key")
    key = node["key"]
    where = f"{where}, field {key}"
    if not _KEY.match(key):
        raise CatalogueError(where, "a key is lower-case letters, digits and underscores")
    unknown = set(node) - _ATTRIBUTES
    if unknown:
        raise CatalogueError(where, f"unknown attribute {sorted(map(str, unknown))[0]!r}")
    type_ = node.get("type")
    if type_ not in TYPES:
        raise CatalogueError(where, f"unknown type {type_!r}")
    choices, classification = _choices(node.get("choices"), type_, where)
    return Field(
        key=key,
        type=type_,
        labels=read_labels(node.get("labels"), where),
        hints=read_labels(node["hints"], f"{where}, hints") if "hints" in node else None,
        unit=_one_of(node, "unit", units.keys(), where),
        choices=choices,
        classification=classification,
        sides=_sides(node.get("sides"), where),
        required=_flag(node, "required", where),
        facet=_flag(node, "facet", where),
        gate=_one_of(node, "gate", GATES, where),
        compare=_one_of(node, "compare", RULES, where),
        confirmable=_flag(node, "confirmable", where),
        minimum=_number(node, "minimum", where),
        maximum=_number(node, "maximum", where),
        max_length=node.get("max_length", MAX_LENGTHS.get(type_)),
        not_below=node.get("not_below"),
        pattern=re.compile(node["pattern"]) if "pattern" in node else None,
    )


def _choices(node: Any, type_: str, where: str) -> tuple[tuple[Choice, ...], str | None]:
    if type_ not in ("choice", "choices"):
        if node is not None:
            raise CatalogueError(where, f"a {type_} has no choices")
        return (), None
    if isinstance(node, str):
        if node == "price_units":
            return tuple(Choice(unit.key, unit.labels) for unit in units.all_units() if unit.for_price), None
        try:
            entries = classifications.get(node).entries
        except KeyError:
            raise CatalogueError(where, f"unknown classification {node!r}") from None
        return tuple(Choice(entry.code, entry.labels, entry.verified) for entry in entries), node
    if not isinstance(node, list) or not node:
        raise CatalogueError(where, f"a {type_} needs choices")
    choices: list[Choice] = []
    for item in node:
        code = item.get("code") if isinstance(item, dict) else None
        if not isinstance(code, str) or not code:
            raise CatalogueError(where, f"a choice needs a code that is text, not {code!r}")
        if any(code == other.code for other in choices):
            raise CatalogueError(where, f"choice {code!r} is there twice")
        labels = {language: text for language, text in item.items() if language not in ("code", "verified")}
        choices.append(Choice(code, read_labels(labels, f"{where}, choice {code}"), item.get("verified", True)))
    return tuple(choices), None


def _sides(node: Any, where: str) -> frozenset[str]:
    if node is None:
        return frozenset(SIDES)
    if not isinstance(node, list) or not node or set(node) - set(SIDES):
        raise CatalogueError(where, "sides are offer, demand or both")
    return frozenset(node)


def _flag(node: Mapping[str, Any], name: str, where: str) -> bool:
    value = node.get(name, False)
    if not isinstance(value, bool):
        raise CatalogueError(where, f"{name} is true or false")
    return value


def _one_of(node: Mapping[str, Any], name: str, allowed: Any, where: str) -> str | None:
    value = node.get(name)
    if value is not None and value not in allowed:
        raise CatalogueError(where, f"unknown {name} {value!r}")
    return value


def _number(node: Mapping[str, Any], name: str, where: str) -> Decimal | None:
    if name not in node:
        return None
    try:
        return Decimal(str(node[name]))
    except InvalidOperation:
        raise CatalogueError(where, f"{name} must be a number") from None
