"""From a text or document through the pages to drafts, and who may not."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from marketplace.accounts.models import User
from marketplace.demands.models import Demand
from marketplace.extensions import db
from marketplace.files import storage
from marketplace.files.models import FileVariant, StoredFile
from marketplace.files.service import folder
from marketplace.offers.models import Offer
from marketplace.reading.models import Reading
from tests.marketplace import factories as make
from tests.marketplace.reading import documents

TENDER = (
    "采购项目：护理床\n"
    "香港一间安老院采购护理床３０张，预算金额：HK$300,000。\n"
    "联系人：陈大文 电话：2345 6789\n"
    "投标截止2031年12月31日。交货地点：香港观塘\n"
    "1. 承重不低于180公斤\n"
    "2. 最好带蓄电池\n"
    "供应商须具备医疗器械经营许可证。\n1月20日前交货"
)


def signed_in(client: FlaskClient, kind: str) -> tuple[FlaskClient, Any]:
    """A browser of an approved organisation's owner."""
    _organisation, actor = make.make_organisation(kind=kind)
    return make.sign_in(client, db.session.get(User, actor.user_id)), actor


def hand_in(client: FlaskClient, side: str, document: bytes | None = None, name: str = "", **data: Any) -> Any:
    """Hand in, and let the worker read it."""
    page = f"/reading/{side}"
    if document is not None:
        data["file"] = (io.BytesIO(document), name)
    data["csrf_token"] = make._token(client.get(page).text)
    answer = client.post(page, data=data, content_type="multipart/form-data")
    make.run_jobs()
    return answer


def filled(page: str) -> MultiDict[str, str]:
    """The form of a review page as a browser would send it untouched."""
    import html

    form = page[page.index("data-dirty") :]
    data: MultiDict[str, str] = MultiDict()
    for tag in re.findall(r"<input [^>]*>", form):
        name = re.search(r'name="([^"]*)"', tag)
        if name and ('type="checkbox"' not in tag or " checked" in tag):
            value = re.search(r'value="([^"]*)"', tag)
            data.setdefault(name[1], html.unescape(value[1]) if value else "on")
    for name, body in re.findall(r'<textarea [^>]*name="([^"]*)"[^>]*>(.*?)</textarea>', form, re.S):
        data[name] = html.unescape(body)
    for name, body in re.findall(r'<select [^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', body)
        data[name] = chosen[1] if chosen else ""
    return data


def test_a_pasted_tender_becomes_a_published_demand(app: Flask, client: FlaskClient) -> None:
    client, _actor = signed_in(client, "institution")
    assert "/reading/demand" in client.get("/demands/new").text
    answer = hand_in(client, "demand", text=TENDER)
    page = client.get(answer.location).text
    assert "<mark>３０张</mark>" in page
    assert "陈大文" not in page
    assert "2345" not in page
    assert "telephone numbers" in page
    assert page.count("the nearest day to come is assumed") == 1
    data = filled(page)
    data["title"] = "三十张护理床"
    del data["keep.dates.needed_by"]
    del data["keep.requirements.1"]
    made = client.post(answer.location, data=data)
    assert made.status_code == 303, re.findall(r"<li>.*", made.text)[:9]
    demand = db.session.query(Demand).one()
    content = demand.draft_content
    assert content["texts"]["title"] == {"zh-Hans": "三十张护理床"}
    assert (content["lines"][0]["quantity"], content["budget"]) == (
        "30",
        {"minor": 30000000, "currency": "HKD", "basis": "total"},
    )
    assert (content["places"], content["dates"]) == (["HK-KKT"], {"closes_on": "2031-12-31"})
    assert [(one["need"], one["text"]["zh-Hans"]) for one in content["requirements"]] == [
        ("must", "承重不低于180公斤"),
        ("must", "供应商须具备医疗器械经营许可证"),
    ]
    make.post(client, made.location, f"/demands/{demand.id}/publish")
    db.session.refresh(demand)
    assert demand.live_version_id is not None
    again = client.post(answer.location, data=data)
    assert (again.location, db.session.query(Demand).count()) == (made.location, 1)
    assert db.session.query(Reading).one().text == ""


def test_a_price_list_becomes_a_draft_for_each_product_that_is_kept(app: Flask, client: FlaskClient) -> None:
    client, _actor = signed_in(client, "supplier")
    rows = [
        ["产品名称", "型号", "单价（人民币元）", "产品特点"],
        ["电动护理床", "HB-200", "8,800", "承重220公斤，ISO 9001"],
        ["移位机", "LF-3", 12500, "CE认证"],
        ["轮椅", "W-1", 900, "可折叠"],
    ]
    answer = hand_in(client, "offer", documents.sheet(rows, "价目"), "价目.xlsx")
    page = client.get(answer.location).text
    assert "sheet “价目”, A3" in page, page[page.index("<h1>") : page.index("<h1>") + 900]
    data = filled(page)
    del data["keep.p2"]
    assert client.post(answer.location, data=data).status_code == 303
    contents = [offer.draft_content for offer in db.session.query(Offer).order_by(Offer.id)]
    assert [content["texts"]["title"]["zh-Hans"] for content in contents] == ["电动护理床", "移位机"]
    assert [(content["facts"]["model"], content["facts"]["price"]) for content in contents] == [
        ("HB-200", {"minor": 880000, "currency": "CNY"}),
        ("LF-3", {"minor": 1250000, "currency": "CNY"}),
    ]
    assert contents[1]["facts"]["certificates"] == {"zh-Hans": ["CE认证"]}
    assert client.post(answer.location, data=data).status_code == 303
    assert db.session.query(Offer).count() == 2


