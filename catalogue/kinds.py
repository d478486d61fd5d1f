"""Kinds of offers and demands. One YAML file a kind; fields that kinds share stand once, in fields.yaml."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from catalogue.errors import CatalogueError
from catalogue.fields import GATES, SIDES, Field, read_field
from catalogue.languages import Labels, read_labels
from catalogue.rules import RULES
from catalogue.yaml_files import DATA, read_yaml

# What a kind may say differently about a field it shares; type, unit and choices stay as declared.
_OVERRIDES = frozenset({"key", "labels", "hints", "sides", "required", "facet", "gate", "compare", "confirmable"})


@dataclass(frozen=True, eq=False)
class Section:
    """A heading of a form or page with its fields in reading order."""

    key: str
    labels: Labels
    fields: tuple[Field, ...]


@dataclass(frozen=True, eq=False)
class Kind:
    """A kind of offer or demand. `icon`: name of a Bootstrap icon; `place_bound`: whether what is offered can only be
    had where it is, so that a disjoint place excludes; `order`: its place in lists."""

    key: str
    labels: Labels
    descriptions: Labels
    icon: str
    place_bound: bool
    order: int
    sections: tuple[Section, ...]

    def fields(self, side: str | None = None) -> tuple[Field, ...]:
        """Its fields in reading order; with side "offer" or "demand", those that side states."""
        if side is not None and side not in SIDES:
            raise ValueError(f"unknown side {side!r}")
        return tuple(
            field for section in self.sections for field in section.fields if side is None or side in field.sides
        )

    def field(self, key: str) -> Field:
        """Its field with this key. Raises KeyError."""
        for field in self.fields():
            if field.key == key:
                return field
        raise KeyError(key)


@dataclass(frozen=True, eq=False)
class Registry:
    """All kinds of a folder, ordered, and every field key with the declaration that fixes its type."""

    kinds: tuple[Kind, ...]
    fields: Mapping[str, Field]

    def get(self, key: str) -> Kind:
        """The kind with this key. Raises KeyError."""
        for kind in self.kinds:
            if kind.key == key:
                return kind
        raise KeyError(key)


def load(folder: Path | str = DATA) -> Registry:
    """Read `fields.yaml` and `kinds/*.yaml` of a folder.

    Raises CatalogueError if a file is wrong or a key would mean two things.
    """
    folder = Path(folder)
    shared: dict[str, Field] = {}
    for node in read_yaml(folder / "fields.yaml").get("fields", []):
        field = read_field(node, "fields.yaml")
        if field.key in shared:
            raise CatalogueError("fields.yaml", f"field {field.key} is declared twice")
        shared[field.key] = field
    declared = dict(shared)
    owner: dict[str, str] = {}
    kinds = []
    for path in sorted((folder / "kinds").glob("*.yaml")):
        kind = _read_kind(read_yaml(path), path, shared)
        for field in kind.fields():
            if field.key in shared:
                continue
            if field.key in declared and declared[field.key].signature() != field.signature():
                other = owner[field.key]
                raise CatalogueError(path.name, f"field {field.key} means something else in {other}: one key, one type")
            declared.setdefault(field.key, field)
            owner.setdefault(field.key, path.name)
        kinds.append(kind)
    kinds.sort(key=lambda kind: (kind.order, kind.key))
    return Registry(tuple(kinds), declared)


@cache
def registry() -> Registry:
    """The project's own registry, read once a process."""
    return load(DATA)


def all_kinds() -> tuple[Kind, ...]:
    """Every kind, in the order of lists."""
    return registry().kinds


def get_kind(key: str) -> Kind:
    """The kind with this key. Raises KeyError."""
    return registry().get(key)


def _read_kind(node: dict[str, Any], path: Path, shared: Mapping[str, Field]) -> Kind:
    name = path.name
    key = node.get("key")
    if key != path.stem:
        raise CatalogueError(name, f"the key {key!r} must be the file's name")
    sections = []
    seen: set[str] = set()
    for item in node.get("sections") or []:
        section = _read_section(item, name, shared)
        for field in section.fields:
            if field.key in seen:
                raise CatalogueError(name, f"field {field.key} is there twice")
            seen.add(field.key)
        sections.append(section)
    if not sections:
        raise CatalogueError(name, "a kind needs sections")
    kind = Kind(
        key=path.stem,
        labels=read_labels(node.get("labels"), f"{name}, labels"),
        descriptions=read_labels(node.get("descriptions"), f"{name}, descriptions"),
        icon=str(node.get("icon") or "box"),
        place_bound=bool(node.get("place_bound", False)),
        order=int(node.get("order", 1000)),
        sections=tuple(sections),
    )
    for field in kind.fields():
        if field.not_below is not None and field.not_below not in seen:
            raise CatalogueError(name, f"field {field.key} names {field.not_below}, which the kind does not have")
    return kind


def _read_section(node: Any, name: str, shared: Mapping[str, Field]) -> Section:
    if not isinstance(node, dict) or not isinstance(node.get("key"), str):
        raise CatalogueError(name, "a section needs a key")
    where = f"{name}, section {node['key']}"
    fields = tuple(_field_of(item, where, shared) for item in node.get("fields") or [])
    if not fields:
        raise CatalogueError(where, "a section needs fields")
    return Section(node["key"], read_labels(node.get("labels"), where), fields)


def _field_of(item: Any, where: str, shared: Mapping[str, Field]) -> Field:
    """A shared field by its key, with the kind's own words laid over it, or a field declared in place."""
    if isinstance(item, str):
        if item not in shared:
            raise CatalogueError(where, f"field {item} is not declared in fields.yaml")
        return shared[item]
    if not isinstance(item, dict) or item.get("key") not in shared:
        return read_field(item, where)
    field = shared[item["key"]]
    if "type" in item:
        raise CatalogueError(where, f"field {field.key} is already declared in fields.yaml")
    unknown = set(item) - _OVERRIDES
    if unknown:
        raise CatalogueError(where, f"field {field.key} is shared; a kind may not change its {sorted(unknown)[0]}")
    changes = dict(item)
    for words in ("labels", "hints"):
        if words in changes:
            changes[words] = read_labels(changes[words], f"{where}, field {field.key}, {words}")
    for flag in ("required", "facet", "confirmable"):
        if not isinstance(changes.get(flag, False), bool):
            raise CatalogueError(where, f"field {field.key}: {flag} is true or false")
    for name, allowed in (("gate", GATES), ("compare", RULES)):
        if changes.get(name) is not None and changes[name] not in allowed:
            raise CatalogueError(where, f"field {field.key}: unknown {name} {changes[name]!r}")
    if "sides" in changes:
        if not isinstance(changes["sides"], list) or not changes["sides"] or set(changes["sides"]) - set(SIDES):
            raise CatalogueError(where, f"field {field.key}: sides are offer, demand or both")
        changes["sides"] = frozenset(changes["sides"])
    return dataclasses.replace(field, **changes)
