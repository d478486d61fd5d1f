"""A document at the door: what is said at once, before any worker looks inside."""

from __future__ import annotations

import zipfile
from typing import IO

from marketplace.actor import Actor
from marketplace.errors import ErrorCode, Invalid
from marketplace.files import service as files
from marketplace.files.models import StoredFile
from marketplace.files.sniffing import suffix_of

SUFFIXES = {"demand": (".pdf", ".docx", ".xlsx", ".txt"), "offer": (".pdf", ".docx", ".pptx", ".xlsx", ".txt")}
MOST_TEXT = 1024 * 1024  # bytes of a pasted text
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def receive(*, actor: Actor, side: str, stream: IO[bytes], filename: str) -> StoredFile:
    """Keep the document. Raises Invalid with the field "file" and, beside those of the files room, the codes
    reading_type, macros, corrupt_archive and office_locked."""
    suffix = suffix_of(filename)
    params = {"name": filename[:100]}
    if suffix in (".docm", ".xlsm", ".pptm"):
        raise Invalid({"file": ErrorCode("macros", params)})
    if suffix not in SUFFIXES[side]:
        raise Invalid({"file": ErrorCode(f"reading_type_{side}", params)})
    head = stream.read(8)
    stream.seek(0)
    if head == _OLE:  # what office programs make of a document with a password, and their formats of before 2007
        raise Invalid({"file": ErrorCode("office_locked", params)})
    if suffix in (".docx", ".xlsx", ".pptx") and head.startswith(b"PK"):
        try:
            with zipfile.ZipFile(stream) as archive:
                names = archive.namelist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
            raise Invalid({"file": ErrorCode("corrupt_archive", params)}) from None
        stream.seek(0)
        if any(name.endswith("vbaProject.bin") for name in names):
            raise Invalid({"file": ErrorCode("macros", params)})
    return files.store(actor=actor, stream=stream, filename=filename, purpose="document")
