"""What an offer's page says, to whom, in which language."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import Any

from flask import Flask

from marketplace import clock
from marketplace.actor import Actor
from marketplace.files import service as files
from marketplace.imports.service import import_records
from marketplace.offers.desk import DESK
from tests.marketplace.files import making
from tests.marketplace.listings.steps import make_actor, make_listing, visitor, words_of

RECORD: dict[str, Any] = {
    "id": "t-1",
    "title": "低床面電動護理床",
    "summary": "香港長者用。",
    "lang": "zh-Hant",
    "supplier": "某醫療器材公司",
    "supplier_region": "Hong Kong",
    "kind": "equipment",
    "facts": {"price": 6800, "currency": "HKD", "serves": ["Hong Kong"], "features": ["四電機"]},
    "source": {
        "url": "https://shop.example/bed",
        "site": "shop.example",
        "page_title": "護理床",
        "original_site": True,
    },
}


def test_the_page_says_everything_the_offer_says(app: Flask) -> None:
    with clock.frozen(datetime(2026, 11, 24, 4, tzinfo=UTC)):
        actor = make_actor()
        picture = files.store(actor=actor, stream=io.BytesIO(making.picture()), filename="a.jpg", purpose="picture").id
        offer = make_listing(
            DESK,
            actor,
            pictures=[{"file": picture, "alt": {"en": "The bed, raised"}}],
            texts={
                "title": {"en": "Electric nursing bed", "zh-Hans": "电动护理床"},
                "summary": {"en": "Low entry, four motors."},
                "description": {"en": "First line.\nSecond line."},
            },
        )
        page = visitor(app).get(f"/offers/{offer.id}").text
    said = words_of(page)
    for words in (
        "Electric nursing bed",
        "Equipment and assistive products",
        "Harbour Care",
        "last confirmed on 24 Nov 2026",
        "Low entry, four motors.",
        "Safe working load 200 kg",
        "HKD 6,800",
        "Hong Kong",
        "Description First line. Second line.",
    ):
        assert words in said, words
    assert f'<img src="/files/{picture}/medium" alt="The bed, raised"' in page
    assert "<title>Electric nursing bed · " in page
    assert '<meta name="description" content="Low entry, four motors.">' in page


def test_a_translation_is_shown_to_its_reader_and_the_original_where_there_is_none(app: Flask) -> None:
    offer = make_listing(
        DESK,
        make_actor(),
        texts={"title": {"en": "Electric nursing bed", "zh-Hans": "电动护理床"}, "summary": {"en": "Low entry."}},
    )
    page = visitor(app, "zh-CN").get(f"/offers/{offer.id}").text
    assert '<span lang="zh-Hans">电动护理床</span>' in page
    assert '<div lang="en" class="passage lead-in">Low entry.</div>' in page


def test_what_was_taken_over_says_where_it_is_from(app: Flask) -> None:
    import_records("offers", [json.dumps(RECORD)], actor=Actor.system())
    page = visitor(app).get("/offers/1").text
    assert "Public information, not posted by the supplier." in words_of(page)
    assert '<a href="https://shop.example/bed" rel="noopener nofollow external">護理床' in page
    assert "某醫療器材公司" in words_of(page)
    assert "/organisations/1" not in page


def test_a_copy_of_the_source_is_no_link(app: Flask) -> None:
    record = {**RECORD, "source": {**RECORD["source"], "original_site": False}}
    import_records("offers", [json.dumps(record)], actor=Actor.system())
    page = visitor(app).get("/offers/1").text
    assert "https://shop.example/bed" not in page
    assert "護理床 · shop.example" in words_of(page)


def test_text_is_text_and_never_markup(app: Flask) -> None:
    offer = make_listing(
        DESK,
        make_actor(),
        texts={"title": {"en": "<script>alert(1)</script>"}, "summary": {"en": "<img src=x onerror=alert(1)>"}},
    )
    page = visitor(app).get(f"/offers/{offer.id}").text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
