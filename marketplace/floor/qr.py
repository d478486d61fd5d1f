"""QR codes as pictures inside a page."""

from __future__ import annotations

import segno
from flask import current_app
from markupsafe import Markup


def qr(path: str) -> Markup:
    """The code of an address of this site, drawn as SVG; the page says in words what it is."""
    address = current_app.config["SETTINGS"].public_url + path
    drawn = segno.make(address, error="m", micro=False).svg_inline(scale=4, border=3, svgclass="qr", omitsize=True)
    return Markup(drawn)  # noqa: S704 - paths of a drawing made here; the address is in no attribute
