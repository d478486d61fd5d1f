"""Uploads: judged by their bytes, written anew, kept once."""

from __future__ import annotations

import hashlib
import io
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from PIL import Image

from marketplace import clock
from marketplace.actor import Actor
from marketplace.errors import ErrorCode, Invalid
from marketplace.files import service, storage
from tests.marketplace.files import making

ACTOR = Actor(7, 3, frozenset({"owner"}), "member")
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def store(content: bytes, name: str, purpose: str = "document") -> Any:
    return service.store(actor=ACTOR, stream=io.BytesIO(content), filename=name, purpose=purpose)


def refusal(content: bytes, name: str, purpose: str = "document") -> ErrorCode:
    with pytest.raises(Invalid) as caught:
        store(content, name, purpose)
    assert list(caught.value.errors) == ["file"]
    return caught.value.errors["file"]


@pytest.mark.parametrize(
    ("content", "name", "media_type"),
    [
        (making.PDF, "規格書.pdf", "application/pdf"),
        (making.DOCX, "a.DOCX", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (making.XLSX, "a.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (making.PPTX, "a.pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
        (making.TXT, "a.txt", "text/plain; charset=utf-8"),
    ],
)
def test_a_document_is_kept_as_it_came(app: Flask, content: bytes, name: str, media_type: str) -> None:
    with clock.frozen(NOON):
        file = store(content, name)
    [variant] = file.variants
    digest = hashlib.sha256(content).hexdigest()
    assert (file.name, file.purpose, file.organisation_id, file.user_id, file.created_at) == (
        name,
        "document",
        3,
        7,
        NOON,
    )
    assert (variant.name, variant.sha256, variant.media_type, variant.size, variant.width, variant.height) == (
        "original",
        digest,
        media_type,
        len(content),
        None,
        None,
    )
    assert storage.path_of(service.folder(), digest).read_bytes() == content
    assert list(storage.incoming(service.folder())) == []


@pytest.mark.parametrize(
    ("content", "name", "purpose", "expected"),
    [
        (making.picture(), "plan.pdf", "document", ErrorCode("disguised", {"name": "plan.pdf"})),
        (making.PDF, "plan.docx", "document", ErrorCode("disguised", {"name": "plan.docx"})),
        (making.XLSX, "plan.docx", "document", ErrorCode("disguised", {"name": "plan.docx"})),
        (
            making.office("word/document.xml", "word/vbaProject.bin"),
            "macro.docx",
            "document",
            ErrorCode("disguised", {"name": "macro.docx"}),
        ),
        (b"MZ\x90\x00 a program", "notes.txt", "document", ErrorCode("disguised", {"name": "notes.txt"})),
        (b"<html><script>alert(1)</script>", "notes.txt", "document", ErrorCode("disguised", {"name": "notes.txt"})),
        (b"\xff\xfe\x00binary", "notes.txt", "document", ErrorCode("disguised", {"name": "notes.txt"})),
        (b"PK\x03\x04 not an archive", "a.docx", "document", ErrorCode("disguised", {"name": "a.docx"})),
        (b"", "a.pdf", "document", ErrorCode("empty_file", {"name": "a.pdf"})),
        (making.PDF, "a.exe", "document", ErrorCode("document_type", {"name": "a.exe"})),
        (making.picture(), "a.svg", "picture", ErrorCode("picture_type", {"name": "a.svg"})),
        (making.picture(format="PNG"), "a.jpg", "picture", ErrorCode("disguised", {"name": "a.jpg"})),
        (making.PDF, "a.jpg", "picture", ErrorCode("disguised", {"name": "a.jpg"})),
        (making.bomb(), "a.png", "picture", ErrorCode("picture_large", {"name": "a.png", "most": "40"})),
        (making.bomb(7000, 7000), "a.png", "picture", ErrorCode("picture_large", {"name": "a.png", "most": "40"})),
        (making.picture((8, 400)), "a.jpg", "picture", ErrorCode("picture_small", {"name": "a.jpg", "least": "16"})),
        (making.picture()[:2000], "a.jpg", "picture", ErrorCode("picture_broken", {"name": "a.jpg"})),
        (b"", "a.jpg", "picture", ErrorCode("empty_file", {"name": "a.jpg"})),
    ],
)
def test_what_a_file_is_not_is_refused_at_the_field(
    app: Flask, content: bytes, name: str, purpose: str, expected: ErrorCode
) -> None:
    assert refusal(content, name, purpose) == expected
    assert list(storage.incoming(service.folder())) == []
    assert list(storage.kept(service.folder())) == []


def test_a_file_over_the_limit_is_refused_while_it_comes_in(app: Flask) -> None:
    most = app.config["SETTINGS"].max_upload
    assert refusal(b"%PDF-" + bytes(most), "big.pdf") == ErrorCode(
        "file_too_large", {"name": "big.pdf", "most": most // 1024 // 1024}
    )
    assert list(storage.incoming(service.folder())) == []


def test_a_picture_is_written_anew_in_three_sizes(app: Flask) -> None:
    file = store(making.picture((3200, 2400)), "bed.jpg", "picture")
    assert sorted((v.name, v.media_type, v.width, v.height) for v in file.variants) == [
        ("large", "image/jpeg", 1600, 1200),
        ("medium", "image/jpeg", 640, 480),
        ("small", "image/jpeg", 160, 120),
    ]
    for variant in file.variants:
        with Image.open(storage.path_of(service.folder(), variant.sha256)) as image:
            assert (image.format, image.size) == ("JPEG", (variant.width, variant.height))


def test_a_small_picture_is_not_enlarged_and_a_transparent_one_stays_so(app: Flask) -> None:
    file = store(making.picture((300, 200), "PNG", "RGBA"), "logo.png", "picture")
    assert sorted((v.name, v.media_type, v.width, v.height) for v in file.variants) == [
        ("large", "image/webp", 300, 200),
        ("medium", "image/webp", 300, 200),
        ("small", "image/webp", 160, 107),
    ]


def test_what_the_camera_noted_is_dropped_and_the_picture_stands_upright(app: Flask) -> None:
    file = store(making.picture_with_place(), "home.jpg", "picture")
    kept = storage.path_of(service.folder(), file.variant("large").sha256)
    with Image.open(kept) as image:
        assert (image.size, dict(image.getexif()), "exif" in image.info) == ((300, 600), {}, False)
    assert b"Camera of somebody" not in kept.read_bytes()


def test_the_same_bytes_are_kept_once_under_two_rows(app: Flask) -> None:
    first, second = store(making.PDF, "a.pdf"), store(making.PDF, "b.pdf")
    assert first.id != second.id
    assert [path.name for path in storage.kept(service.folder())] == [hashlib.sha256(making.PDF).hexdigest()]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\plans\\a.pdf", "a.pdf"),
        ("a\n\x00b.pdf", "ab.pdf"),
        ("長" * 300 + ".pdf", "長" * 196 + ".pdf"),
    ],
)
def test_a_name_is_plain(app: Flask, given: str, kept: str) -> None:
    assert store(making.PDF, given).name == kept


def test_only_the_organisations_own_files_may_be_hung_on_something(app: Flask) -> None:
    mine = store(making.PDF, "a.pdf").id
    theirs = service.store(
        actor=Actor(8, 4, frozenset({"owner"}), "member"),
        stream=io.BytesIO(making.PDF),
        filename="b.pdf",
        purpose="document",
    ).id
    assert set(service.usable(actor=ACTOR, ids=[mine, theirs, 999])) == {mine}
