"""Between the two Chinese scripts: what is converted says so and keeps its original near; names and numbers stay."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from marketplace.i18n import convert_script, export_language, pick
from tests.marketplace.pages.rendering import render

# Every character of these that has another form in simplified script would change, if it were text.
HOME = "頤養護老院"
MODEL = "護樂A-200型"
NUMBER = "國械註進20193140123號"


def row(content: dict[str, Any]) -> SimpleNamespace:
    owner = SimpleNamespace(id=3, names={"zh-Hant": HOME}, from_public_source=False)
    return SimpleNamespace(id=8, live_version=SimpleNamespace(content=content), organisation=owner, closes_at=None)


def content(**changes: Any) -> dict[str, Any]:
    return {
        "kind": "equipment",
        "lang": "zh-Hant",
        "texts": {
            "title": {"zh-Hant": f"{HOME}的電動護理床"},
            "summary": {"zh-Hant": f"型號{MODEL}，註冊號{NUMBER}，適合長者"},
        },
        "facts": {"model": MODEL, "features": {"zh-Hant": ["可調高低", "靜音馬達"]}},
        **changes,
    }


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_a_card_is_converted_marked_and_keeps_the_original_and_every_name(app: Flask) -> None:
    html = render(app, "{{ listing.offer_card(row) }}", row=row(content()), locale="zh_Hans")
    assert f'<a href="/offers/8"><span lang="zh-Hans">{HOME}的电动护理床</span></a>' in html
    assert f'<span lang="zh-Hans">型号{MODEL}，注册号{NUMBER}，适合长者</span>' in html
    assert html.count('<details class="original">') == 1
    assert f'<div lang="zh-Hant">{HOME}的電動護理床</div>' in html
    assert f'<div lang="zh-Hant">型號{MODEL}，註冊號{NUMBER}，適合長者</div>' in html
    assert f'lang="zh-Hant">{HOME}</span>' in html


def test_words_found_are_marked_in_the_readers_script(app: Flask) -> None:
    title = f"{HOME}的電動護理床"
    found = {"title": {"text": title, "marks": ((8, 11),)}, "summary": {"text": "…適合長者", "marks": ((3, 5),)}}
    html = render(app, "{{ listing.offer_card(row, highlights=found) }}", row=row(content()), found=found,
                  locale="zh_Hans")
    assert f'<span lang="zh-Hans">{HOME}的电动<mark>护理床</mark></span>' in html
    assert '<span lang="zh-Hans">…适合<mark>长者</mark></span>' in html


def test_nothing_is_said_to_whom_reads_the_script_it_is_written_in(app: Flask) -> None:
    found = {"title": {"text": f"{HOME}的電動護理床", "marks": ((8, 11),)}}
    same = render(app, "{{ listing.offer_card(row, highlights=found) }}", row=row(content()), found=found,
                  locale="zh_Hant")
    assert f'<span lang="zh-Hant">{HOME}的電動<mark>護理床</mark></span>' in same
    assert 'class="original"' not in same


def test_facts_tags_and_requirements_are_converted_and_marked(app: Flask) -> None:
    shown = content()
    html = render(app, '{{ listing.facts("equipment", facts) }}', facts=shown["facts"], locale="zh_Hans")
    assert f"<td>{MODEL}</td>" in html
    assert '<li class="tag">可调高低</li>' in html
    assert '<div lang="zh-Hant">可調高低' in html
    rows = [{"need": "must", "text": {"zh-Hant": "載重至少180公斤"}}, {"need": "nice", "text": {"zh-Hant": "床欄"}}]
    html = render(app, '{{ listing.requirements(rows, "zh-Hant") }}', rows=rows, locale="zh_Hans")
    assert '<span lang="zh-Hans">载重至少180公斤</span>' in html
    assert html.count("<details") == 1
    assert '<div lang="zh-Hant">載重至少180公斤</div><div lang="zh-Hant">床欄</div>' in html


def test_a_quoted_reason_stands_as_written_and_converted_beneath(app: Flask) -> None:
    html = render(app, '{{ match.quote(said, "zh-Hant", keep) }}', said=f"{MODEL}載重200公斤", keep=(MODEL,),
                  locale="zh_Hans")
    assert f'<q lang="zh-Hant">{MODEL}載重200公斤</q>' in html
    assert f'<span class="small" lang="zh-Hans">{MODEL}载重200公斤' in html


@pytest.mark.parametrize(
    ("locale", "said"), [("zh_Hans", "已撤回：30张电动护理床 （自动转换）"), ("zh_Hant", "已撤回：30張電動護理床")]
)
def test_a_notice_says_what_was_converted(app: Flask, locale: str, said: str) -> None:
    source = (
        '{% import "notifications/_texts.html" as texts with context %}{{ texts.title("demand_withdrawn", params) }}'
    )
    assert render(app, source, params={"demand_title": {"zh-Hant": "30張電動護理床"}}, locale=locale) == said


@pytest.mark.parametrize("number", [NUMBER, "粤食药监械生产许20190001号", "国械注准20213070123"])
def test_numbers_that_authorities_give_are_never_converted(number: str) -> None:
    for wanted in ("zh-Hans", "zh-Hant"):
        assert number in convert_script(f"註冊編號：{number}。註冊", wanted)
    assert pick({"zh-Hant": "註冊"}, "zh-Hans").text == "注册"


@pytest.mark.parametrize(
    ("address", "locale", "lang"),
    [
        ("/insights.csv?script=zh-Hant", "zh_Hans", "zh-Hant"),
        ("/insights.csv?script=zh-Hans", "en", "zh-Hans"),
        ("/insights.csv?script=klingon", "zh_Hant", "zh-Hant"),
        ("/insights.csv", "en", "en"),
    ],
)
def test_an_export_chooses_its_script(app: Flask, address: str, locale: str, lang: str) -> None:
    with app.test_request_context(address, headers={"Cookie": f"locale={locale}"}), export_language() as chosen:
        assert chosen == lang
