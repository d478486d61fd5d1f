"""Which of the three languages a text is written in."""

from __future__ import annotations

from functools import lru_cache

import opencc

from .scanning import HAN_RUN

LANGUAGES = ("zh-Hans", "zh-Hant", "en")


@lru_cache(maxsize=2)
def _converter(name: str) -> opencc.OpenCC:
    return opencc.OpenCC(name)


def _changed(text: str, name: str) -> int:
    converted = _converter(name).convert(text)
    return sum(a != b for a, b in zip(text, converted, strict=False))


def detect_language(text: str) -> str:
    """ "zh-Hans", "zh-Hant" or "en". Chinese that is the same in both scripts counts as zh-Hans; no letters, as en."""
    han = "".join(HAN_RUN.findall(text[:2000]))
    latin = sum(c.isascii() and c.isalpha() for c in text[:2000])
    # A Chinese character says about as much as three letters, and Chinese texts quote English names.
    if not han or latin > 8 * len(han):
        return "en"
    return "zh-Hant" if _changed(han, "t2s") > _changed(han, "s2t") else "zh-Hans"
