"""Passages: texts cut into sentences, each analysed once and kept, so that judging many listings stays cheap."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from search import text as analysis
from search.text.scanning import scan

_SENTENCE = re.compile(r"[^。；！？!?;\n]+?(?:[。；！？!?;\n]+|\.(?=\s|$)|$)", re.DOTALL)


class Passage(NamedTuple):
    """A sentence as written, with its word bag (in order and as a set), its numbers and its phrase stream."""

    written: str
    words: tuple[str, ...]
    bag: frozenset[str]
    numbers: tuple[tuple[Decimal, str, str], ...]
    stream: str


@lru_cache(maxsize=30_000)
def passage(written: str) -> Passage:
    """One sentence, analysed. Numbers are (value in base unit, unit, as written)."""
    folded = analysis.folded(written)
    numbers = tuple((q.value, q.unit, q.written) for q in analysis.quantities(folded))
    words = tuple(analysis.bag(written))
    return Passage(written, words, frozenset(words), numbers, f" {' '.join(scan(folded).terms)} ")


@lru_cache(maxsize=30_000)
def passages(written: str) -> tuple[Passage, ...]:
    """The sentences of a text."""
    return tuple(passage(part) for part in (m.group().strip() for m in _SENTENCE.finditer(written)) if part)


def texts_of(values: Mapping[str, str] | None) -> tuple[str, ...]:
    """The texts of all languages, each once."""
    return tuple(dict.fromkeys(v for v in (values or {}).values() if v))
