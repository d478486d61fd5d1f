"""English stems, cached: the stemmer is slow and a vocabulary small."""

from __future__ import annotations

from functools import lru_cache

import snowballstemmer

_STEMMER = snowballstemmer.stemmer("english")
# Words whose stem would meet an unrelated word of this sector, or whose two forms the stemmer keeps apart.
_EXCEPTIONS = {
    "ageing": "age", "aging": "age", "aged": "age", "nursing": "nursing", "news": "news", "carer": "caregiv",
    "carers": "caregiv", "caregiver": "caregiv", "caregivers": "caregiv", "caregiving": "caregiv", "community": "community",
    "communities": "community", "communicate": "communicat", "communication": "communicat", "communications": "communicat",
    "university": "university", "meals": "meal", "general": "general", "generation": "generat", "organ": "organ",
    "organic": "organic", "catering": "catering", "software": "software", "hospitality": "hospitality", "operating": "operat",
    "tyre": "tire", "programme": "program", "programmes": "program", "centre": "center", "centres": "center",
}  # fmt: skip


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The stem of a folded word; words with digits or of other alphabets come back as they are."""
    if word.endswith("'s"):
        word = word[:-2]
    if not word.isascii() or not word.isalpha() or len(word) < 3:
        return word
    return _EXCEPTIONS.get(word) or _STEMMER.stemWord(word)
