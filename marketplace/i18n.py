"""Languages: the interface's locales, the tags on the page, the languages of data, and picking a text to show."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache

from flask import has_request_context, request
from flask_babel import force_locale, get_locale

LOCALES = ("zh_Hans", "zh_Hant", "en")
LOCALE_NAMES = {"zh_Hans": "简体中文", "zh_Hant": "繁體中文", "en": "English"}
_TAGS = {"zh_Hans": "zh-Hans", "zh_Hant": "zh-Hant-HK", "en": "en"}
_DATA = {"zh_Hans": "zh-Hans", "zh_Hant": "zh-Hant", "en": "en"}
DATA_LANGS = ("zh-Hans", "zh-Hant", "en")
LANG_NAMES = {"zh-Hans": "简体中文", "zh-Hant": "繁體中文", "en": "English"}
_TRADITIONAL_PLACES = {"TW", "HK", "MO"}
COOKIE = "locale"


def negotiate(accept: str | None) -> str:
    """The interface locale for an Accept-Language header.

    Chinese of Taiwan, Hong Kong, Macao or written Hant is zh_Hant, any other Chinese zh_Hans. The usual
    best-match of tags answers English to all of them, since none of ours equals theirs letter by letter.
    """
    wanted: list[tuple[float, int, str]] = []
    for place, part in enumerate((accept or "").split(",")):
        tag, _, options = part.strip().partition(";")
        try:
            quality = float(options.strip().removeprefix("q=")) if options.strip() else 1.0
        except ValueError:
            quality = 0.0
        if tag and quality > 0:
            wanted.append((-quality, place, tag))
    for _quality, _place, tag in sorted(wanted):
        parts = tag.replace("_", "-").split("-")
        language, rest = parts[0].lower(), {p.upper() for p in parts[1:]}
        if language in ("zh", "yue"):
            if "HANS" in rest:
                return "zh_Hans"
            return "zh_Hant" if language == "yue" or "HANT" in rest or rest & _TRADITIONAL_PLACES else "zh_Hans"
        if language == "en":
            return "en"
    return "zh_Hans" if not wanted else "en"


def select_locale() -> str:
    """The locale of this request: the reader's own choice, else what the browser asks for."""
    if not has_request_context():
        return "en"
    chosen = request.cookies.get(COOKIE)
    return chosen if chosen in LOCALES else negotiate(request.headers.get("Accept-Language"))


def current_locale() -> str:
    """The locale that texts are now made in."""
    locale = get_locale()
    if locale is None:
        return "en"
    if locale.language == "zh":
        return "zh_Hant" if locale.script == "Hant" else "zh_Hans"
    return "en"


def lang_tag(locale: str) -> str:
    """The HTML lang of an interface locale: zh-Hans, zh-Hant-HK or en."""
    return _TAGS[locale]


def data_lang(locale: str | None = None) -> str:
    """The language of data that a reader of `locale` (or of this request) wants."""
    return _DATA[locale or current_locale()]


@dataclass(frozen=True)
class Picked:
    """A text as shown: its language, whether it is the original, and whether it was converted between scripts."""

    text: str
    lang: str
    original: bool = True
    converted: bool = False

    def __str__(self) -> str:
        return self.text

    def __bool__(self) -> bool:
        return bool(self.text)


@lru_cache(maxsize=2)
def _converter(wanted: str):
    from opencc import OpenCC

    return OpenCC({"zh-Hans": "hk2s", "zh-Hant": "s2hk"}[wanted])


# Forms that dictionaries of Hong Kong prefer and its care sector does not write.
_AS_WRITTEN = str.maketrans({"牀": "床", "釐": "厘", "説": "說", "户": "戶"})


# Numbers that authorities give in characters ("国械注准20213070123", "粤食药监械生产许20190001号").
_NUMBER = (
    r"[\u4e00-\u9fff](?:食[药藥][监監])?[械药藥食健妆妝]"
    r"[注註准準备備进進许許生产產经經营營监監管网網字]{1,6}第?\s?\d{4,}\s?[号號]?"
)


@lru_cache(maxsize=4096)
def convert_script(text: str, wanted: str, keep: tuple[str, ...] = ()) -> str:
    """`text` in the other Chinese script, `wanted` being "zh-Hans" or "zh-Hant".

    The names in `keep` and the numbers of registrations and licences stay as they are written.
    """
    kept = "|".join([_NUMBER, *(re.escape(name) for name in sorted(set(keep), key=len, reverse=True) if name)])
    pieces = re.split(f"({kept})", text)
    converted = "".join(
        piece if place % 2 else _converter(wanted).convert(piece).translate(_written(wanted))
        for place, piece in enumerate(pieces)
    )
    return converted


def _written(wanted: str) -> dict[int, str]:
    return _AS_WRITTEN if wanted == "zh-Hant" else {}


def other_script(lang: str) -> str | None:
    """The Chinese script that a reader of `lang` reads converted; None for any other language."""
    return {"zh-Hans": "zh-Hant", "zh-Hant": "zh-Hans"}.get(lang)


@contextmanager
def export_language(default: str | None = None) -> Iterator[str]:
    """The language of data ("zh-Hans", "zh-Hant", "en") that a file is written in, headings and all.

    `?script=zh-Hans` or `?script=zh-Hant` in the address decides, else `default` (a locale), else the reader.
    """
    asked = request.args.get("script", "") if has_request_context() else ""
    by_lang = {lang: locale for locale, lang in _DATA.items()}
    locale = by_lang.get(asked) or default or current_locale()
    with force_locale(locale):
        yield _DATA[locale]


def pick(
    texts: Mapping[str, str] | None,
    lang: str | None = None,
    *,
    original: str | None = None,
    convert: bool = True,
    keep: Iterable[str] = (),
) -> Picked:
    """Choose among the languages of one text the one to show.

    The wanted language; else the other Chinese script, converted and marked so; else the original; else any.
    With `convert=False` (names, numbers) the other script is shown as it was written; `keep`: names that stay so
    within the text.
    """
    texts = {k: v for k, v in (texts or {}).items() if v}
    lang = lang or data_lang()
    first = original if original in texts else next(iter(texts), None)
    if first is None:
        return Picked("", lang)
    if lang in texts:
        return Picked(texts[lang], lang, original=lang == first)
    other = other_script(lang)
    if other in texts and other is not None:
        if not convert:
            return Picked(texts[other], other, original=other == first)
        return Picked(convert_script(texts[other], lang, tuple(keep)), lang, original=False, converted=True)
    return Picked(texts[first], first, original=True)
