"""Text and pictures of a PDF, page by page."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pypdf import PdfReader
from pypdf.errors import DependencyError, PdfReadError

from marketplace.reading.extraction import MOST_CHARACTERS, MOST_PAGES, PICTURE_BYTES, Line, keep_picture

_SECONDS = 4.5  # after which no page is begun: what is read by then is answered in order


def read_pdf(path: Path, pictures: Path | None) -> Iterator[Line]:
    """The lines of a PDF, see `extraction`."""
    logging.disable(logging.CRITICAL)
    began = time.monotonic()
    with path.open("rb") as stream:
        try:
            reader = PdfReader(stream, strict=False)
            if reader.is_encrypted and not _opened(reader):
                yield {"note": "encrypted", "params": {}}
                return
            total = len(reader.pages)
        except DependencyError:
            yield {"note": "encrypted", "params": {}}
            return
        except PdfReadError:
            yield {"note": "corrupt", "params": {}}
            return
        yield {"total": total}
        read = kept = characters = empty = 0
        for number in range(total):
            if number >= MOST_PAGES or characters > MOST_CHARACTERS or time.monotonic() - began > _SECONDS:
                yield {"note": "pages", "params": {"read": read, "of": total}}
                break
            try:
                page = reader.pages[number]
                text = page.extract_text() or ""
            except MemoryError:
                raise
            except Exception:  # one damaged page does not spoil the others
                yield {"note": "page", "params": {"page": number + 1}}
                read += 1
                continue
            read += 1
            characters += len(text)
            empty += not text.strip()
            if text.strip():
                yield {"text": text, "where": {"page": number + 1}}
            if pictures is not None:
                for line in _pictures(page, pictures, kept, number + 1):
                    kept += 1
                    yield line
        if read and empty == read:
            yield {"note": "scan", "params": {}}
        elif empty:
            yield {"note": "some_scans", "params": {"count": empty, "of": read}}


def _opened(reader: PdfReader) -> bool:
    """Many documents are encrypted with an empty password only to forbid printing."""
    try:
        return bool(reader.decrypt(""))
    except (NotImplementedError, PdfReadError):
        return False


def _pictures(page: Any, folder: Path, kept: int, number: int) -> Iterator[Line]:
    """The photographs of a page, as they are stored in it."""
    try:
        objects = page["/Resources"]["/XObject"].get_object()
    except (KeyError, AttributeError, TypeError):
        return
    for name in list(objects)[:10]:
        try:
            one = objects[name].get_object()
            if one.get("/Subtype") != "/Image" or one.get("/Filter") not in ("/DCTDecode", ["/DCTDecode"]):
                continue
            content = one._data if len(one._data) < PICTURE_BYTES else b""
        except (KeyError, AttributeError, TypeError, PdfReadError):
            continue
        line = keep_picture(folder, kept, content, {"page": number})
        if line is not None:
            kept += 1
            yield line
