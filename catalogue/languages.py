"""The three languages of the catalogue and labels written in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalogue.errors import CatalogueError

LANGUAGES = ("zh-Hans", "zh-Hant", "en")

Labels = Mapping[str, str]  # one text for each of LANGUAGES


def read_labels(node: Any, where: str) -> dict[str, str]:
    """Labels from a YAML node `{zh-Hans: .., zh-Hant: .., en: ..}`. Raises CatalogueError if a language is missing."""
    if not isinstance(node, dict):
        raise CatalogueError(where, "labels in three languages are missing")
    unknown = set(node) - set(LANGUAGES)
    if unknown:
        raise CatalogueError(where, f"unknown language {sorted(map(str, unknown))[0]!r}")
    for language in LANGUAGES:
        text = node.get(language)
        if not isinstance(text, str) or not text.strip():
            raise CatalogueError(where, f"no text in {language}")
    return {language: node[language].strip() for language in LANGUAGES}
