"""Pages and static files travel compressed, and say the same."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient

from marketplace.wiring import delivery

GZIP = {"Accept-Encoding": "gzip, br"}
TOKEN = b'name="csrf_token"'


@pytest.mark.parametrize("path", ["/how-matching-works", "/offers", "/no-such-page"])
def test_a_page_is_the_same_compressed(client: FlaskClient, path: str) -> None:
    plain, packed = client.get(path), client.get(path, headers=GZIP)
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.content_length == len(packed.data) < len(plain.data) / 2
    assert _without_tokens(gzip.decompress(packed.data)) == _without_tokens(plain.data)
    assert {"Accept-Encoding", "Accept-Language", "Cookie"} <= set(packed.vary) == set(plain.vary)


def _without_tokens(page: bytes) -> list[bytes]:
    return [line for line in page.splitlines() if TOKEN not in line and b"submission_id" not in line]


def test_short_answers_streams_and_refusals_of_gzip_are_left_alone(app: Flask) -> None:
    long = "x" * 5000

    def answer(response: Response, accepts: str = "gzip") -> bool:
        with app.test_request_context("/", headers={"Accept-Encoding": accepts}):
            return "Content-Encoding" in delivery.compress(response).headers

    assert answer(Response(long))
    assert not answer(Response("short"))
    assert not answer(Response(iter([long])))
    assert not answer(Response(long, mimetype="image/webp"))
    assert not answer(Response(long), accepts="gzip;q=0")
    assert not answer(Response(long, status=206))


def test_a_tag_of_a_compressed_page_is_weak(app: Flask) -> None:
    response = Response("x" * 5000)
    response.set_etag("abc")
    with app.test_request_context("/", headers=GZIP):
        assert delivery.compress(response).get_etag() == ("abc", True)


def test_static_files_travel_compressed_and_cacheable(client: FlaskClient) -> None:
    plain, packed = client.get("/static/css/site.css"), client.get("/static/css/site.css", headers=GZIP)
    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Cache-Control"] == "max-age=3600, public"
    assert packed.headers["X-Content-Type-Options"] == "nosniff"
    assert "Access-Control-Allow-Origin" not in packed.headers
    assert client.get("/static/css/no-such.css").status_code == 404
    assert client.get("/static/../marketplace/settings.py").status_code == 404


def test_an_older_packed_file_is_made_anew(tmp_path: Path) -> None:
    sheet = tmp_path / "a.css"
    sheet.write_text("a { color: red }" * 200)
    delivery.compress_static(tmp_path)
    packed = tmp_path / "a.css.gz"
    assert gzip.decompress(packed.read_bytes()) == sheet.read_bytes()
    sheet.write_text("a { color: blue }" * 200)
    os.utime(packed, (1, 1))
    delivery.compress_static(tmp_path)
    assert gzip.decompress(packed.read_bytes()) == sheet.read_bytes()
    (tmp_path / "picture.png").write_bytes(b"x" * 5000)
    delivery.compress_static(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.css", "a.css.gz", "picture.png"]
