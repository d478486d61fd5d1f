"""Text, tables and pictures of DOCX, XLSX and PPTX."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from marketplace.reading.extraction import MOST_CHARACTERS, MOST_ROWS, Line, keep_picture


def read_docx(path: Path, pictures: Path | None) -> Iterator[Line]:
    """Paragraphs and tables in their order, then the pictures."""
    import docx
    from docx.table import Table
    from docx.text.paragraph import Paragraph

    document = docx.Document(str(path))
    yield {"total": 1}
    characters, paragraph, table = 0, 0, 0
    waiting: list[str] = []
    first = 1
    for block in document.iter_inner_content():
        if characters > MOST_CHARACTERS:
            yield {"note": "cut", "params": {"read": characters, "of": characters}}
            break
        if isinstance(block, Paragraph):
            paragraph += 1
            heading = (block.style.name or "").startswith(("Heading", "Title")) if block.style is not None else False
            if heading and waiting:
                yield {"text": "\n".join(waiting), "where": {"paragraph": first}}
                waiting, first = [], paragraph
            if block.text.strip():
                waiting.append(block.text)
                characters += len(block.text)
        elif isinstance(block, Table):
            if waiting:
                yield {"text": "\n".join(waiting), "where": {"paragraph": first}}
            waiting, first = [], paragraph + 1
            table += 1
            yield {"table": [_unmerged(row) for row in block.rows][:MOST_ROWS], "where": {"table": table, "row": 1}}
    if waiting:
        yield {"text": "\n".join(waiting), "where": {"paragraph": first}}
    yield from _media(path, pictures, "word/media/")


def _unmerged(row: Any) -> list[str]:
    """The cells of a row; a merged one is said once, and empty where it goes on."""
    seen: set[int] = set()
    cells = []
    for cell in row.cells:
        cells.append("" if id(cell._tc) in seen else cell.text.strip())
        seen.add(id(cell._tc))
    return cells


def read_xlsx(path: Path, pictures: Path | None) -> Iterator[Line]:
    """Each sheet as a table; what a merged cell says holds for all the rows that it spans."""
    import openpyxl

    small = path.stat().st_size < 1_500_000
    with path.open("rb") as stream:  # the library goes by the name's ending, which kept files have not
        book = openpyxl.load_workbook(stream, read_only=not small, data_only=True)
        sheets = [sheet for sheet in book.worksheets if getattr(sheet, "sheet_state", "visible") == "visible"]
        yield {"total": len(sheets)}
        for sheet in sheets:
            yield from _sheet(sheet, _merged(sheet) if small else {})
    yield from _media(path, pictures, "xl/media/")


def _sheet(sheet: Any, merged: dict[tuple[int, int], Any]) -> Iterator[Line]:
    rows: list[list[str]] = []
    for number, cells in enumerate(sheet.iter_rows(max_col=40), 1):
        if number > MOST_ROWS:
            yield {"note": "rows", "params": {"sheet": sheet.title, "read": MOST_ROWS}}
            break
        row = [_cell(merged.get((number, column), cell.value)) for column, cell in enumerate(cells, 1)]
        while row and not row[-1]:
            row.pop()
        rows.append(row)
    if any(rows):
        yield {"table": rows, "where": {"sheet": sheet.title, "row": 1}}


def _merged(sheet: Any) -> dict[tuple[int, int], Any]:
    """Down a column, a merged value stands for each row; across, only for its first column."""
    values: dict[tuple[int, int], Any] = {}
    for area in list(sheet.merged_cells.ranges)[:2000]:
        value = sheet.cell(area.min_row, area.min_col).value
        for row in range(area.min_row, min(area.max_row, MOST_ROWS) + 1):
            values[(row, area.min_col)] = value
    return values


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    if hasattr(value, "date") and hasattr(value, "hour"):
        return value.date().isoformat()
    return str(value).strip()[:2000]


def read_pptx(path: Path, pictures: Path | None) -> Iterator[Line]:
    """Each slide: its title first, then its other texts, tables and pictures."""
    import pptx

    deck = pptx.Presentation(str(path))
    yield {"total": len(deck.slides)}
    kept = 0
    for number, slide in enumerate(deck.slides, 1):
        title = slide.shapes.title
        words = [title.text_frame.text] if title is not None else []
        for shape in slide.shapes:
            if shape.has_text_frame and (title is None or shape.shape_id != title.shape_id):
                words.append(shape.text_frame.text)
            if getattr(shape, "has_table", False) and shape.has_table:
                rows = [[cell.text.strip() for cell in row.cells] for row in shape.table.rows]
                yield {"table": rows, "where": {"slide": number, "row": 1}}
            if hasattr(shape, "image"):
                line = keep_picture(pictures, kept, shape.image.blob, {"slide": number})
                if line is not None:
                    kept += 1
                    yield line
        text = "\n".join(word.strip() for word in words if word.strip())
        if text:
            yield {"text": text, "where": {"slide": number}}


def _media(path: Path, pictures: Path | None, below: str) -> Iterator[Line]:
    if pictures is None:
        return
    kept = 0
    with zipfile.ZipFile(path) as archive:
        for item in archive.infolist():
            if item.filename.startswith(below) and item.file_size < 8 * 1024 * 1024:
                line = keep_picture(pictures, kept, archive.read(item), {})
                if line is not None:
                    kept += 1
                    yield line
