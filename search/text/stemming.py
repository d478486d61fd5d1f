"""English stems, cached: the stemmer is slow and a vocabulary small."""

from __future__ import annotations

import threading
from functools import lru_cache
from pathlib import Path

import snowballstemmer
import yaml

STEMS_FILE = Path(__file__).parent / "data" / "stems.yaml"


class _Stemmer(threading.local):
    """A stemmer for each thread: it keeps the word it is at work on in itself, and two threads would mix theirs."""

    def __init__(self) -> None:
        self.english = snowballstemmer.stemmer("english")


_STEMMER = _Stemmer()


@lru_cache(maxsize=1)
def _exceptions() -> dict[str, str]:
    return yaml.safe_load(STEMS_FILE.read_text("utf-8"))


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The stem of a folded word; words with digits, short ones (gps, aed) and other alphabets stay as they are."""
    if word.endswith("'s"):
        word = word[:-2]
    if not word.isascii() or not word.isalpha() or len(word) <= 3:
        return word
    return _exceptions().get(word) or _STEMMER.english.stemWord(word)
