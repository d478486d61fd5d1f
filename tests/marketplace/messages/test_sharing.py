"""What a chat shows of a page that is shared: title, summary and a picture that anybody can fetch."""

from __future__ import annotations

import html
import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from marketplace.files import service as files
from marketplace.settings import ROOT
from tests.marketplace import factories as make

DEFAULT = "http://market.example/static/img/share.png"


def card(client: FlaskClient, address: str) -> dict[str, str]:
    page = client.get(address)
    assert page.status_code == 200
    found = re.findall(r'<meta property="og:(title|description|image)" content="([^"]*)"', page.text)
    return {name: html.unescape(value) for name, value in found}


def test_an_offer_shows_its_first_picture_and_else_the_sites(app: Flask, client: FlaskClient) -> None:
    _supplier, seller = make.make_organisation(kind="supplier")
    picture = io.BytesIO()
    Image.new("RGB", (900, 600), "#0b4f5c").save(picture, "PNG")
    picture.seek(0)
    file_id = files.store(actor=seller, stream=picture, filename="bed.png", purpose="picture").id
    plain = make.make_offer(seller).id
    shown = make.make_offer(seller, content=make.offer_content(
        "Low bed", pictures=[{"file": file_id, "alt": {"en": "A bed"}}])).id
    assert card(client, f"/offers/{plain}") == {
        "title": "Electric nursing bed", "image": DEFAULT,
        "description": "Electric nursing bed, safe working load 200 kg, side rails."}
    image = card(client, f"/offers/{shown}")["image"]
    assert image == f"http://market.example/files/{file_id}/large"
    assert client.get(image.removeprefix("http://market.example")).mimetype.startswith("image/")
    assert card(client, f"/organisations/{seller.organisation_id}")["image"] == image


@pytest.mark.parametrize("kind", ["demand", "organisation", "home"])
def test_every_page_has_a_title_a_summary_and_a_picture(app: Flask, client: FlaskClient, kind: str) -> None:
    organisation, actor = make.make_organisation(kind="institution")
    address = {"demand": f"/demands/{make.make_demand(actor).id}", "organisation": f"/organisations/{organisation.id}",
               "home": "/"}[kind]
    found = card(client, address)
    assert found["image"] == DEFAULT
    assert found["title"]
    assert kind == "organisation" or found["description"]


def test_the_sites_own_picture_is_one_that_chats_show() -> None:
    path = ROOT / "static" / "img" / "share.png"
    with Image.open(path) as picture:
        assert picture.size >= (300, 300)
    assert path.stat().st_size < 60_000
