"""Files in WeChat's browser: shown on a page, or opened elsewhere by a link for ten minutes."""

from __future__ import annotations

import html
import io
import re
import tempfile
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from docx import Document
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import Workbook
from pptx import Presentation
from pypdf import PdfWriter

from marketplace.accounts.models import User
from marketplace.actor import Actor
from marketplace.audit.models import AuditEvent
from marketplace.extensions import db
from marketplace.files import service as files
from marketplace.messages import cards, extract, meetings, passes, turns
from marketplace.messages.passes import Pass
from tests.marketplace import factories as make
from tests.marketplace.accounts import steps
from tests.marketplace.files import making

WECHAT = ("Mozilla/5.0 (Linux; Android 14; V2302A) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/126.0 "
          "Mobile Safari/537.36 XWEB/1260117 MMWEBSDK/20240501 MicroMessenger/8.0.50.2701(0x28003253) NetType/WIFI "
          "Language/zh_CN ABI/arm64")


def office(made: Any) -> bytes:
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def docx() -> bytes:
    document = Document()
    document.add_paragraph("护理床说明书")
    return office(document)


def xlsx() -> bytes:
    book = Workbook()
    assert book.active is not None
    book.active.append(["型号", "价格"])
    book.active.append(["B-200", 9000])
    return office(book)


def pptx() -> bytes:
    slides = Presentation()
    slide = slides.slides.add_slide(slides.slide_layouts[5])
    slide.shapes.title.text = "Low beds"
    return office(slides)


def pdf() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    return office_of(writer)


def office_of(writer: PdfWriter) -> bytes:
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def upload(actor: Actor, content: bytes, name: str, purpose: str = "document") -> int:
    return files.store(actor=actor, stream=io.BytesIO(content), filename=name, purpose=purpose).id


@pytest.fixture
def seller(app: Flask) -> Actor:
    return make.make_organisation(kind="supplier")[1]


def browser(app: Flask, actor: Actor | None = None, *, wechat: bool = False) -> FlaskClient:
    client = steps.browser(app)
    if wechat:
        client.environ_base["HTTP_USER_AGENT"] = WECHAT
    return client if actor is None else make.sign_in(client, db.session.get(User, actor.user_id))


@pytest.mark.parametrize(
    ("made", "name", "words"),
    [(docx, "manual.docx", ["护理床说明书"]), (xlsx, "prices.xlsx", ["型号", "B-200", "9000"]),
     (pptx, "slides.pptx", ["Low beds"]), (pdf, "blank.pdf", ["Page 1", "No words on this page."]),
     (lambda: "载重200公斤".encode(), "note.txt", ["载重200公斤"])],
)
def test_a_document_is_shown_without_saving_it(
    app: Flask, seller: Actor, made: Any, name: str, words: list[str]
) -> None:
    file_id = upload(seller, made(), name)
    page = browser(app, seller, wechat=True).get(f"/view/files/{file_id}/original")
    assert (page.status_code, [word for word in words if word not in page.text]) == (200, [])
    assert f"<h1 class=\"file-name\">{name}</h1>" in page.text


def test_a_picture_is_shown(app: Flask, seller: Actor) -> None:
    file_id = upload(seller, making.picture(), "bed.jpg", "picture")
    page = browser(app, seller).get(f"/view/files/{file_id}/large").text
    assert f'src="/files/{file_id}/large"' in page


def test_what_may_not_be_read_may_not_be_viewed(app: Flask, seller: Actor) -> None:
    file_id = upload(seller, docx(), "manual.docx")
    _other, stranger = make.make_organisation(kind="supplier")
    for client in (browser(app), browser(app, stranger)):
        assert client.get(f"/view/files/{file_id}/original").status_code == 404
    assert browser(app).get("/view/organiser/events/1/results/meetings.csv").location.startswith("/sign-in?next=/view/")
    assert browser(app, stranger).get("/view/organiser/events/1/results/meetings.csv").status_code == 404
    for address in ("/view/view/files/1/original", "/view/pass/x", "/view/no/such/page", "/view//example.org/x",
                    "/view/%2576iew/insights.csv", "/view/%2570ass/x"):
        assert browser(app, seller).get(address).status_code in (404, 308), address
    assert browser(app).get("/view/demands").location == "/demands"


def test_a_document_that_nobody_can_read_says_so(app: Flask, seller: Actor) -> None:
    file_id = upload(seller, b"%PDF-1.4\n" + b"broken " * 50, "broken.pdf")
    page = browser(app, seller).get(f"/view/files/{file_id}/original")
    assert (page.status_code, "cannot be read here" in page.text) == (200, True)


