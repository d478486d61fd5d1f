"""Read the words out of a document in a process of its own, with memory and time limits: whoever made the file is not
to be trusted with the web server.

    python -m marketplace.messages.extract MEDIA-TYPE < file      prints {"parts": [...], "more": bool}
"""

from __future__ import annotations

import csv
import io
import json
import os
import resource
import subprocess
import sys
from typing import Any

from marketplace.messages import turns

PDF = "application/pdf"
OFFICE = "application/vnd.openxmlformats-officedocument."
DOCX = OFFICE + "wordprocessingml.document"
XLSX = OFFICE + "spreadsheetml.sheet"
PPTX = OFFICE + "presentationml.presentation"
READABLE = (PDF, DOCX, XLSX, PPTX)
MOST_PAGES, MOST_ROWS, MOST_COLUMNS, MOST_LETTERS = 30, 200, 30, 60_000
MEMORY, SECONDS = 768 * 1024 * 1024, 15

Part = dict[str, Any]


def parts_of(content: bytes, media_type: str) -> tuple[list[Part], bool]:
    """(parts, whether there is more): each {"number", "text"} or {"title", "rows"}. Nothing where it cannot be read.

    Raises turns.Busy while as many documents are read as may be at once.
    """
    if media_type.startswith("text/csv"):
        return _table(content)
    if media_type == "text/plain":
        text = content.decode("utf-8", "replace")
        return [{"number": 0, "text": text[:MOST_LETTERS]}], len(text) > MOST_LETTERS
    if media_type not in READABLE:
        return [], False
    # Nor with the site's passwords and keys, which the settings hold.
    environment = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "LANG", "HOME", "TMPDIR")
                   if name in os.environ}
    try:
        with turns.turn():
            done = subprocess.run(  # noqa: S603 - this very module
                [sys.executable, "-m", "marketplace.messages.extract", media_type], input=content,
                capture_output=True, timeout=SECONDS + 5, check=True, env=environment)
        found = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError):
        return [], False
    return found["parts"], found["more"]


def _table(content: bytes) -> tuple[list[Part], bool]:
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig", "replace"))))
    shown = [row[:MOST_COLUMNS] for row in rows[:MOST_ROWS]]
    return [{"title": "", "rows": shown}] if shown else [], len(rows) > MOST_ROWS


def _pdf(content: bytes) -> tuple[list[Part], bool]:
    from pypdf import PdfReader

    pages = PdfReader(io.BytesIO(content)).pages
    parts = [{"number": number, "text": page.extract_text().strip()}
             for number, page in enumerate(pages[:MOST_PAGES], 1)]
    return parts, len(pages) > MOST_PAGES


def _docx(content: bytes) -> tuple[list[Part], bool]:
    from docx import Document

    document = Document(io.BytesIO(content))
    text = "\n".join(one.text for one in document.paragraphs).strip()
    parts: list[Part] = [{"number": 0, "text": text}] if text else []
    for table in document.tables[:10]:
        parts.append({"title": "", "rows": [[cell.text for cell in row.cells][:MOST_COLUMNS]
                                            for row in table.rows[:MOST_ROWS]]})
    return parts, False


def _xlsx(content: bytes) -> tuple[list[Part], bool]:
    from openpyxl import load_workbook

    book, parts, more = load_workbook(io.BytesIO(content), read_only=True, data_only=True), [], False
    for sheet in book.worksheets[:10]:
        rows: list[list[str]] = []
        for row in sheet.iter_rows(values_only=True):
            if len(rows) == MOST_ROWS:
                more = True
                break
            rows.append(["" if cell is None else str(cell) for cell in row[:MOST_COLUMNS]])
        if rows:
            parts.append({"title": sheet.title, "rows": rows})
    return parts, more


def _pptx(content: bytes) -> tuple[list[Part], bool]:
    from pptx import Presentation

    slides = list(Presentation(io.BytesIO(content)).slides)
    parts = [
        {"number": number, "text": "\n".join(
            shape.text_frame.text for shape in slide.shapes if shape.has_text_frame).strip()}
        for number, slide in enumerate(slides[:MOST_PAGES], 1)
    ]
    return parts, len(slides) > MOST_PAGES


READERS = {PDF: _pdf, DOCX: _docx, XLSX: _xlsx, PPTX: _pptx}


def main() -> None:
    """Bound what this process may use, read, and print."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    parts, more = READERS[sys.argv[1]](sys.stdin.buffer.read())
    letters = 0
    for part in parts:
        if "text" in part:
            part["text"] = part["text"][: max(0, MOST_LETTERS - letters)]
            letters += len(part["text"])
    json.dump({"parts": parts, "more": more or letters >= MOST_LETTERS}, sys.stdout)


if __name__ == "__main__":
    main()
