"""QR codes as pictures inside a page."""

from __future__ import annotations

from typing import Any

import segno
from markupsafe import Markup


def svg(address: str, *, error: str = "m", border: int = 2) -> Markup:
    """The code of an address, drawn as SVG; the page says in words what it is. `error`: how much of it may be damaged,
    as QR names it: "l" draws the smallest; `border`: the quiet margin, in modules."""
    drawn: Any = segno.make(address, error=error, micro=False).svg_inline(border=border, svgclass="qr", omitsize=True)
    return Markup(drawn.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1))  # noqa: S704 - drawn here
