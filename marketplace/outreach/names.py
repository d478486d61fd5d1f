"""Names as keys: the same firm in two scripts, with or without its legal form, gives the same key."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from marketplace.i18n import convert_script
from marketplace.types import fold_key

_HAN = re.compile(r"[㐀-鿿豈-﫿]")
_NOISE = re.compile(r"[\W_]+")
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
    if _HAN.search(text):
        text = convert_script(text, "zh-Hans")
        text = _NOISE.sub("", text)
        for form in _FORMS_ZH:
            if text.endswith(form) and len(text) > len(form):
                text = text.removesuffix(form)
                break
        return text
    shorter = _FORMS_EN.sub("", text.replace(",", " ")).strip(" .")
    return _NOISE.sub("", shorter or text)


def firm_keys(names: dict[str, str]) -> set[str]:
    """The keys of a name in all its languages."""
    return {key for name in names.values() if name and (key := firm_key(name))}


def person_key(name: str) -> str:
    """The name of a person without script, width, case and spaces."""
    text = _NOISE.sub("", fold_key(name))
    return convert_script(text, "zh-Hans") if _HAN.search(text) else text


def script_of(text: str) -> str:
    """The language of data that a name is written in: "zh-Hant", "zh-Hans" (also where both are the same) or "en"."""
    text = unicodedata.normalize("NFKC", text)
    if not _HAN.search(text):
        return "en"
    return "zh-Hant" if convert_script(text, "zh-Hans") != text else "zh-Hans"


def locale_for(names: dict[str, str]) -> str:
    """The language in which to write to whoever is called so."""
    for lang, locale in (("zh-Hant", "zh_Hant"), ("zh-Hans", "zh_Hans")):
        if names.get(lang):
            return locale
    return "en"
