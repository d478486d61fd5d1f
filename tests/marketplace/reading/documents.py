"""Documents for tests, made as office programs make them; PDFs by hand."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

import docx
import openpyxl
import pptx
from PIL import Image
from pypdf import PdfReader, PdfWriter


def pdf(pages: Sequence[str], picture: bytes | None = None) -> bytes:
    """A PDF whose text is told by codes of glyphs and a ToUnicode map, as Chinese is in most; "" makes a page without
    text. `picture`: a JPEG shown on the first page."""
    letters = sorted({character for page in pages for character in page if character != "\n"})
    codes = {character: number for number, character in enumerate(letters, 1)}
    lines = [f"<{code:04X}> <{character.encode('utf-16-be').hex().upper()}>" for character, code in codes.items()]
    chunks = [lines[at : at + 100] for at in range(0, len(lines), 100)]
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def\n"
        "1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
        + "".join(f"{len(chunk)} beginbfchar\n" + "\n".join(chunk) + "\nendbfchar\n" for chunk in chunks)
        + "endcmap end end"
    )
    objects: list[bytes] = []

    def add(body: bytes) -> int:
        objects.append(body)
        return len(objects)

    def stream(body: bytes, more: str = "") -> int:
        return add(f"<< /Length {len(body)} {more} >>\nstream\n".encode() + body + b"\nendstream")

    unicode_map = stream(cmap.encode())
    below = add(
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Song /DW 1000"
        b" /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>"
    )
    font = add(
        f"<< /Type /Font /Subtype /Type0 /BaseFont /Song /Encoding /Identity-H /DescendantFonts [{below} 0 R]"
        f" /ToUnicode {unicode_map} 0 R >>".encode()
    )
    image = 0
    if picture is not None:
        width, height = Image.open(io.BytesIO(picture)).size
        image = stream(
            picture,
            f"/Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace /DeviceRGB /BitsPerComponent 8"
            " /Filter /DCTDecode",
        )
    kids = []
    tree = len(objects) + 2 * len(pages) + 1
    for number, page in enumerate(pages):
        rows = [
            f"<{''.join(f'{codes[character]:04X}' for character in row)}> Tj 0 -14 Td"
            for row in page.split("\n")
            if row
        ]
        content = stream(("BT /F1 10 Tf 50 780 Td\n" + "\n".join(rows) + "\nET").encode())
        shown = f"/XObject << /Im1 {image} 0 R >>" if image and number == 0 else ""
        kids.append(
            add(
                f"<< /Type /Page /Parent {tree} 0 R /MediaBox [0 0 595 842] /Contents {content} 0 R"
                f" /Resources << /Font << /F1 {font} 0 R >> {shown} >> >>".encode()
            )
        )
    add(f"<< /Type /Pages /Kids [{' '.join(f'{kid} 0 R' for kid in kids)}] /Count {len(kids)} >>".encode())
    root = add(f"<< /Type /Catalog /Pages {tree} 0 R >>".encode())
    out = io.BytesIO(b"%PDF-1.4\n")
    out.seek(0, io.SEEK_END)
    spots = []
    for number, body in enumerate(objects, 1):
        spots.append(out.tell())
        out.write(f"{number} 0 obj\n".encode() + body + b"\nendobj\n")
    table = out.tell()
    out.write(f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode())
    out.write("".join(f"{spot:010} 00000 n \n" for spot in spots).encode())
    out.write(f"trailer << /Size {len(objects) + 1} /Root {root} 0 R >>\nstartxref\n{table}\n%%EOF\n".encode())
    return out.getvalue()


def locked_pdf(text: str) -> bytes:
    """A PDF that opens with a password only."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf([text]))))
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def photograph(side: int = 80) -> bytes:
    """A JPEG."""
    out = io.BytesIO()
    Image.effect_noise((side, side), 60).convert("RGB").save(out, "JPEG", quality=80)
    return out.getvalue()


def word(paragraphs: Sequence[str], table: Sequence[Sequence[str]] = ()) -> bytes:
    """A DOCX; a paragraph that begins with "# " is a heading."""
    document = docx.Document()
    for words in paragraphs:
        if words.startswith("# "):
            document.add_heading(words[2:], 1)
        else:
            document.add_paragraph(words)
    if table:
        made = document.add_table(len(table), len(table[0]))
        for row, cells in zip(made.rows, table, strict=True):
            for cell, said in zip(row.cells, cells, strict=True):
                cell.text = said
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def sheet(rows: Sequence[Sequence[object]], title: str = "Sheet", merged: Sequence[str] = ()) -> bytes:
    """An XLSX of one sheet."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = title
    for row in rows:
        page.append(list(row))
    for area in merged:
        page.merge_cells(area)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def slides(pages: Sequence[tuple[str, str]], picture: bytes | None = None) -> bytes:
    """A PPTX: (title, text) of each slide, the picture on the first."""
    deck = pptx.Presentation()
    for number, (title, body) in enumerate(pages):
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = body
        if picture is not None and number == 0:
            slide.shapes.add_picture(io.BytesIO(picture), 0, 0)
    out = io.BytesIO()
    deck.save(out)
    return out.getvalue()


def with_part(document: bytes, name: str, content: bytes) -> bytes:
    """An office document with one more part."""
    out = io.BytesIO(document)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


def with_large_part(document: bytes, name: str, megabytes: int) -> bytes:
    """An office document with a part that unpacks to this size."""
    out = io.BytesIO(document)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive, archive.open(name, "w", force_zip64=True) as part:
        for _ in range(megabytes):
            part.write(b" " * 1024 * 1024)
    return out.getvalue()
