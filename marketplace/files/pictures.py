"""Pictures: checked, turned upright, stripped of what the camera noted, and written anew in three sizes."""

from __future__ import annotations

import io
import threading
import warnings
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from marketplace.files.sniffing import Refused, suffix_of

SIZES = {"large": 1600, "medium": 640, "small": 160}  # the longer side in pixels
MAX_PIXELS = 40_000_000
MIN_SIDE = 16
# A few kilobytes may unpack to 40 million pixels: the threads of a process take turns in unpacking.
_ONE_AT_A_TIME = threading.Lock()
_SUFFIXES = {
    "JPEG": {".jpg", ".jpeg", ".jfif"}, "PNG": {".png"}, "WEBP": {".webp"}, "GIF": {".gif"},
}  # fmt: skip


@dataclass(frozen=True)
class Rendition:
    """A picture in one size. `content`: the bytes; `width`, `height`: pixels."""

    name: str
    content: bytes
    media_type: str
    width: int
    height: int


def renditions(path: Path, name: str) -> list[Rendition]:
    """The picture at `path` in each of `SIZES`, never enlarged: WebP where it is transparent, else JPEG.

    Raises:
        Refused: "empty_file", "picture_type", "disguised" (the bytes are not what the name says), "picture_large"
            (more pixels than `MAX_PIXELS`, found out before they are unpacked), "picture_small", "picture_broken".
    """
    if path.stat().st_size == 0:
        raise Refused("empty_file", {"name": name})
    known = suffix_of(name)
    if known not in set().union(*_SUFFIXES.values()):
        raise Refused("picture_type", {"name": name})
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with _ONE_AT_A_TIME, Image.open(path, formats=list(_SUFFIXES)) as image:
                return _render(image, name, known)
    except UnidentifiedImageError:
        raise Refused("disguised", {"name": name}) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused("picture_large", {"name": name, "most": str(MAX_PIXELS // 1_000_000)}) from None
    except (OSError, SyntaxError, ValueError, EOFError):
        raise Refused("picture_broken", {"name": name}) from None


def _render(image: Image.Image, name: str, suffix: str) -> list[Rendition]:
    if suffix not in _SUFFIXES.get(image.format or "", ()):
        raise Refused("disguised", {"name": name})
    if image.width * image.height > MAX_PIXELS:
        raise Refused("picture_large", {"name": name, "most": str(MAX_PIXELS // 1_000_000)})
    if min(image.size) < MIN_SIDE:
        raise Refused("picture_small", {"name": name, "least": str(MIN_SIDE)})
    if image.format == "JPEG":
        image.draft("RGB", (SIZES["large"], SIZES["large"]))  # decode no more of it than is kept
    image.load()
    ImageOps.exif_transpose(image, in_place=True)
    transparent = "A" in image.getbands() or "transparency" in image.info
    # From the largest to the smallest, each out of the one before: three copies of a picture of 40 million pixels
    # took 800 MB.
    copy = image.convert("RGBA" if transparent else "RGB")
    image.close()
    made = []
    for size, side in SIZES.items():
        copy.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=3.0)
        made.append(_encode(copy, size, transparent))
    return made


def _encode(image: Image.Image, size: str, transparent: bool) -> Rendition:
    # A picture built from the pixels alone: no EXIF, no comments, no colour profile, no second frame.
    clean = Image.frombytes(image.mode, image.size, image.tobytes())
    out = io.BytesIO()
    if transparent:
        clean.save(out, "WEBP", quality=82, method=4)
    else:
        clean.save(out, "JPEG", quality=82, optimize=True, progressive=True)
    return Rendition(size, out.getvalue(), "image/webp" if transparent else "image/jpeg", *clean.size)
