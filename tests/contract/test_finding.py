"""What words find, in three languages, and in which order."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from search import Search, Viewer
from tests.contract import corpus

Find = Callable[..., list[str]]


@pytest.mark.parametrize("text", ["轮椅", "輪椅", "wheelchair", "Wheelchairs", "WHEELCHAIR"])
def test_one_query_in_any_language_finds_what_is_written_in_the_others(found: Find, text: str) -> None:
    assert sorted(found(text)) == ["chair-en", "chair-hans", "chair-hant"]


def test_a_word_in_the_title_comes_before_one_in_the_text(found: Find) -> None:
    assert found("护理") == ["bed", "home"]


def test_a_characters_phrase_is_found_inside_words_but_not_across_texts(filled: Search, found: Find) -> None:
    assert found("狭窄") == ["chair-hans"]
    assert found("窄走") == ["chair-hans"]
    # 椅 ends the title of one document and 可 begins its summary.
    assert filled.find(corpus.request("椅可")).total == 0


def test_every_word_is_required_and_the_one_that_finds_nothing_is_named(filled: Search) -> None:
    both = filled.find(corpus.request("wheelchair 护理床"))
    assert ([hit.id for hit in both.hits], both.relaxed) == (["bed"], ("wheelchair",))  # the commoner of the two
    answer = filled.find(corpus.request("折叠 轮椅"))
    assert ([hit.id for hit in answer.hits], answer.relaxed) == (["chair-hans"], ())
    answer = filled.find(corpus.request("wheelchair zyxwv"))
    assert (answer.total, answer.relaxed, answer.suggestions) == (3, ("zyxwv",), ())


@pytest.mark.parametrize("text", ["QX-310/B", "qx310b", "QX 310 B", "Ｑｘ－３１０／Ｂ"])
def test_a_model_number_is_found_however_it_is_cut(found: Find, text: str) -> None:
    assert found(text)[0] == "chair-hans"


def test_offers_of_a_supplier_named_in_the_query_come_first(found: Find) -> None:
    assert found("西环试验护老社 轮椅") == ["chair-hant"]
    assert sorted(found("Western Test Carers")) == ["chair-hant", "home"]


def test_nothing_found_suggests_words_and_titles_that_are_there(filled: Search) -> None:
    answer = filled.find(corpus.request("wheelchiar"))
    assert answer.total == 0
    assert answer.hits == ()
    assert answer.suggestions[0] == "wheelchair"
    assert "Powered wheelchair" in answer.suggestions


def test_marks_are_offsets_into_the_original_text(filled: Search) -> None:
    hits = {hit.id: hit for hit in filled.find(corpus.request("輪椅", lang="zh-Hant")).hits}
    title = hits["chair-hans"].highlights["title"]
    assert title.text == "铝合金轮椅"
    assert [title.text[start:end] for start, end in title.marks] == ["轮椅"]
    summary = hits["chair-en"].highlights["summary"]
    assert [summary.text[start:end] for start, end in summary.marks] == ["wheelchair"]
    english = {hit.id: hit for hit in filled.find(corpus.request("輪椅", lang="en")).hits}
    assert english["chair-hant"].highlights["title"].text == "Powered wheelchair"


def test_without_words_everything_open_is_found_the_newest_first(filled: Search, found: Find) -> None:
    assert found() == ["home", "bed", "chair-hans", "chair-hant", "chair-en"]
    assert filled.find(corpus.request()).total == 5


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("newest", ["home", "bed", "chair-hans", "chair-hant", "chair-en"]),
        ("price_asc", ["chair-en", "chair-hans", "home", "chair-hant", "bed"]),
        ("price_desc", ["chair-hans", "chair-en", "chair-hant", "home", "bed"]),
        ("closing", ["bed", "chair-en", "chair-hans", "chair-hant", "home"]),
    ],
)
def test_sorts(found: Find, sort: str, expected: list[str]) -> None:
    assert found(sort=sort) == expected


def test_pages_are_stable_and_add_up(filled: Search) -> None:
    pages = [filled.find(corpus.request("轮椅", page=page, size=1)) for page in (1, 2, 3, 4)]
    assert [len(page.hits) for page in pages] == [1, 1, 1, 0]
    whole = filled.find(corpus.request("轮椅", size=50))
    assert [hit for page in pages for hit in page.hits] == list(whole.hits)
    assert {(page.total, page.pages) for page in pages} == {(3, 3)}


def test_boundaries_decide_what_is_open(found: Find) -> None:
    at = corpus.NOW.replace
    assert "over" in found("过期轮椅", now=at(hour=11, minute=59, second=59))
    assert "over" not in found("轮椅")
    assert "not-yet" not in found("轮椅")
    assert "not-yet" in found("轮椅", now=at(second=1))


def test_who_looks_decides_what_is_seen(found: Find) -> None:
    everybody = {"chair-hans", "chair-hant", "chair-en"}
    assert set(found("轮椅")) == everybody
    assert set(found("轮椅", viewer=Viewer("o-west", "member"))) == everybody
    assert set(found("轮椅", viewer=Viewer("o-east", "member"))) == everybody | {"unapproved"}
    assert set(found("轮椅", viewer=Viewer(None, "organiser"))) == everybody | {"unapproved"}


def test_demands_are_found_by_title_requirements_and_lines(filled: Search) -> None:
    def ids(text: str) -> list[str]:
        return [hit.id for hit in filled.find(corpus.request(text, collection="demands")).hits]

    assert ids("wheelchair") == ["need-chairs"]
    assert ids("可折叠") == ["need-chairs"]
    assert ids("手动轮椅") == ["need-chairs"]
    assert ids("soft meal") == ["need-meals"]
