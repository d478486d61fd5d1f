"""Languages: what a browser asks for, and which text a reader is shown."""

import pytest

from marketplace.i18n import Picked, negotiate, pick


@pytest.mark.parametrize(
    ("header", "locale"),
    [
        ("zh-HK", "zh_Hant"),
        ("zh-TW,zh;q=0.8", "zh_Hant"),
        ("zh-MO", "zh_Hant"),
        ("zh-Hant-CN", "zh_Hant"),
        ("yue", "zh_Hant"),
        ("zh-CN", "zh_Hans"),
        ("zh", "zh_Hans"),
        ("zh-SG", "zh_Hans"),
        ("zh-Hans-HK", "zh_Hans"),
        ("en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("en;q=0.4,zh-HK;q=0.9", "zh_Hant"),
        ("pt-MO,zh-MO;q=0.5", "zh_Hant"),
        ("fr", "en"),
        ("", "zh_Hans"),
        (None, "zh_Hans"),
        ("zh-HK;q=x", "zh_Hans"),
        ("*;q=0", "zh_Hans"),
        ("ZH_hk", "zh_Hant"),
    ],
)
def test_accept_language_chooses_the_locale(header: str | None, locale: str) -> None:
    assert negotiate(header) == locale


@pytest.mark.parametrize(
    ("texts", "lang", "original", "shown"),
    [
        ({"zh-Hans": "护理床", "en": "Nursing bed"}, "en", "zh-Hans", Picked("Nursing bed", "en", original=False)),
        ({"zh-Hans": "护理床"}, "zh-Hans", "zh-Hans", Picked("护理床", "zh-Hans")),
        ({"zh-Hant": "護理床"}, "zh-Hans", "zh-Hant", Picked("护理床", "zh-Hans", original=False, converted=True)),
        (
            {"en": "Nursing bed", "zh-Hant": "護理床"},
            "zh-Hans",
            "en",
            Picked("护理床", "zh-Hans", original=False, converted=True),
        ),
        ({"en": "Nursing bed"}, "zh-Hant", "en", Picked("Nursing bed", "en")),
        ({"zh-Hans": "", "en": "Bed"}, "zh-Hans", "zh-Hans", Picked("Bed", "en")),
        ({}, "en", None, Picked("", "en")),
    ],
)
def test_the_readers_language_is_shown_where_there_is_one(texts, lang, original, shown) -> None:
    assert pick(texts, lang, original=original) == shown


def test_a_name_is_never_converted() -> None:
    assert pick({"zh-Hant": "頤養院"}, "zh-Hans", convert=False) == Picked("頤養院", "zh-Hant")