def test_slides_with_a_picture_become_offers_with_it(app: Flask, client: FlaskClient) -> None:
    client, _actor = signed_in(client, "supplier")
    deck = documents.slides(
        [
            ("Electric nursing bed HB-200", "Model: HB-200\nPrice: HK$ 8,800\nSafe working load 220 kg, three motors."),
            ("Ceiling hoist CH-5", "Model: CH-5\nPrice: HK$ 30,000\nLifts 200 kg along a rail."),
        ],
        documents.photograph(),
    )
    answer = hand_in(client, "offer", deck, "brochure.pptx")
    client.post(answer.location, data=filled(client.get(answer.location).text))
    contents = [offer.draft_content for offer in db.session.query(Offer).order_by(Offer.id)]
    assert [
        (content["texts"]["title"]["en"], content["facts"]["model"], content["facts"]["price"]["minor"])
        for content in contents
    ] == [("Electric nursing bed HB-200", "HB-200", 880000), ("Ceiling hoist CH-5", "CH-5", 3000000)]
    assert [len(content["pictures"]) for content in contents] == [1, 0]


@pytest.mark.parametrize("keep", [True, False])
def test_the_document_is_kept_only_if_the_user_wants(app: Flask, client: FlaskClient, keep: bool) -> None:
    client, _actor = signed_in(client, "institution")
    more = {"keep": "y"} if keep else {}
    answer = hand_in(client, "demand", documents.word(TENDER.split("\n")), "tender.docx", **more)
    sha256 = db.session.query(FileVariant.sha256).scalar()
    made = client.post(answer.location, data=filled(client.get(answer.location).text))
    assert (db.session.query(StoredFile).count() == 1) is keep
    assert storage.path_of(folder(), sha256).exists() is keep
    assert ("tender.docx" in client.get(made.location).text) is keep
    assert db.session.query(Demand).one().draft_content["documents"] == []


def test_nobody_else_sees_what_was_handed_in(app: Flask, client: FlaskClient) -> None:
    client, _actor = signed_in(client, "institution")
    address = hand_in(client, "demand", text=TENDER).location
    stranger, _other = signed_in(app.test_client(), "institution")
    assert stranger.get(address).status_code == 404
    assert make.post(stranger, "/reading/demand", f"{address}/discard").status_code == 404
    assert app.test_client().get(address).status_code == 302
    assert db.session.query(Reading).count() == 1
    make.post(client, address, f"{address}/discard")
    assert db.session.query(Reading).count() == 0


def test_a_page_that_waits_looks_again_by_itself(app: Flask, client: FlaskClient) -> None:
    client, _actor = signed_in(client, "institution")
    token = make._token(client.get("/reading/demand").text)
    answer = client.post("/reading/demand", data={"csrf_token": token, "text": TENDER})
    assert '<meta http-equiv="refresh" content="3">' in client.get(answer.location).text
    make.run_jobs()
    assert "refresh" not in client.get(answer.location).text


@pytest.mark.parametrize(
    ("name", "document", "words"),
    [
        ("a.doc", b"x", "cannot be read here"),
        ("a.docm", b"PK", "contains macros"),
        ("a.docx", documents.with_part(documents.word(["x"]), "word/vbaProject.bin", b"x"), "contains macros"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "has a password"),
        ("a.docx", b"PK\x03\x04" + b"x" * 600, "damaged"),
        ("a.pdf", documents.word(["x"]), "is not what its name says"),
        ("a.docx", documents.pdf(["x"]), "is not what its name says"),
        ("a.pdf", b"", "is empty"),
    ],
)
def test_a_document_that_cannot_be_read_is_refused_at_once(
    app: Flask, client: FlaskClient, name: str, document: bytes, words: str
) -> None:
    client, _actor = signed_in(client, "institution")
    answer = hand_in(client, "demand", document, name)
    assert answer.status_code == 422
    assert words in answer.text
    assert db.session.query(Reading).count() == 0


@pytest.mark.parametrize(
    ("name", "document", "words"),
    [
        ("a.pdf", documents.locked_pdf("secret"), "locked with a password"),
        ("a.pdf", documents.pdf(["", ""]), "pictures of pages and no text"),
        ("a.pdf", b"%PDF-1.4\n" + b"x" * 3000, "damaged"),
        ("a.docx", documents.with_large_part(documents.word(["x"]), "word/huge.xml", 70), "unusual size"),
    ],
)
def test_a_document_without_words_is_told_so(
    app: Flask, client: FlaskClient, name: str, document: bytes, words: str
) -> None:
    client, _actor = signed_in(client, "institution")
    answer = hand_in(client, "demand", document, name)
    page = client.get(answer.location).text
    assert words in page
    assert "Make the draft" not in page