def test_in_wechat_a_file_leads_to_the_way_out_and_there_it_is_saved_without_signing_in(
    app: Flask, seller: Actor
) -> None:
    content = docx()
    file_id = upload(seller, content, "说明书.docx")
    client = browser(app, seller, wechat=True)
    led = client.get(f"/files/{file_id}/original")
    assert (led.status_code, led.location[:6]) == (302, "/pass/")
    page = client.get(led.location)
    assert (page.status_code, page.headers["Cache-Control"]) == (200, "no-store")
    assert "Choose “Open in browser”." in page.text
    assert "img/open-in-browser.svg" in page.text
    assert f'href="/view/files/{file_id}/original"' in page.text
    shown = re.search(r"<textarea[^>]*readonly>(.*?)</textarea>", page.text)
    assert shown is not None
    assert html.unescape(shown[1]) == f"http://market.example{led.location}"
    saved = browser(app).get(led.location)  # another browser, nobody signed in
    assert (saved.status_code, saved.data) == (200, content)
    name = "%E8%AF%B4%E6%98%8E%E4%B9%A6.docx"
    assert saved.headers["Content-Disposition"] == f"attachment; filename=.docx; filename*=UTF-8''{name}"
    assert browser(app).get(f"/files/{file_id}/original").status_code == 404
    db.session.rollback()
    noted = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "file.passed")).one()
    assert (noted.user_id, noted.values[0].after) == (seller.user_id, f"/files/{file_id}/original")


def test_a_pass_is_for_one_file_and_ten_minutes(app: Flask, seller: Actor) -> None:
    file_id = upload(seller, docx(), "manual.docx")
    token = passes.make(Pass(f"/files/{file_id}/original", seller.user_id, seller.organisation_id))
    changed = token.replace(token[5], "A" if token[5] != "A" else "B", 1)
    assert browser(app).get(f"/pass/{changed}").status_code == 410
    for page in ("/account", "/desk", "/files/999/original", "/view/files/1/original"):
        other = passes.make(Pass(page, seller.user_id, seller.organisation_id))
        assert browser(app).get(f"/pass/{other}").status_code == 404, page


def test_a_pass_that_is_too_old_says_what_to_do(
    app: Flask, seller: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    file_id = upload(seller, docx(), "manual.docx")
    token = passes.make(Pass(f"/files/{file_id}/original", seller.user_id, seller.organisation_id))
    monkeypatch.setattr(passes, "LIFETIME", -1)
    page = browser(app).get(f"/pass/{token}")
    assert (page.status_code, "tap the file once more" in page.text) == (410, True)


def test_a_pass_ends_with_the_right_to_read(app: Flask, seller: Actor) -> None:
    file_id = upload(seller, docx(), "manual.docx")
    _other, stranger = make.make_organisation(kind="supplier")
    token = passes.make(Pass(f"/files/{file_id}/original", stranger.user_id, stranger.organisation_id))
    assert browser(app).get(f"/pass/{token}").status_code == 404


def test_pages_and_pictures_stay_as_they_are_in_wechat(app: Flask, seller: Actor) -> None:
    client = browser(app, seller, wechat=True)
    picture = upload(seller, making.picture(), "bed.jpg", "picture")
    assert client.get("/demands").status_code == 200
    assert client.get(f"/files/{picture}/large").mimetype.startswith("image/")


def test_the_entries_of_a_calendar_are_read_in_their_order() -> None:
    text = ("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Tea\\, milk\r\nDTSTART:20261201T020000Z\r\n"
            "DTEND:20261201T022000Z\r\nLOCATION:Hall\r\n  1\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:Set up\r\n"
            "DTSTART;VALUE=DATE:20261130\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")
    found = meetings.entries(text)
    assert [(one["summary"], one["location"], str(one["starts"])) for one in found] == [
        ("Set up", "", "2026-11-30"), ("Tea, milk", "Hall 1", "2026-12-01 02:00:00+00:00")]
    assert found[1]["ends"] - found[1]["starts"] == timedelta(minutes=20)


def test_the_process_that_reads_a_document_is_not_told_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = tmp_path / "seen"
    (tmp_path / "sitecustomize.py").write_text(
        f"import os, pathlib\npathlib.Path({str(seen)!r}).write_text(' '.join(os.environ))\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("SECRET_KEY", "of the site")
    assert extract.parts_of(docx(), extract.DOCX) == ([{"number": 0, "text": "护理床说明书"}], False)
    assert "PYTHONPATH" in seen.read_text().split()
    assert "SECRET_KEY" not in seen.read_text().split()


def test_no_more_documents_are_read_at_once_than_there_are_turns(
    app: Flask, seller: Actor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path))
    file_id = upload(seller, docx(), "manual.docx")
    client = browser(app, seller, wechat=True)
    with ExitStack() as held:
        for _number in range(turns.AT_ONCE):
            held.enter_context(turns.turn())
        page = client.get(f"/view/files/{file_id}/original")
        assert (page.status_code, page.headers["Retry-After"]) == (503, "5")
        assert "Please try again in a few seconds." in page.text
        assert f'href="/view/files/{file_id}/original' in page.text
    assert client.get(f"/view/files/{file_id}/original").status_code == 200


def test_a_turn_comes_back_when_the_reading_fails(tmp_path: Path) -> None:
    for _number in range(turns.AT_ONCE + 1):
        with pytest.raises(ValueError, match="broken"), turns.turn(tmp_path):
            raise ValueError("broken")


def test_the_cards_of_an_address_book_are_shown() -> None:
    text = ("BEGIN:VCARD\r\nVERSION:3.0\r\nN:陈大文;;;;\r\nFN:陈大文\r\nORG:Home\\, East\r\n"
            "TEL;TYPE=CELL:+85291234567\r\nNOTE:bed\\; soon\r\nEND:VCARD\r\n")
    assert cards.parts_of(text) == [{"number": 0, "text": "陈大文\nHome, East\n+85291234567\nbed; soon"}]
