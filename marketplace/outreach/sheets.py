"""Spreadsheets: read one with its merged cells, write an empty one, write one with its mistakes marked."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, field
from datetime import date, datetime
from io import BytesIO
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

from marketplace.errors import ErrorCode, Invalid
from marketplace.outreach import columns
from marketplace.tables import guarded

MOST_ROWS = 5000
MOST_COLUMNS = 60
MOST_BYTES = 10 * 1024 * 1024
_UNPACKED_MOST = 80 * 1024 * 1024
_CELL_MOST = 2000
_HEADER_WITHIN = 10
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass
class Sheet:
    """The first sheet of a file that holds something. Shapes as in `ImportedList`."""

    headers: list[str]
    header_line: int
    rows: list[dict[str, Any]]
    merged: list[dict[str, Any]] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


def read(content: bytes, kind: str) -> Sheet:
    """The first sheet with a value. Formulas are read as the values that were saved with them.

    Raises:
        Invalid: at "file": file_too_large, not_a_spreadsheet, empty_sheet, too_many_rows.
    """
    if len(content) > MOST_BYTES:
        raise Invalid({"file": ErrorCode("file_too_large", {"name": "", "most": MOST_BYTES // (1024 * 1024)})})
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            if sum(item.file_size for item in archive.infolist()) > _UNPACKED_MOST:
                raise Invalid({"file": ErrorCode("too_many_rows", {"most": MOST_ROWS})})
            if any(b"<!DOCTYPE" in archive.open(name).read(2000) for name in archive.namelist()
                   if name.endswith((".xml", ".rels"))):
                raise Invalid({"file": ErrorCode("not_a_spreadsheet")})
        book = load_workbook(BytesIO(content), data_only=True)
    except Invalid:
        raise
    except Exception as error:  # openpyxl raises whatever a broken part makes it meet
        raise Invalid({"file": ErrorCode("not_a_spreadsheet")}) from error
    sheet = next((one for one in book.worksheets if any(True for _row in _rows(one, 1, 50))), None)
    if sheet is None:
        raise Invalid({"file": ErrorCode("empty_sheet")})
    lines = list(_rows(sheet, 1, min(sheet.max_row, MOST_ROWS * 2)))
    if len(lines) - 1 > MOST_ROWS:
        raise Invalid({"file": ErrorCode("too_many_rows", {"most": MOST_ROWS})})
    header = max(lines[:_HEADER_WITHIN], key=lambda one: (len(columns.guess(one[1], kind)), -one[0]))
    rows = [{"line": number, "cells": cells} for number, cells in lines if number > header[0]]
    if not rows:
        raise Invalid({"file": ErrorCode("empty_sheet")})
    return Sheet(headers=header[1], header_line=header[0], rows=rows, merged=_merged(sheet, header[0], rows),
                 unread=_unread(content, sheet.title, header[0]))


def _rows(sheet: Any, first: int, last: int) -> Any:
    for number, row in enumerate(
        sheet.iter_rows(min_row=first, max_row=last, max_col=min(sheet.max_column, MOST_COLUMNS), values_only=True),
        start=first,
    ):
        cells = [_text(value) for value in row]
        if any(cells):
            yield number, cells


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return " ".join(str(value).replace("\x00", "").split())[:_CELL_MOST]


def _merged(sheet: Any, header: int, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Merged cells below the header: their address, the lines and columns (from 0) they cover, and what stands there.

    A line that holds nothing but what is merged into it is a row, too.
    """
    known = {row["line"] for row in rows}
    found = []
    for span in sorted(sheet.merged_cells.ranges, key=lambda one: (one.min_row, one.min_col)):
        if span.max_row <= header or span.min_col > MOST_COLUMNS:
            continue
        lines = [number for number in range(max(span.min_row, header + 1), min(span.max_row, header + MOST_ROWS) + 1)
                 if number in known]
        text = _text(sheet.cell(span.min_row, span.min_col).value)
        if text and lines:
            found.append({"range": span.coord, "lines": lines, "first_line": span.min_row, "text": text,
                          "columns": list(range(span.min_col - 1, min(span.max_col, MOST_COLUMNS)))})
    return found


def _unread(content: bytes, title: str, header: int) -> list[str]:
    """Addresses of formulas that were saved without a value: nobody knows what they say."""
    try:
        formulas = load_workbook(BytesIO(content), read_only=True)[title]
        cells = {(cell.row, cell.column): cell.coordinate for row in formulas.iter_rows(
                     min_row=header + 1, max_row=header + MOST_ROWS, max_col=MOST_COLUMNS) for cell in row
                 if getattr(cell, "data_type", "") == "f"}
        if not cells:
            return []
        values = load_workbook(BytesIO(content), read_only=True, data_only=True)[title]
        said = {(cell.row, cell.column) for row in values.iter_rows(
                    min_row=header + 1, max_row=header + MOST_ROWS, max_col=MOST_COLUMNS) for cell in row
                if cell.value is not None}
    except Exception as error:
        raise Invalid({"file": ErrorCode("not_a_spreadsheet")}) from error
    return [address for place, address in sorted(cells.items()) if place not in said]


def written(headers: list[str], rows: list[list[Any]], *, marked: dict[int, str] | None = None) -> bytes:
    """A file of these rows, all as text. `marked`: number of a row (from 0) to what is wrong with it: such rows are
    coloured and say so in a last column."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([guarded(one) for one in headers])
    fill = PatternFill("solid", start_color="FBECEB")
    for number, row in enumerate(rows):
        note = (marked or {}).get(number, "")
        sheet.append([guarded(one) for one in row] + ([guarded(note)] if marked is not None else []))
        if note:
            for cell in sheet[sheet.max_row]:
                cell.fill = fill
    for place, cell in enumerate(sheet[1], start=1):
        cell.font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(place)].width = 22
    sheet.freeze_panes = "A2"
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def template(kind: str) -> bytes:
    """An empty list of a kind, headed in three languages."""
    return written([column.head for column in columns.OF_KIND[kind]], [])
