"""Words without weight, from a data file."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml

from .folding import folded
from .stemming import stem

STOPWORDS_FILE = Path(__file__).parent / "data" / "stopwords.yaml"


@lru_cache(maxsize=1)
def stopwords() -> frozenset[str]:
    """Terms of the word bag that carry no meaning: folded Chinese words and English words with their stems."""
    lists = yaml.safe_load(STOPWORDS_FILE.read_text("utf-8"))
    english = {str(word) for word in lists["en"]} | {"on", "no"}
    return frozenset(english | {stem(word) for word in english} | {folded(word) for word in lists["zh"]})
