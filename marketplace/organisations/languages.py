"""The languages that people speak with each other, as the catalogue names them for offers."""

from __future__ import annotations

from catalogue import kinds


def spoken_languages(lang: str) -> list[tuple[str, str]]:
    """(code, name in `lang`) of each."""
    return [(choice.code, choice.labels[lang]) for choice in kinds.registry().fields["languages"].choices]


def name_of(code: str, lang: str) -> str:
    """The name of one; a code that is no longer offered stands for itself."""
    return dict(spoken_languages(lang)).get(code, code)
