"""What a demand's page says, to whom, in which language."""

from __future__ import annotations

import io

from flask import Flask

from marketplace.demands.desk import DESK
from marketplace.demands.views import fill_matches_slot
from marketplace.files import service as files
from tests.marketplace.files import making
from tests.marketplace.listings.steps import make_actor, make_listing, sign_in, visitor, words_of


def test_the_page_says_everything_the_demand_says(app: Flask) -> None:
    fill_matches_slot(app, lambda demand: "")
    actor = make_actor()
    plan = files.store(actor=actor, stream=io.BytesIO(making.PDF), filename="plan.pdf", purpose="document").id
    demand = make_listing(
        DESK,
        actor,
        dates={"needed_by": "2199-12-31", "deadline_days": "30", "closes_on": "2199-11-30"},
        documents=[{"file": plan, "title": {"en": "Floor plan"}}],
    )
    page = visitor(app).get(f"/demands/{demand.id}").text
    said = words_of(page)
    for words in (
        "護理床三十張",
        "Equipment and assistive products",
        "Harbour Care",
        "open until Sat 30 Nov 2199",
        "安老院更換護理床。",
        "Budget HKD 200,000",
        "Places Hong Kong",
        "Needed by Tue 31 Dec 2199",
        "Delivery within 30 days",
        "Must have 承重至少180公斤",
        "Nice to have 可租",
        "電動護理床 30 piece",
        "Floor plan plan.pdf, 1 KB",
    ):
        assert words in said, words
    assert f'href="/files/{plan}/original"' in page
    assert '<span lang="zh-Hant">護理床三十張</span>' in page
    assert "Your listing" not in said


def test_the_matches_of_a_demand_stand_where_a_higher_room_puts_them(app: Flask) -> None:
    from markupsafe import Markup

    fill_matches_slot(app, lambda demand: Markup("<p id='slot'>matches of {}</p>").format(demand.id))
    demand = make_listing(DESK, make_actor())
    assert f"<p id='slot'>matches of {demand.id}</p>" in visitor(app).get(f"/demands/{demand.id}").text


def test_a_reader_of_the_other_script_sees_it_converted_with_the_original_one_tap_away(app: Flask) -> None:
    demand = make_listing(DESK, make_actor())
    page = visitor(app, "zh-CN").get(f"/demands/{demand.id}").text
    assert '<span lang="zh-Hans">护理床三十张</span>' in page
    assert '<div lang="zh-Hans" class="passage ">安老院更换护理床。</div>' in page
    assert '<div lang="zh-Hant">安老院更換護理床。</div></details>' in page


def test_what_may_be_done_is_offered_to_who_may(app: Flask) -> None:
    actor = make_actor()
    demand = make_listing(DESK, actor)
    page = sign_in(app, actor).get(f"/demands/{demand.id}").text
    for path in ("edit", "preview", "history", "withdraw", "confirm", "copy"):
        assert f'/demands/{demand.id}/{path}"' in page, path
    assert f'/demands/{demand.id}/discard"' not in page
