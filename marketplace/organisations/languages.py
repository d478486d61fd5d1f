"""The languages that people speak with each other, each with how well, and apart from them the scripts that they read.

Codes of spoken languages are the catalogue's, as offers name them. A language is common to two people when each speaks
it well enough to work in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from catalogue import kinds
from marketplace.i18n import LANG_NAMES, data_lang

LEVELS = ("basic", "working", "fluent")
LEVEL_LABELS = {"fluent": _l("Fluent"), "working": _l("Well enough for a meeting"), "basic": _l("A little")}
SCRIPTS = tuple(LANG_NAMES)
Spoken = dict[str, str]


def spoken_languages(lang: str) -> list[tuple[str, str]]:
    """(code, name in `lang`) of each."""
    return [(choice.code, choice.labels[lang]) for choice in kinds.registry().fields["languages"].choices]


def name_of(code: str, lang: str) -> str:
    """The name of one; a code that is no longer offered stands for itself."""
    return dict(spoken_languages(lang)).get(code, code)


def with_levels(fluent: Iterable[str], working: Iterable[str], basic: Iterable[str]) -> list[Spoken]:
    """Codes by level as they are kept: [{"code", "level"}], each once, at the best level named."""
    levels: dict[str, str] = {}
    for codes, level in ((fluent, "fluent"), (working, "working"), (basic, "basic")):
        for code in codes:
            levels.setdefault(code, level)
    return [{"code": code, "level": level} for code, level in levels.items()]


def at_level(spoken: Iterable[Mapping[str, str]] | None, level: str) -> list[str]:
    """The codes that are spoken at just this level."""
    return [one["code"] for one in spoken or () if one["level"] == level]


def known(spoken: Iterable[Mapping[str, Any]], reads: Iterable[str]) -> bool:
    """Whether every code, level and script is one that is offered."""
    codes = {code for code, _name in spoken_languages("en")}
    return all(one.get("code") in codes and one.get("level") in LEVELS for one in spoken) and set(reads) <= set(SCRIPTS)


def in_words(spoken: Iterable[Mapping[str, str]] | None) -> list[str]:
    """Each language in the reader's words, with how well where that is not fluently."""
    lang = data_lang()
    return [
        name_of(one["code"], lang) + (f" ({LEVEL_LABELS[one['level']]})" if one["level"] != "fluent" else "")
        for one in spoken or ()
    ]


def scripts_in_words(reads: Iterable[str] | None) -> list[str]:
    """The scripts that are read, each in its own name."""
    return [LANG_NAMES[one] for one in reads or () if one in LANG_NAMES]
