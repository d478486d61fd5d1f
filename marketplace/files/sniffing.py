"""What a file really is, judged by its bytes, never by its name or by what the browser claims."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import puremagic

TEXT = "text/plain; charset=utf-8"
PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"

DOCUMENTS = {".pdf": PDF, ".docx": DOCX, ".xlsx": XLSX, ".pptx": PPTX, ".txt": TEXT}
# The part that each office format must contain, in the archive that it is.
_PARTS = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX, "ppt/presentation.xml": PPTX}
_UNPACKED_MOST = 400 * 1024 * 1024
_MACROS = ("word/vbaProject.bin", "xl/vbaProject.bin", "ppt/vbaProject.bin")


@dataclass(frozen=True)
class Refused(Exception):
    """Why a file is not taken. `code` is worded by the pages, `params` fill the sentence."""

    code: str
    params: dict[str, str]

    def __str__(self) -> str:
        return self.code


def suffix_of(name: str) -> str:
    """The ending of a file name, in lower case with its dot; "" when there is none."""
    return PurePosixPath(name.replace("\\", "/")).suffix.lower()


def document_type(path: Path, name: str) -> str:
    """The media type of a document whose bytes are what its name says.

    Raises:
        Refused: "empty_file"; "document_type" for a kind that is not taken; "disguised" when bytes and name differ.
    """
    if path.stat().st_size == 0:
        raise Refused("empty_file", {"name": name})
    expected = DOCUMENTS.get(suffix_of(name))
    if expected is None:
        raise Refused("document_type", {"name": name})
    found = _sniff(path)
    if found != expected:
        raise Refused("disguised", {"name": name})
    return expected


def _sniff(path: Path) -> str | None:
    with path.open("rb") as stream:
        head = stream.read(4096)
    if head.startswith(b"%PDF-"):
        return PDF
    if head.startswith(b"PK\x03\x04"):
        return _office_type(path)
    if _known_signature(head):
        return None
    return TEXT if _is_text(path) else None


def _office_type(path: Path) -> str | None:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if sum(item.file_size for item in archive.infolist()) > _UNPACKED_MOST:
                return None
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return None
    if names.intersection(_MACROS) or "[Content_Types].xml" not in names:
        return None
    return next((media_type for part, media_type in _PARTS.items() if part in names), None)


def _known_signature(head: bytes) -> bool:
    """Whether the first bytes are the signature of some binary or marked-up format."""
    start = head.lstrip()[:256].lower()
    if start.startswith((b"<!doctype", b"<html", b"<svg", b"<?xml", b"<script", b"#!", b"mz")):
        return True
    try:
        found = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return False
    return any(match.confidence >= 0.8 and len(match.byte_match or b"") >= 4 for match in found)


def _is_text(path: Path) -> bool:
    """UTF-8 throughout, without control characters other than line ends and tabs."""
    try:
        with path.open(encoding="utf-8") as stream:
            while chunk := stream.read(65536):
                if any(ord(character) < 32 and character not in "\t\n\r\f" for character in chunk):
                    return False
    except UnicodeDecodeError:
        return False
    return True
