"""How pages and static files travel: compressed where the browser takes it, static ones cacheable."""

from __future__ import annotations

import gzip
import os
import tempfile
from pathlib import Path

from flask import Flask, Response, request
from whitenoise import WhiteNoise

from marketplace.settings import ROOT

STATIC = ROOT / "static"
COMPRESSED_KINDS = {".css", ".js", ".svg"}
TEXT_TYPES = {"text/html", "text/plain", "application/json", "text/calendar", "application/atom+xml", "image/svg+xml"}
LEAST = 860  # bytes: what fits one packet gains nothing
LEVEL = 5  # of 9: a page of 60 kB takes about a millisecond
MAX_AGE = 3600  # seconds


def install(app: Flask) -> None:
    """Serve `static/` through WhiteNoise and compress the pages.

    While developing, Flask itself serves the files, so that a change is seen at once.
    """
    app.after_request(compress)
    if app.config["SETTINGS"].environment == "development":
        return
    compress_static()
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(STATIC),
        prefix="static/",
        max_age=MAX_AGE,
        allow_all_origins=False,
        add_headers_function=_headers,
    )


def compress(response: Response) -> Response:
    """Compress a whole text answer for a browser that takes gzip; streams, files and short answers stay as they are.

    No secret of worth can be guessed from the length: the token in a form is signed anew for every page.
    """
    if response.mimetype not in TEXT_TYPES:
        return response
    response.vary.add("Accept-Encoding")
    if (
        not request.accept_encodings["gzip"]
        or response.is_streamed
        or response.direct_passthrough
        or response.status_code in (204, 206, 304)
        or "Content-Encoding" in response.headers
        or (response.content_length or 0) < LEAST
    ):
        return response
    response.set_data(gzip.compress(response.get_data(), LEVEL, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    if tag := response.get_etag()[0]:
        # The same page, but not the same bytes.
        response.set_etag(tag, weak=True)
    return response


def compress_static(folder: Path = STATIC) -> None:
    """Write a `.gz` beside each style sheet, script and drawing that has none or an older one.

    A folder that cannot be written is served as it is.
    """
    for path in folder.rglob("*"):
        packed = path.with_name(path.name + ".gz")
        if path.suffix not in COMPRESSED_KINDS or path.stat().st_size < LEAST:
            continue
        if packed.exists() and packed.stat().st_mtime >= path.stat().st_mtime:
            continue
        try:
            # Several workers start at once: each writes its own file and renames it.
            descriptor, name = tempfile.mkstemp(dir=path.parent, suffix=".gz.new")
        except OSError:
            return
        with os.fdopen(descriptor, "wb") as file:
            file.write(gzip.compress(path.read_bytes(), 9, mtime=0))
        os.chmod(name, 0o644)
        os.replace(name, packed)


def _headers(headers: dict[str, str], _path: str, _url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
