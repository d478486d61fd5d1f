"""Every sentence of the site is said in each language."""

from __future__ import annotations

import pytest

from tools import messages
from tools.translations import faults, has_half_width


@pytest.mark.parametrize("locale", messages.LOCALES)
def test_no_sentence_of_the_code_is_untranslated(locale: str) -> None:
    assert messages.missing(locale) == []
    assert faults(messages.read(locale)) == []


@pytest.mark.parametrize(
    ("text", "is_wrong"),
    [("可以,但要先登录。", True), ("请填写: 名称", True), ("是否可以?", True), ("价格(每月)", True),
     ("“甲”; %(name)s", True), ("可以，但要先登录。", False), ("例如 A01-A40, B7 的形式", False),
     ("型号 B-200: 载重", False), ("%(n)s (CSV)", False), ("从 10:30 到 11:00", False)],
)
def test_latin_punctuation_between_chinese_characters_is_found(text: str, is_wrong: bool) -> None:
    assert has_half_width(text) is is_wrong


@pytest.mark.parametrize("locale", messages.LOCALES)
def test_a_translation_names_the_same_placeholders(locale: str) -> None:
    import re

    names = re.compile(r"%\((\w+)\)")
    wrong = []
    for message in messages.read(locale):
        if not message.id:
            continue
        said, meant = str(message.string), str(message.id)
        if set(names.findall(said)) != set(names.findall(meant)):
            wrong.append((meant, said))
    assert wrong == []


def test_the_two_chinese_catalogues_are_written_in_their_own_script() -> None:
    from opencc import OpenCC

    to_simplified = OpenCC("hk2s")
    names_both = {"繁體中文", "简体中文"}
    for message in messages.read("zh_Hans"):
        said = str(message.string)
        if message.id and not any(name in said for name in names_both) and not _quotes_other_script(said):
            assert to_simplified.convert(said) == said, said


def _quotes_other_script(text: str) -> bool:
    """Sentences that show both scripts on purpose: examples of what a search finds."""
    return any(example in text for example in ("輪椅", "認知障礙", "繁", "護理", "香港", "簡"))
