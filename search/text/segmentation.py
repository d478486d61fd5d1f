"""Chinese words: rjieba's dictionary with the words of the thesaurus added."""

from __future__ import annotations

from functools import lru_cache

import rjieba

from .scanning import HAN_RUN
from .thesaurus import thesaurus

# Far above any word of the dictionary, so that a word of the sector is never cut.
_DOMAIN_FREQUENCY = 100_000


@lru_cache(maxsize=1)
def _jieba() -> rjieba.Jieba:
    jieba = rjieba.Jieba()
    for word in thesaurus().chinese_words():
        jieba.add_word(word, _DOMAIN_FREQUENCY, "n")
    return jieba


def segment(text: str) -> list[str]:
    """Words of folded text without overlaps; runs that are not Chinese are left out."""
    jieba = _jieba()
    return [word for run in HAN_RUN.findall(text) for word in jieba.cut(run)]


def segment_for_index(text: str) -> list[str]:
    """Words of folded text for an index: long words and also the shorter words inside them."""
    jieba = _jieba()
    return [word for run in HAN_RUN.findall(text) for word in jieba.cut_for_search(run)]
