"""A timetable as one picture: as wide as a phone's screen, to save, look at without network, and forward."""

from __future__ import annotations

import io
from dataclasses import dataclass, field

import segno
from PIL import Image, ImageDraw

from marketplace.matchmaking.fonts import Face

WIDTH, MARGIN = 1080, 64
TIME = 300  # pixels for the column of times
INK, QUIET, ACCENT, LINE, PAPER, NEXT = "#1b1f24", "#545d66", "#1d4f73", "#c9d1d8", "#ffffff", "#eef4f8"
CODE = 300


@dataclass(frozen=True)
class Line:
    """One meeting: "09:00", "09:20", with whom, where, and what else is to say."""

    starts: str
    ends: str
    other: str
    place: str
    remark: str = ""


@dataclass(frozen=True)
class Sheet:
    """What the picture says, in the reader's language. `address`: of the page that the code opens."""

    title: str
    day: str
    name: str
    address: str
    scan: str
    made: str
    nothing: str
    notes: list[str] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)


def draw(sheet: Sheet, lang: str) -> bytes:
    """The picture as PNG, 1080 pixels wide and as high as it needs. Raises NoFont."""
    face = Face(lang)
    height = _Page(face, None).lay(sheet)   # the face keeps how it broke the lines
    image = Image.new("RGB", (WIDTH, height), PAPER)
    _Page(face, ImageDraw.Draw(image)).lay(sheet, image)
    out = io.BytesIO()
    # The median cut that is the default takes several times as long for the same few colours.
    image.quantize(32, method=Image.Quantize.FASTOCTREE).save(out, "PNG")
    return out.getvalue()


class _Page:
    """Lays the sheet out from top to bottom; without a pen it only measures."""

    def __init__(self, face: Face, pen: ImageDraw.ImageDraw | None) -> None:
        self.face, self.pen, self.y = face, pen, MARGIN

    def text(self, words: str, pixels: int, fill: str, left: int = MARGIN, most: int = 3, right: int = MARGIN) -> None:
        for line in self.face.lines(words, pixels, WIDTH - right - left, most):
            if self.pen is not None:
                self.pen.text((left, self.y), line, font=self.face.size(pixels), fill=fill)
            self.y += round(pixels * 1.4)

    def rule(self, colour: str = LINE, thickness: int = 2) -> None:
        if self.pen is not None:
            self.pen.rectangle((MARGIN, self.y, WIDTH - MARGIN, self.y + thickness - 1), fill=colour)
        self.y += thickness

    def lay(self, sheet: Sheet, image: Image.Image | None = None) -> int:
        self.text(sheet.name, 56, INK)
        self.y += 8
        self.text(sheet.title, 42, ACCENT)
        self.text(sheet.day, 42, INK)
        for note in sheet.notes:
            self.text(note, 34, QUIET, most=4)
        self.y += 24
        self.rule(ACCENT, 6)
        if not sheet.lines:
            self.y += 40
            self.text(sheet.nothing, 42, QUIET)
            self.y += 40
            self.rule()
        for line in sheet.lines:
            self.y += 26
            top = self.y
            self.text(line.starts, 56, INK, right=WIDTH - TIME)
            self.text(f"–{line.ends}", 36, QUIET, right=WIDTH - TIME)
            below, self.y = self.y, top + 6
            self.text(line.other, 44, INK, left=TIME)
            if line.place:
                self.text(line.place, 42, ACCENT, left=TIME)
            if line.remark:
                self.text(line.remark, 34, QUIET, left=TIME)
            self.y = max(self.y, below) + 22
            self.rule()
        self.y += 44
        top = self.y
        if image is not None:
            _paste_code(image, sheet.address, (WIDTH - MARGIN - CODE, top))
        self.text(sheet.scan, 38, INK, right=MARGIN + CODE + 40, most=5)
        self.text(sheet.made, 32, QUIET, right=MARGIN + CODE + 40)
        self.y = max(self.y, top + CODE) + MARGIN
        return self.y


def _paste_code(image: Image.Image, address: str, corner: tuple[int, int]) -> None:
    """The code in whole pixels a module, so that a camera reads it from a phone."""
    out = io.BytesIO()
    code = segno.make(address, error="m", micro=False)
    code.save(out, kind="png", scale=max(1, CODE // code.symbol_size(border=0)[0]), border=0)
    image.paste(Image.open(io.BytesIO(out.getvalue())).convert("RGB"), corner)
