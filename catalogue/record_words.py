"""What free words in records mean: levels of ability, languages, units of prices, numbers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

from catalogue import currencies, units

# Levels of ability by the words for them. Words about dementia, mobility or a home's own tiers are another scale.
_LEVELS: dict[str, tuple[str, ...]] = {
    "intact": ("自理", "可自理", "能自理", "完全自理", "能力完好", "independent", "intact", "no impairment"),
    "mild": ("輕度", "轻度", "輕度失能", "轻度失能", "輕度缺損", "mild", "mild impairment", "mildly impaired"),
    "moderate": ("中度", "中度失能", "中度缺損", "中度缺损", "moderate", "moderate impairment", "moderately impaired"),
    "severe": ("重度", "重度失能", "嚴重缺損", "严重缺损", "severe", "severe impairment", "severely impaired"),
    "complete": ("完全失能", "完全不能自理", "complete", "completely dependent"),
}
_ORDER = tuple(_LEVELS)
_LEVEL_OF = {word: level for level, words in _LEVELS.items() for word in words}

_SPOKEN: dict[str, tuple[str, ...]] = {
    "yue": ("粤语", "粵語", "广东话", "廣東話", "cantonese"),
    "cmn": ("普通话", "普通話", "国语", "國語", "华语", "華語", "mandarin", "putonghua"),
    "en": ("英语", "英語", "英文", "english"),
    "pt": ("葡语", "葡語", "葡萄牙语", "葡萄牙語", "葡文", "portuguese"),
    "nan": ("闽南语", "閩南語", "台语", "台語", "潮州话", "潮州話", "hokkien", "teochew", "taiwanese"),
    "hak": ("客家话", "客家話", "客語", "hakka"),
    "tl": ("菲律宾语", "菲律賓語", "tagalog", "filipino"),
    "id": ("印尼语", "印尼語", "bahasa indonesia", "indonesian"),
    "th": ("泰语", "泰語", "thai"),
    "vi": ("越南语", "越南語", "vietnamese"),
    "ja": ("日语", "日語", "日文", "japanese"),
}
_SPOKEN_OF = {word: code for code, words in _SPOKEN.items() for word in words}

_EACH = re.compile(r"^每|^per\b|上限|/", re.IGNORECASE)
_ABOUT = re.compile(r"[（(].*?[)）]|\b(?:about|from|approx\.?|incl\..*|before subsidy)|(?:起|约|約|左右|示例)+\Z")


def fold(text: str) -> str:
    """A word as the tables hold it."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def ability_levels(words: Iterable[str]) -> list[str]:
    """Codes of the levels that words name exactly, in order; "and above" takes the more dependent with it."""
    found = set()
    for word in words:
        folded = fold(word)
        bare = re.sub(r"\s*(and above|or above|及以上|或以上|以上)\Z", "", folded)
        level = _LEVEL_OF.get(bare)
        if level is not None:
            found |= set(_ORDER[_ORDER.index(level) :]) if bare != folded else {level}
    return [level for level in _ORDER if level in found]


def language_codes(words: Iterable[str]) -> list[str]:
    """Codes of the languages that words name, in the order of the catalogue."""
    found = {_SPOKEN_OF.get(fold(word)) for word in words}
    return [code for code in _SPOKEN if code in found]


def price_unit(words: str) -> tuple[str | None, bool]:
    """The unit that the words after a price name, and whether that is all they say.

    ("month", True) for "每月"; ("month", False) for "每月(2007年)"; (None, False) for "35元起/次,160元/晚".
    """
    if not words:
        return None, True
    unit = units.resolve(words)
    if unit is not None and units.get(unit).for_price:
        return unit, True
    loose = re.sub(r"^[A-Z]{3}\b", "", words.strip())
    if not loose.strip():
        return None, True  # the words are the currency alone
    loose = _ABOUT.sub("", loose).strip(" ,，")
    unit = units.resolve(loose) if loose else None
    if unit is not None and units.get(unit).for_price:
        # A currency before the unit is said by the price itself.
        return unit, currency_in(words) is not None and re.sub(r"^[A-Z]{3}\s+", "", words.strip()) == loose
    return None, False


def currency_in(words: str) -> str | None:
    """The currency whose code opens the words, as in "SGD per month"."""
    found = re.match(r"\s*([A-Z]{3})\b", words)
    return found[1] if found and currencies.is_known(found[1]) else None


def is_unit_price(unit: str) -> bool:
    """Whether the words beside a budget say that it is one of many: "每人每月", "per bed", "每床上限"."""
    return bool(_EACH.search(unit.strip()))


def whole_number(value: Any, *, inside_words: bool = False) -> int | None:
    """A whole number that is not negative, or None. `inside_words`: also the only number of a phrase ("每日80人")."""
    if isinstance(value, bool) or value is None:
        return None
    text = unicodedata.normalize("NFKC", str(value)).replace(",", "").strip()
    if inside_words:
        numbers = re.findall(r"\d+(?:\.\d+)?", text)
        if len(numbers) != 1:
            return None
        text = numbers[0]
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    if not number.is_finite() or number != number.to_integral_value() or not 0 <= number <= 10**12:
        return None
    return int(number)
