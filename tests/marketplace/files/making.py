"""Small files of every kind that the tests upload, made on the spot."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from PIL import Image


def picture(size: tuple[int, int] = (800, 600), format: str = "JPEG", mode: str = "RGB", **options: object) -> bytes:
    """A picture with a gradient, so that it is not one colour."""
    image = Image.linear_gradient("L").resize(size).convert(mode)
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def picture_with_place() -> bytes:
    """A JPEG that says where it was taken and that it stands on its side."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x010F] = "Camera of somebody"
    exif.get_ifd(0x8825)[2] = (22.0, 16.0, 42.0)  # GPS latitude
    return picture((600, 300), exif=exif)


def bomb(width: int = 30_000, height: int = 30_000) -> bytes:
    """A PNG of a few hundred bytes whose header claims 900 million pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


def office(part: str, *more: str) -> bytes:
    """An archive that looks like an office document with this part."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in ("[Content_Types].xml", part, *more):
            archive.writestr(name, "<x/>")
    return out.getvalue()


DOCX = office("word/document.xml")
XLSX = office("xl/workbook.xml")
PPTX = office("ppt/presentation.xml")
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
TXT = "護理床規格\nLoad 200 kg\n".encode()
