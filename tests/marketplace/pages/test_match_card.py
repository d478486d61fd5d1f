"""The match card and the sentences in it."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from catalogue.fields import GATES
from search.matching.results import BANDS
from search.matching.ruleset import ruleset
from tests.marketplace.pages.rendering import render

LOCALES = ("zh_Hans", "zh_Hant", "en")
OFFER = {
    "kind": "equipment", "lang": "zh-Hans",
    "texts": {"title": {"zh-Hans": "电动护理床"}, "summary": {"zh-Hans": "安全承重200公斤，三周送货。"}},
    "facts": {"serves": ["HK", "MO"], "price": {"minor": 980000, "currency": "CNY"}, "price_unit": "piece"},
}  # fmt: skip
DEMAND = {
    "kind": "equipment", "lang": "zh-Hant", "texts": {"title": {"zh-Hant": "護理床"}, "text": {}}, "places": ["HK"],
    "requirements": [
        {"need": "must", "text": {"zh-Hant": "載重至少180公斤", "en": "load at least 180 kg"}},
        {"need": "must", "text": {"zh-Hant": "側欄"}},
        {"need": "nice", "text": {"zh-Hant": "可租", "en": "for rent"}},
    ],
}  # fmt: skip
BUDGET = {"minor": 60000000, "currency": "HKD", "basis": "total"}


def match(**changes: Any) -> dict[str, Any]:
    return {
        "id": "7", "band": "partial", "score": 81.4, "ruleset": "2026-11-abc", "stopped_by": (),
        "parts": [
            {"name": "thing", "points": 22.0, "out_of": 22.0, "facts": {"answered": ["護理床", "電動"]}},
            {"name": "kind", "points": 3.0, "out_of": 12.0, "facts": {"wanted": "equipment", "offered": "adaptation"}},
        ],
        "gates": [{"name": "place", "state": "passed",
                   "facts": {"served": ["HK", "MO"], "located": [], "wanted": ["HK"], "bound": False}}],
        "requirements": [
            {"index": 0, "need": "must", "text": "載重至少180公斤", "state": "met",
             "why": {"words": "安全承重200公斤", "field": "summary", "code": "number"}},
            {"index": 1, "need": "must", "text": "側欄", "state": "unknown", "why": {"words": "", "code": "words"}},
            {"index": 2, "need": "nice", "text": "可租", "state": "not met", "why": {"words": "", "code": "words"}},
        ],
        **changes,
    }  # fmt: skip


def subject(content: dict[str, Any]) -> SimpleNamespace:
    names = {"zh-Hans": "某床厂"}
    return SimpleNamespace(
        id=7, live_version=SimpleNamespace(content=content),
        organisation=SimpleNamespace(id=3, names=names, from_public_source=False))


def card(app: Flask, judged: dict[str, Any], locale: str = "en") -> str:
    source = "{{ match.card(m, row, asked=asked) }}"
    return render(app, source, locale=locale, m=judged, row=subject(OFFER), asked=DEMAND)


def rows(html: str) -> list[str]:
    """Each check of the card as plain words."""
    items = re.findall(r'<li class="check">(.*?)</li>', html)
    return [" ".join(re.sub(r"<[^>]+>", " ", item).split()) for item in items]


def test_every_requirement_and_gate_has_a_word_and_its_reason(app: Flask) -> None:
    assert rows(card(app, match())) == [
        "met load at least 180 kg 安全承重200公斤",
        "unknown 側欄 not stated",
        "not met for rent · nice to have",
        "met Place Available in Hong Kong, Macao.",
    ]


def test_every_state_has_its_own_sign_and_class(app: Flask) -> None:
    html = card(app, match())
    states = re.findall(r'<span class="state (state-[a-z-]+)">(<svg.*?</svg>)', html)
    assert [name for name, _sign in states] == ["state-met", "state-unknown", "state-not-met", "state-met"]
    assert len({sign for _name, sign in states}) == 3


def test_quoted_words_keep_their_language_and_are_converted_beneath(app: Flask) -> None:
    html = card(app, match(), "zh_Hant")
    assert '<q lang="zh-Hans">安全承重200公斤</q>' in html
    assert re.search(r'<span class="small" lang="zh-Hant">安全承重200公斤', html) is None  # the same in both scripts
    quoted = match(requirements=[{"index": 1, "need": "must", "text": "側欄", "state": "met",
                                  "why": {"words": "三周送货", "field": "summary", "code": "words"}}])
    converted = card(app, quoted, "zh_Hant")
    assert re.search(r'<q lang="zh-Hans">三周送货</q> ?<br><span class="small" lang="zh-Hant">三週送貨', converted)
    assert "converted" not in card(app, quoted, "en").partition("<ul")[2].partition("</ul>")[0]


def test_the_number_is_made_plain(app: Flask) -> None:
    html = card(app, match())
    assert '<span class="visually-hidden">Score </span>81</span>' in html
    assert '<rect class="bar-fill" width="81.4" height="6"/>' in html
    words = " ".join(re.sub(r"<[^>]+>", " ", html).split())
    assert "What makes 81" in words
    assert "The thing itself It speaks of: 護理床, 電動 22 of 22" in words
    assert (
        "Kind Wanted: Equipment and assistive products. Offered: Home and facility adaptation. "
        "The two often serve the same need. 3 of 12" in words
    )


def test_a_near_miss_is_led_by_what_stopped_it(app: Flask) -> None:
    late = {"name": "date", "state": "failed", "facts": {"lead_time_days": 60, "days": 30}}
    html = card(app, match(band="near miss", gates=[late], stopped_by=("gate:date",)))
    assert "What stopped it: Date.</strong> Lead time 60 days, wanted within 30.</p>" in html
    places = [html.index(part) for part in ("What stopped it", '<details class="all-points">', '<ul class="checks">')]
    assert places == sorted(places)
    refused = card(app, match(band="near miss", gates=[], stopped_by=("requirement:0",)))
    assert 'What stopped it:</strong> “<span lang="en">load at least 180 kg</span>”' in refused
    assert "it is not what is asked for" in card(app, match(band="near miss", gates=[]))


@pytest.mark.parametrize("locale", LOCALES)
def test_no_code_of_the_matcher_reaches_the_reader(app: Flask, locale: str) -> None:
    for macro, names in (
        ("gate_name", GATES), ("gate_about", GATES), ("part_name", ruleset().points), ("part_about", ruleset().points),
        ("band", BANDS), ("band_about", BANDS),
    ):  # fmt: skip
        for name in names:
            said = render(app, f"{{{{ reasons.{macro}(name) }}}}", locale=locale, name=name)
            assert said not in ("", name), (macro, name)


@pytest.mark.parametrize(
    ("gate", "sentence"),
    [
        (("place", "unknown", {"served": [], "located": [], "wanted": ["HK"]}),
         "Where it is available is not stated; wanted in Hong Kong."),
        (("place", "failed", {"served": ["MO"], "located": [], "wanted": ["HK"]}),
         "Only available in Macao; wanted in Hong Kong."),
        (("place", "unknown", {"served": [], "located": ["GB"], "wanted": ["HK"]}),
         "From United Kingdom; whether it reaches Hong Kong is not stated."),
        (("date", "unknown", {"lead_time_days": None, "days": 30}),
         "Wanted within 30 days; the lead time is not stated."),
        (("budget", "unknown", {"price": None, "price_unit": None, "budget": BUDGET}),
         "Budget HKD 600,000; no price is stated."),
        (("budget", "failed", {"price": {"minor": 70000000, "currency": "HKD"}, "price_unit": None, "budget": BUDGET}),
         "One alone costs HKD 700,000; budget HKD 600,000."),
        (("budget", "passed", {"price": {"minor": 1000000, "currency": "HKD"}, "price_unit": "piece", "budget": BUDGET,
                               "total": {"minor": 30000000, "currency": "HKD"}}),
         "HKD 300,000 in all at HKD 10,000 each; budget HKD 600,000."),
        (("budget", "unknown", {"price": {"minor": 1000000, "currency": "CNY"}, "price_unit": None, "budget": BUDGET}),
         "Price CNY 10,000; whether the whole keeps within HKD 600,000 cannot be worked out."),
        (("capacity", "failed", {"wanted": "30", "unit": "bed", "stated": {"vacancies": 4}}),
         "Wanted: 30 bed. Vacancies now: 4."),
        (("capacity", "unknown", {"wanted": "30", "unit": "bed", "stated": {}}),
         "Wanted: 30 bed. How many there are is not stated."),
    ],
)  # fmt: skip
def test_sentences_of_gates(app: Flask, gate: tuple[str, str, dict[str, Any]], sentence: str) -> None:
    name, state, facts = gate
    judged = {"name": name, "state": state, "facts": facts}
    assert render(app, "{{ reasons.gate(g) }}", g=judged) == sentence


def test_a_gate_over_fields_names_each_field_that_is_not_met(app: Flask) -> None:
    facts = {"fields": {
        "lead_time_days": {"wanted": 30, "offered": 60, "state": "not met"},
        "load_kg": {"wanted": "180", "offered": None, "state": "unknown"},
        "rental": {"wanted": True, "offered": True, "state": "met"},
    }}  # fmt: skip
    said = render(app, "{{ reasons.gate(g) }}", g={"name": "credential", "state": "failed", "facts": facts})
    lead, load = said.split("<br>")
    assert re.fullmatch(r".+: wanted 30 days?; offered 60 days?", lead.strip())
    assert re.fullmatch(r".+: wanted 180 kg; not stated", load.strip())


def test_nothing_meets_it_is_an_answer(app: Flask) -> None:
    html = render(app, "{{ match.nothing(nearest, true, asked) }}", asked=DEMAND,
                  nearest=(("gate:place", 12), ("requirement:0", 1)))
    words = " ".join(re.sub(r"<[^>]+>", "", html).split())
    assert "Nothing here meets this yet" in words
    assert "What stood in the way most often: Place (12 offers), “load at least 180 kg” (1 offer)" in words
    assert "We keep watching" in words


def test_what_is_another_kind_or_thing_is_led_by_that(app: Flask) -> None:
    far = {"name": "place", "state": "failed", "facts": {"served": ["MO"], "located": [], "wanted": ["HK"]}}
    other = match(band="near miss", gates=[far], stopped_by=("kind", "gate:place"))
    assert "It is of another kind:</strong>" in card(app, other)
    assert "Home and facility adaptation" in card(app, other).partition('class="stopped"')[2].partition("</p>")[0]
    thing = card(app, match(band="near miss", gates=[far], stopped_by=("thing", "gate:place")))
    assert "It is another thing:</strong> the words are similar" in thing
    brief = render(app, "{{ match.brief(m, row, detail='/there') }}", m=other, row=subject(OFFER))
    assert '<a href="/there"><span lang="zh-Hans">电动护理床' in brief
    assert "It is of another kind:" in brief


def test_a_card_may_leave_what_makes_the_number_to_another_page(app: Flask) -> None:
    html = render(app, "{{ match.card(m, row, detail='/there') }}", m=match(), row=subject(OFFER))
    assert '<a href="/there">What makes 81<' in html
    assert "<table" not in html
