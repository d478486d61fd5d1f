"""Names as keys: the same firm in two scripts, with or without its legal form, gives the same key."""

from __future__ import annotations

import re
from functools import lru_cache

from marketplace.i18n import convert_script
from marketplace.types import fold_key

HAN = re.compile(r"[㐀-鿿豈-﫿]")
NOISE = re.compile(r"[\W_]+")
# Legal forms, the longest first; a name that is nothing but them keeps them.
_FORMS_ZH = (
    "股份有限公司",
    "有限责任公司",
    "集团有限公司",
    "控股有限公司",
    "有限公司",
    "集团公司",
    "分公司",
    "公司",
    "集团",
    "控股",
)
_FORMS_EN = re.compile(
    r"(?:\b(?:company|corporation|incorporated|limited|holdings?|group|corp|inc|ltd|llc|plc|pte|co)\b[\s.,]*)+$"
)


@lru_cache(maxsize=50_000)
def firm_key(name: str) -> str:
    """A name without script, width, case, marks and legal form; "" for a name without a letter."""
    text = fold_key(name)
    if HAN.search(text):
        text = convert_script(text, "zh-Hans")
        text = NOISE.sub("", text)
        for form in _FORMS_ZH:
            if text.endswith(form) and len(text) > len(form):
                text = text.removesuffix(form)
                break
        return text
    shorter = _FORMS_EN.sub("", text.replace(",", " ")).strip(" .")
    return NOISE.sub("", shorter or text)


def firm_keys(names: dict[str, str]) -> set[str]:
    """The keys of a name in all its languages."""
    return {key for name in names.values() if name and (key := firm_key(name))}


def beginnings(names: dict[str, str]) -> set[str]:
    """With what a folded name may begin that has one of the keys: the first two characters in either script, or the
    first word."""
    found = set()
    for name in filter(None, names.values()):
        text = fold_key(name)
        if HAN.search(text):
            head = NOISE.sub("", text)[:2]
            found |= {head, convert_script(head, "zh-Hans"), convert_script(head, "zh-Hant")}
        elif words := NOISE.sub(" ", text).split():
            found.add(words[0])
    return found
