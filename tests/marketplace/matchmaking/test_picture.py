"""The timetable as one picture: Chinese that is drawn and not boxed, and what is offered where no font is."""

from __future__ import annotations

import dataclasses
import io
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image, ImageFont

from marketplace.extensions import db
from marketplace.matchmaking import fonts, picture
from marketplace.matchmaking.links import link_of
from marketplace.matchmaking.models import Participation
from tests.marketplace.matchmaking.steps import World

LATIN = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
NAMES = {"zh-Hant": "香港耆樂安老院舍有限公司", "zh-Hans": "广州颐养护理床制造厂"}


@pytest.fixture
def world(app: Flask) -> World:
    world = World(buyers=1, suppliers=1)
    world.all_wish()
    world.published()
    row = db.session.get(Participation, world.suppliers[0][0])
    row.organisation.names = NAMES
    db.session.commit()
    return world


def link(world: World) -> str:
    return link_of(db.session.get(Participation, world.buyers[0][0]))


def without_font(app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, given: str = "") -> None:
    app.config["SETTINGS"] = dataclasses.replace(app.config["SETTINGS"], font_file=given)
    nowhere = tmp_path / "font_paths.txt"
    nowhere.write_text("# nothing\n/no/such/font.ttc\n")
    monkeypatch.setattr(fonts, "PATHS", nowhere)


def test_the_font_draws_both_scripts_and_no_boxes(app: Flask) -> None:
    for lang in ("zh-Hans", "zh-Hant", "en"):
        font = fonts.Face(lang).size(40)
        box = bytes(font.getmask("\U0010fffe"))
        drawn = {character: bytes(font.getmask(character)) for character in "银銀颐頤养養椅牀廣广臺嘅0A–·，"}
        assert [character for character, bitmap in drawn.items() if bitmap == box or not any(bitmap)] == []
        assert len(set(drawn.values())) == len(drawn)


def test_a_character_that_the_font_lacks_gets_a_mark(app: Flask) -> None:
    face = fonts.Face("zh-Hant")
    assert face.drawable("耆樂\U0010fffd\n安老") == f"耆樂{fonts.MISSING} 安老"


def test_long_names_are_broken_and_cut_within_the_width(app: Flask) -> None:
    face = fonts.Face("zh-Hant")
    for text in ("安老" * 60, "Wheelchair " * 30, "W" * 200, "粵港澳 Greater Bay Area 養老服務（試點）有限公司" * 4):
        lines = face.lines(text, 44, 700)
        assert len(lines) == 3
        assert lines[-1].endswith("…")
        assert all(face.size(44).getlength(line) <= 700 for line in lines)
    assert face.lines("香港耆樂安老院舍有限公司", 44, 700) == ["香港耆樂安老院舍有限公司"]


def test_whoever_holds_the_link_gets_the_picture(app: Flask, client: FlaskClient, world: World) -> None:
    page = f"/t/{link(world)}"
    assert f"{page}/picture" in client.get(page).text
    assert f'src="{page}/timetable.png' in client.get(f"{page}/picture").text
    pictures = set()
    for locale in ("zh_Hans", "zh_Hant", "en"):
        client.set_cookie("locale", locale)
        answer = client.get(f"{page}/timetable.png")
        image = Image.open(io.BytesIO(answer.data))
        assert (answer.status_code, answer.mimetype, image.format, image.width) == (200, "image/png", "PNG", 1080)
        assert image.height > image.width * 0.9
        assert len(answer.data) < 150_000
        pictures.add(answer.data)
    assert len(pictures) == 3
    assert client.get("/t/1.forged/timetable.png").status_code == 404


def test_wechat_shows_the_picture_and_leads_nowhere(app: Flask, client: FlaskClient, world: World) -> None:
    answer = client.get(f"/t/{link(world)}/timetable.png", headers={"User-Agent": "Mozilla/5.0 MicroMessenger/8.0"})
    assert (answer.status_code, answer.mimetype) == (200, "image/png")


@pytest.mark.parametrize("given", ["", LATIN, "/no/such/font.ttf"])
def test_without_a_font_the_page_says_why_and_offers_print(
    app: Flask, client: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, given: str
) -> None:
    without_font(app, monkeypatch, tmp_path, given)
    page = f"/t/{link(world)}"
    answer = client.get(f"{page}/picture").text
    assert "no font with Chinese characters" in answer
    assert "<img class=" not in answer
    assert f'href="{page}"' in answer
    assert client.get(f"{page}/timetable.png").location == f"{page}/picture"


def test_a_font_that_is_given_goes_first(app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = fonts.find()
    without_font(app, monkeypatch, tmp_path, str(found))
    assert fonts.find() == found
    if Path(LATIN).exists():
        assert not fonts.has_glyph(ImageFont.truetype(LATIN, 24), "颐")


def test_an_empty_day_is_a_picture_too(app: Flask) -> None:
    sheet = picture.Sheet(title="對接會", day="2030年5月1日", name="耆樂", address="http://market.example/t/1.x",
                          scan="掃碼", made="2030", nothing="未有會面")
    assert Image.open(io.BytesIO(picture.draw(sheet, "zh-Hant"))).width == 1080
