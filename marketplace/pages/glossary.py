"""Terms of the trade in plain words: one page, and a link behind a term wherever it stands."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

FILE = Path(__file__).parent / "data" / "glossary.yaml"
GROUPS = ("market", "matching", "session", "equipment", "trust", "care")


@dataclass(frozen=True)
class Term:
    """A term. `name`, `text`: by language (zh-Hans, zh-Hant, en); `see`: keys of related terms;
    `fields`: the catalogue's fields that it explains."""

    key: str
    group: str
    name: dict[str, str]
    text: dict[str, str]
    see: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()


@cache
def terms() -> dict[str, Term]:
    """Every term by key, in the order of the file."""
    entries = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {
        key: Term(
            key,
            entry["group"],
            entry["name"],
            entry["text"],
            tuple(entry.get("see", ())),
            tuple(entry.get("fields", ())),
        )
        for key, entry in entries.items()
    }


def by_group() -> list[tuple[str, list[Term]]]:
    """The terms for the page: [(group, terms)]."""
    return [(group, [term for term in terms().values() if term.group == group]) for group in GROUPS]


def term(key: str) -> Term:
    """One term. Raises KeyError for a key that is no term, which a template should not ask for."""
    return terms()[key]


@cache
def _by_field() -> dict[str, str]:
    return {field: term.key for term in terms().values() for field in term.fields}


def term_of_field(field_key: str) -> str | None:
    """The term that explains a field of the catalogue, or None."""
    return _by_field().get(field_key)
