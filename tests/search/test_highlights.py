"""Marks stand where the words stand in the original text."""

from __future__ import annotations

import pytest

from search.highlights import LONGEST, highlights
from search.text import analyse_query


def marked(query: str, text: str, lang: str = "zh-Hans") -> list[str]:
    document = {"texts": {"title": {lang: text}}}
    fragment = highlights(document, analyse_query(query).groups, lang)["title"]
    assert fragment.text == text
    return [fragment.text[start:end] for start, end in fragment.marks]


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        ("轮椅", "一張輪椅", ["輪椅"]),
        ("輪椅", "Ｗｈｅｅｌｃｈａｉｒ 轮椅", ["Ｗｈｅｅｌｃｈａｉｒ", "轮椅"]),
        ("wheelchairs", "A wheelchair, wheel-chair and Wheelchairs.", ["wheelchair", "wheel-chair", "Wheelchairs"]),
        ("meals", "Soft MEAL for all", ["MEAL"]),
        ("衞生", "尿片卫生", ["卫生"]),
        ("xyz", "轮椅", []),
        ("轮椅", '<b>轮椅</b> & "轮"椅', ["轮椅"]),
    ],
)
def test_words_phrases_scripts_and_concepts_are_marked(query: str, text: str, expected: list[str]) -> None:
    assert marked(query, text) == expected


def test_a_ligature_or_a_control_character_moves_no_mark() -> None:
    assert marked("office", "\u200bo\ufb03ce 轮椅", "en") == ["o\ufb03ce"]
    assert marked("轮椅", "㌀\x00轮\u200b椅", "zh-Hans") == ["轮\u200b椅"]


def test_of_a_long_text_the_piece_with_most_marks_is_shown() -> None:
    text = "床。" + "无关的话。" * 100 + "轮椅和床,轮椅和床。" + "别的话。" * 100
    document = {"texts": {"title": {"zh-Hans": "标题"}, "summary": {"zh-Hans": text}}}
    found = highlights(document, analyse_query("轮椅 床").groups, "zh-Hans")
    assert found["title"].marks == ()
    piece = found["summary"]
    assert len(piece.text) <= LONGEST
    assert piece.text in text
    assert [piece.text[start:end] for start, end in piece.marks] == ["轮椅", "床", "轮椅", "床"]


def test_the_language_asked_for_is_shown_where_it_holds_the_words() -> None:
    texts = {"zh-Hant": "續航輪椅", "en": "Powered wheelchair"}
    groups = analyse_query("輪椅").groups
    assert highlights({"texts": {"title": texts}}, groups, "en")["title"].text == "Powered wheelchair"
    groups = analyse_query("續航").groups
    assert highlights({"texts": {"title": texts}}, groups, "en")["title"].text == "續航輪椅"
    assert highlights({"texts": {"title": texts}}, (), "zh-Hans")["title"].text == "續航輪椅"
    assert "summary" not in highlights({"texts": {"summary": {"en": "nothing"}}}, groups, "en")
