"""Names as keys: the same firm in two scripts, with or without its legal form, gives the same key."""

from __future__ import annotations

import unicodedata

from marketplace.i18n import convert_script
from marketplace.organisations.names import HAN, NOISE, firm_key, firm_keys
from marketplace.types import fold_key

__all__ = ["firm_key", "firm_keys", "locale_for", "person_key", "script_of"]

def person_key(name: str) -> str:
    """The name of a person without script, width, case and spaces."""
    text = NOISE.sub("", fold_key(name))
    return convert_script(text, "zh-Hans") if HAN.search(text) else text


def script_of(text: str) -> str:
    """The language of data that a name is written in: "zh-Hant", "zh-Hans" (also where both are the same) or "en"."""
    text = unicodedata.normalize("NFKC", text)
    if not HAN.search(text):
        return "en"
    return "zh-Hant" if convert_script(text, "zh-Hans") != text else "zh-Hans"


def locale_for(names: dict[str, str]) -> str:
    """The language in which to write to whoever is called so."""
    for lang, locale in (("zh-Hant", "zh_Hant"), ("zh-Hans", "zh_Hans")):
        if names.get(lang):
            return locale
    return "en"
