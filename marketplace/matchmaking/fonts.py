"""A font that draws Chinese, found on this machine: pictures are drawn by the server, which has no browser's fonts."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from flask import current_app
from PIL import ImageFont

from marketplace.errors import DomainError

PATHS = Path(__file__).with_name("font_paths.txt")
# Characters of both scripts: a font that lacks one of them would print boxes.
SAMPLE = "颐養银髮展覽"
# A collection draws the same character as mainland or Hong Kong readers write it, by its face.
FACES = {"zh-Hans": ("SC", "CN"), "zh-Hant": ("HK", "TC", "TW"), "en": ("HK", "SC")}
MISSING = "〓"  # what stands for a character that the font lacks, as printers set it


class NoFont(DomainError):
    """No font here draws Chinese."""


def candidates() -> list[Path]:
    """Where to look, in order: FONT_FILE, then the usual places."""
    given = str(current_app.config["SETTINGS"].font_file)
    lines = PATHS.read_text().splitlines()
    return [Path(given)] * bool(given) + [Path(line) for line in lines if line and not line.startswith("#")]


def find() -> Path:
    """The file of the font. Raises NoFont."""
    for path in candidates():
        if path.is_file() and _draws_chinese(path, path.stat().st_mtime_ns):
            return path
    raise NoFont


@lru_cache(maxsize=32)
def _draws_chinese(path: Path, _changed: int) -> bool:
    try:
        font = ImageFont.truetype(path, 24)
    except OSError:
        return False
    return all(has_glyph(font, character) for character in SAMPLE)


def has_glyph(font: ImageFont.FreeTypeFont, character: str) -> bool:
    """Whether the font draws the character itself, and not its box for what it lacks."""
    if character.isspace():
        return True
    return _drawn(font, character) != _drawn(font, "\U0010fffe")


def _drawn(font: ImageFont.FreeTypeFont, character: str) -> tuple[tuple[int, int], bytes]:
    mask = font.getmask(character)
    return mask.size, bytes(mask)


class Face:
    """A font in the sizes that a drawing asks for, as readers of `lang` write Chinese. Raises NoFont."""

    def __init__(self, lang: str) -> None:
        self.path = find()
        self.index = _face(self.path, lang)
        self._sizes: dict[int, ImageFont.FreeTypeFont] = {}
        self._known: dict[str, bool] = {}
        self._broken: dict[tuple[str, int, int, int], list[str]] = {}

    def size(self, pixels: int) -> ImageFont.FreeTypeFont:
        """The font in a size."""
        if pixels not in self._sizes:
            self._sizes[pixels] = ImageFont.truetype(self.path, pixels, index=self.index)
        return self._sizes[pixels]

    def drawable(self, text: str) -> str:
        """The text in one line, with a mark for each character that the font lacks."""
        font = self.size(24)
        out = []
        for character in " ".join(text.split()):
            if character not in self._known:
                self._known[character] = has_glyph(font, character)
            out.append(character if self._known[character] else MISSING)
        return "".join(out)

    def lines(self, text: str, pixels: int, width: int, most: int = 3) -> list[str]:
        """The text broken to a width, between words or Chinese characters; what is beyond `most` lines is cut with
        an ellipsis."""
        key = text, pixels, width, most
        if key not in self._broken:
            self._broken[key] = self._break(text, pixels, width, most)
        return self._broken[key]

    def _break(self, text: str, pixels: int, width: int, most: int) -> list[str]:
        font = self.size(pixels)
        lines, line = [], ""
        for piece in _pieces(self.drawable(text)):
            if line and font.getlength(line + piece.rstrip()) > width:
                lines.append(line.rstrip())
                line = piece.lstrip()
            else:
                line += piece
            while font.getlength(line.rstrip()) > width and len(line) > 1:   # one long word
                cut = next(n for n in range(len(line) - 1, 0, -1) if n == 1 or font.getlength(line[:n]) <= width)
                lines.append(line[:cut])
                line = line[cut:]
        lines += [line.rstrip()] * bool(line.strip())
        if len(lines) > most:
            last = lines[most - 1]
            while last and font.getlength(last + "…") > width:
                last = last[:-1]
            lines = [*lines[:most - 1], last + "…"]
        return lines


@lru_cache(maxsize=32)
def _face(path: Path, lang: str) -> int:
    names = []
    for index in range(16):
        try:
            names.append(str(ImageFont.truetype(path, 12, index=index).getname()[0]))
        except OSError:
            break
    for wanted in FACES.get(lang, ()):
        for index, name in enumerate(names):
            if wanted in name.split() and "Mono" not in name:
                return index
    return 0


def _pieces(text: str) -> list[str]:
    """Where a line may break: after each space, and around each character above Latin and Greek."""
    pieces, word = [], ""
    for character in text:
        if ord(character) >= 0x2e80:
            pieces += [word] * bool(word)
            word = ""
            if pieces and character in "，。、；：）》」』！？":   # never first in a line
                pieces[-1] += character
            else:
                pieces.append(character)
        else:
            word += character
            if character == " ":
                pieces.append(word)
                word = ""
    return pieces + [word] * bool(word)
