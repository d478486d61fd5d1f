"""Bars as a picture, for documents that cannot draw their own."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw

from marketplace.matchmaking.fonts import Face

WIDTH, ROW, MARGIN, NAMES, NUMBER = 1600, 84, 20, 520, 150
INK, FILL, BESIDE, TRACK = "#1b1f24", "#1d4f73", "#b0782c", "#e9edf0"


def bars(rows: list[tuple[str, int, int | None]], lang: str) -> bytes:
    """A PNG of one bar a row: (name, number, number of the edition beside it or None). Raises NoFont."""
    face = Face(lang)
    most = max([1, *(value for _name, number, other in rows for value in (number, other or 0))])
    image = Image.new("RGB", (WIDTH, MARGIN * 2 + ROW * len(rows)), "#ffffff")
    pen, left, right = ImageDraw.Draw(image), NAMES, WIDTH - NUMBER
    for place, (name, number, other) in enumerate(rows):
        top = MARGIN + place * ROW
        line = (face.lines(name, 38, NAMES - 40, 1) or [""])[0]
        pen.text((MARGIN, top + 14), line, font=face.size(38), fill=INK)
        high = top + 12, top + (44 if other is not None else 60)
        pen.rectangle((left, high[0], right, high[1]), fill=TRACK)
        pen.rectangle((left, high[0], left + max(2, (right - left) * number // most), high[1]), fill=FILL)
        if other is not None:
            pen.rectangle((left, top + 50, left + max(2, (right - left) * other // most), top + 64), fill=BESIDE)
        pen.text((right + 18, top + 14), f"{number:,}", font=face.size(38), fill=INK)
    out = io.BytesIO()
    image.quantize(16).save(out, "PNG", optimize=True)
    return out.getvalue()
