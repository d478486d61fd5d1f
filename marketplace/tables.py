"""Tables to take along: rows as CSV or XLSX, in which nothing that somebody wrote becomes a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from flask import Response, current_app
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from marketplace.errors import NotFound

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMS = ("csv", "xlsx")
WIDEST = 48
# What XML 1.0, and so XLSX, cannot hold.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")

Rows = Iterable[Sequence[Any]]


def as_csv(rows: Rows) -> str:
    """Rows as CSV that spreadsheets open in UTF-8; what they would take for a formula is marked as text."""
    out = io.StringIO()
    out.write("\ufeff")
    csv.writer(out).writerows([guarded(cell) for cell in row] for row in rows)
    return out.getvalue()


def guarded(cell: Any) -> Any:
    """The cell so that no spreadsheet takes it for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def as_xlsx(rows: Rows, title: str) -> bytes:
    """Rows as a workbook: the first is the heading. Texts are cells of text whatever they begin with; days and numbers
    are days and numbers."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = re.sub(r"[\[\]:*?/\\']", " ", title).strip()[:31] or "1"
    widths: dict[int, int] = {}
    for number, row in enumerate(rows, 1):
        for place, value in enumerate(row, 1):
            cell = sheet.cell(number, place)
            if isinstance(value, (int, float, Decimal, date)) and not isinstance(value, bool):
                cell.value = value
            else:
                text = _CONTROL.sub("", "" if value is None else str(value))[:32_000]
                cell.value = text
                cell.data_type = "s"
                cell.quotePrefix = text.startswith(("=", "+", "-", "@"))  # stays text when somebody edits it
            cell.alignment = Alignment(vertical="top", wrap_text=True)
            widths[place] = max(widths.get(place, 0), *(_width(line) for line in str(value).split("\n")))
            if number == 1:
                cell.font = Font(bold=True)
    for place, width in widths.items():
        sheet.column_dimensions[get_column_letter(place)].width = min(width + 2, WIDEST)
    sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _width(text: str) -> int:
    """How many Latin letters wide: a Chinese character takes the place of two."""
    return sum(2 if ord(character) >= 0x2e80 else 1 for character in text)


def send(rows: Rows, *, form: str, name: str, title: str) -> Response:
    """The rows as a file of one of FORMS, to be kept by the reader alone. Raises NotFound for another form."""
    if form == "csv":
        return attachment(as_csv(rows), "text/csv", f"{name}.csv")
    if form == "xlsx":
        return attachment(as_xlsx(rows, title), XLSX, f"{name}.xlsx")
    raise NotFound


def attachment(content: str | bytes, media_type: str, name: str) -> Response:
    """A file to save. `name`: ASCII, of ours."""
    return current_app.response_class(content, mimetype=media_type, headers={
        "Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"})
