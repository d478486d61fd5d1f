"""Folding: the one form in which all text is compared, whatever script, width or case it was written in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import opencc
import yaml

VARIANTS_FILE = Path(__file__).parent / "data" / "variants.yaml"

# Full-width ASCII and the ideographic space: most of what NFKC changes in Chinese text, one character for one.
_WIDTHS = {0xFF01 + i: 0x21 + i for i in range(94)} | {0x3000: 0x20, 0xA0: 0x20, 0x2018: 0x27, 0x2019: 0x27}
# Control and formatting characters, variation selectors and byte order marks; tabs and line ends stay.
_REMOVED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff\ufff9-\ufffb]"
)
# 著 is both "to write" (kept in Simplified) and the aspect particle that Simplified writes 着.
_PARTICLE = re.compile("(?<![显卓昭原名专论巨编土拙译合])著(?![名作称者录述书])")


class Folded(NamedTuple):
    """Folded text; `offsets[i]` is where in the original the folded character `i` begins (one more entry: its end)."""

    text: str
    offsets: Sequence[int]


@lru_cache(maxsize=1)
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("hk2s")


@lru_cache(maxsize=1)
def _variants() -> dict[int, int]:
    """Single-character table: what OpenCC leaves, and Latin letters without their accents."""
    table = {ord(k): ord(v) for k, v in yaml.safe_load(VARIANTS_FILE.read_text("utf-8"))["characters"].items()}
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        base = unicodedata.normalize("NFD", chr(code))[0]
        if base != chr(code) and base.isascii():
            table[code] = ord(base)
    return table


def _clusters(text: str) -> list[tuple[int, str]]:
    """Splits into base characters with their combining marks, so that composition never crosses a boundary."""
    starts = [i for i, c in enumerate(text) if i == 0 or not (unicodedata.combining(c) or "\u1160" <= c <= "\u11ff")]
    return [(a, text[a:b]) for a, b in zip(starts, [*starts[1:], len(text)], strict=True)]


def _slow(text: str) -> tuple[str, list[int]]:
    """NFKC and casefold with a map of offsets, cluster by cluster."""
    out: list[str] = []
    offsets: list[int] = []
    for start, cluster in _clusters(text):
        folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", cluster).casefold())
        out.append(folded)
        offsets.extend([start] * len(folded))
    offsets.append(len(text))
    return "".join(out), offsets


def simplified(text: str) -> str:
    """Traditional to Simplified without a change of length, so that offsets stay true."""
    converted = _converter().convert(text)
    if len(converted) != len(text):
        converted = "".join(c if len(c) == 1 else o for o, c in ((o, _converter().convert(o)) for o in text))
    return converted


def fold(text: str) -> Folded:
    """Folds `text`: NFKC, lower case, Simplified characters, no accents on Latin letters, no control characters.

    The offsets lead from each folded character to its place in `text`, which highlighting needs.
    """
    removed: list[int] | None = None
    if _REMOVED.search(text):
        removed = [i for i, c in enumerate(text) if not _REMOVED.match(c)] + [len(text)]
        text = _REMOVED.sub("", text)
    offsets: Sequence[int] = range(len(text) + 1)
    narrow = text.translate(_WIDTHS)
    if unicodedata.is_normalized("NFKC", narrow) and len(lower := narrow.casefold()) == len(narrow):
        narrow = lower
    else:
        narrow, offsets = _slow(narrow)
    folded = _PARTICLE.sub("着", simplified(narrow)).translate(_variants()) if not narrow.isascii() else narrow
    if removed is not None:
        offsets = [removed[o] for o in offsets]
    return Folded(folded, offsets)


def folded(text: str) -> str:
    """The folded text alone."""
    return fold(text).text
