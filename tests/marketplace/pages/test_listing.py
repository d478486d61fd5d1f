"""Cards and the parts of listings' pages."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from tests.marketplace.pages.rendering import render

SOURCE = {"url": "https://maker.example/bed", "site": "maker.example", "page_title": "Low bed", "original_site": True}


def row(content: dict[str, Any], **changes: Any) -> SimpleNamespace:
    owner = SimpleNamespace(id=3, names={"zh-Hans": "某床厂"}, from_public_source=False)
    values = {"id": 8, "live_version": SimpleNamespace(content=content), "organisation": owner, "closes_at": None}
    return SimpleNamespace(**{**values, **changes})


def content(**changes: Any) -> dict[str, Any]:
    texts = {"title": {"zh-Hans": "低位护理床 <b>"}, "summary": {"zh-Hans": "可租可买", "en": "For rent or sale"}}
    return {"kind": "equipment", "lang": "zh-Hans", "texts": texts, "facts": {"serves": ["HK"]}, **changes}


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_an_offer_card_says_what_who_and_where(app: Flask) -> None:
    html = render(app, "{{ listing.offer_card(row) }}", row=row(content(facts={
        "serves": ["HK", "MO", "CN-4401", "CN-4403"], "rental": True, "price_unit": "month",
        "price": {"minor": 30000, "currency": "HKD"}, "price_max": {"minor": 50000, "currency": "HKD"}})))
    assert '<a href="/offers/8"><span lang="zh-Hans">低位护理床 &lt;b&gt;</span></a>' in html
    assert words(html) == (
        "低位护理床 &lt;b&gt; Equipment and assistive products 某床厂 Hong Kong, Macao, Guangzhou, 1 more "
        "For rent or sale HKD 300 to HKD 500 per month for rent Original: 简体中文"
    )


def test_words_found_are_marked_in_the_language_they_stand_in(app: Flask) -> None:
    found = {"title": {"text": "低位护理床", "marks": ((2, 5),)}}
    html = render(app, "{{ listing.offer_card(row, highlights=found) }}", row=row(content()), found=found)
    assert '<span lang="zh-Hans">低位<mark>护理床</mark></span>' in html


def test_a_picture_is_lazy_and_has_words_and_a_kind_without_one_shows_its_icon(app: Flask) -> None:
    pictured = content(pictures=[{"file": 4, "alt": {"en": "A bed"}}])
    shown = render(app, "{{ listing.offer_card(row) }}", row=row(pictured))
    assert '<img src="/files/4/medium" alt="A bed" loading="lazy"' in shown
    assert '<div class="picture no-picture"><svg' in render(app, "{{ listing.offer_card(row) }}", row=row(content()))


def test_a_demand_card_counts_its_must_haves(app: Flask) -> None:
    demand = content(
        budget={"minor": 500000, "currency": "HKD", "basis": "each"}, places=["HK"],
        requirements=[{"need": "must", "text": {}}, {"need": "must", "text": {}}, {"need": "nice", "text": {}}])
    html = render(app, "{{ listing.demand_card(row) }}", row=row(demand))
    assert "HKD 5,000 each 2 must-haves" in words(html)
    assert 'href="/demands/8"' in html


@pytest.mark.parametrize(("original", "linked"), [(True, True), (False, False)])
def test_public_information_names_its_source_and_links_only_the_original(
    app: Flask, original: bool, linked: bool
) -> None:
    html = render(app, '{{ listing.source(found, "offer") }}', found={**SOURCE, "original_site": original})
    assert "Public information, not posted by the supplier. Source: Low bed" in words(html)
    assert "· maker.example" in words(html)
    assert ('href="https://maker.example/bed"' in html) is linked


def test_what_the_source_calls_the_supplier_stands_where_nobody_has_joined(app: Flask) -> None:
    owner = SimpleNamespace(id=3, names={"en": "Taken over"}, from_public_source=True)
    named = content(named_as={"supplier": "Bed Works"})
    html = render(app, "{{ listing.organisation_name(owner, content) }}", owner=owner, content=named)
    assert html == "<span>Bed Works</span>"


@pytest.mark.parametrize(
    ("locale", "shown"),
    [
        ("en", ["en", "Translation. Show the original in 简体中文", "可租可买，三周送货"]),
        ("zh_Hans", ["zh-Hans"]),
        ("zh_Hant", ["zh-Hant", "Converted by machine from 简体中文. Show the original", "可租可买，三周送货"]),
    ],
)
def test_the_original_is_one_press_away(app: Flask, locale: str, shown: list[str]) -> None:
    texts = {"zh-Hans": "可租可买，三周送货", "en": "For rent or sale"}
    app.jinja_env.globals["_"] = lambda text, **values: text % values  # the sentences themselves, in every language
    html = render(app, '{{ listing.text(texts, "zh-Hans") }}', locale=locale, texts=texts)
    found = re.findall(r'<div lang="([\w-]+)" class="passage', html)
    note = re.findall(r"<summary>(.+?)</summary><div lang=\"zh-Hans\">(.+?)</div>", html)
    assert found + [part for pair in note for part in pair] == shown


def test_a_text_nobody_translated_says_so(app: Flask) -> None:
    html = render(app, '{{ listing.text(texts, "zh-Hans") }}', texts={"zh-Hans": "可租可买"})
    assert "Written in 简体中文; there is no translation yet." in words(html)


def test_facts_stand_in_a_table_with_units_and_what_is_unverified(app: Flask) -> None:
    values = {"load_kg": "200", "lead_time_days": 21, "rental": True, "serves": ["HK"], "assistive_class": "18"}
    html = render(app, '{{ listing.facts("equipment", values) }}', values=values)
    table = dict(re.findall(r'<th scope="row">(.+?)</th> ?<td>(.*?)</td>', html))
    cells = {name: words(cell) for name, cell in table.items()}
    assert [cells[name] for name in cells if cells[name].endswith("kg")] == ["200 kg"]
    assert any(cell.startswith("21 day") for cell in cells.values())
    assert "Yes" in cells.values()
    assert any("unverified" in cell for cell in cells.values())


def test_pages_of_a_list_keep_the_rest_of_the_address(app: Flask) -> None:
    html = render(app, "{{ paging.paging(4, 9) }}", path="/offers?q=bed&page=4")
    links = re.findall(r'<a[^>]* href="([^"]+)"', html)
    assert links == [f"/offers?q=bed&amp;page={n}" for n in (3,)] + [
        "/offers?q=bed", "/offers?q=bed&amp;page=3", "/offers?q=bed&amp;page=5", "/offers?q=bed&amp;page=9",
        "/offers?q=bed&amp;page=5",
    ]  # fmt: skip
    assert render(app, "{{ paging.paging(1, 1) }}") == ""
