"""A document to passages of text, rows of tables and pictures, page by page, in a child with limits.

Each line is a dictionary of one of these shapes, `where` telling where in the document it stands:

    {"text": str, "where": {"page": 3}}
    {"table": [[str]], "where": {"sheet": "价格", "row": 4}}        `row`: the number of its first row
    {"picture": path, "where": {...}}                               a file in the folder that the request names
    {"note": code, "params": {...}}                                 what could not be read; worded by `wording`
    {"total": int}                                                  how many pages, sheets or slides there are

"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Line = dict[str, Any]

MOST_PAGES = 300
MOST_CHARACTERS = 1_000_000
MOST_ROWS = 2000
MOST_PICTURES = 30
PICTURE_BYTES = 8 * 1024 * 1024
PART_BYTES = 60 * 1024 * 1024  # of one part of an archive, unpacked
ARCHIVE_BYTES = 150 * 1024 * 1024


def extract(request: dict[str, Any]) -> Iterator[Line]:
    """The lines of the document at `path`, whose name ends in `suffix`; pictures go into `folder`."""
    path, suffix = Path(request["path"]), request["suffix"]
    pictures = Path(request["folder"]) if request.get("folder") else None
    try:
        if suffix == ".pdf":
            from marketplace.reading.pdf import read_pdf

            yield from read_pdf(path, pictures)
        elif suffix == ".txt":
            yield from read_text(path)
        elif not archive_is_sane(path):
            yield {"note": "bomb", "params": {}}
        else:
            from marketplace.reading import office

            yield from {".docx": office.read_docx, ".xlsx": office.read_xlsx, ".pptx": office.read_pptx}[suffix](
                path, pictures
            )
    except MemoryError:
        yield {"note": "memory", "params": {}}
    except Exception:  # libraries raise whatever a damaged file makes them stumble over
        yield {"note": "corrupt", "params": {}}


def archive_is_sane(path: Path) -> bool:
    """Whether an office document unpacks to an ordinary size, as far as its directory says."""
    with zipfile.ZipFile(path) as archive:
        sizes = [
            item.file_size
            for item in archive.infolist()
            if not item.filename.lower().endswith((".png", ".jpg", ".jpeg", ".gif", ".emf", ".wmf", ".mp4", ".tiff"))
        ]
    return len(sizes) < 5000 and sum(sizes) < ARCHIVE_BYTES and max(sizes, default=0) < PART_BYTES


def read_text(path: Path) -> Iterator[Line]:
    """A text file, in passages of some pages each."""
    text = path.read_text("utf-8", errors="replace")
    yield {"total": 1}
    if len(text) > MOST_CHARACTERS:
        yield {"note": "cut", "params": {"read": MOST_CHARACTERS, "of": len(text)}}
    yield {"text": text[:MOST_CHARACTERS], "where": {}}


def keep_picture(folder: Path | None, number: int, content: bytes, where: dict[str, Any]) -> Line | None:
    """Keep the bytes of a picture that the files room will look at; None for one that is none of its kinds."""
    suffix = next((end for start, end in _SIGNATURES if content.startswith(start)), None)
    if folder is None or suffix is None or number >= MOST_PICTURES or not 800 < len(content) < PICTURE_BYTES:
        return None
    target = folder / f"{number:03}{suffix}"
    target.write_bytes(content)
    return {"picture": str(target), "where": where}


_SIGNATURES = ((b"\xff\xd8\xff", ".jpg"), (b"\x89PNG", ".png"), (b"GIF8", ".gif"))
