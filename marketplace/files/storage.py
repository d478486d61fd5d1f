"""Bytes on disk, named by their SHA-256. A name is either absent or complete: there are no half files."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

CHUNK = 1024 * 1024


class TooLarge(Exception):
    """More bytes came than the limit allows."""


def path_of(root: Path, sha256: str) -> Path:
    """Where the bytes with this digest are kept below `root`."""
    return root / sha256[:2] / sha256[2:4] / sha256


def receive(root: Path, stream: IO[bytes], limit: int) -> Path:
    """Copy `stream` to a temporary file below `root` without ever holding it in memory; the caller removes it.

    Raises:
        TooLarge: it has more than `limit` bytes; nothing is left behind.
    """
    (root / "incoming").mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=root / "incoming")
    size = 0
    try:
        with os.fdopen(handle, "wb") as out:
            while chunk := stream.read(CHUNK):
                size += len(chunk)
                if size > limit:
                    raise TooLarge
                out.write(chunk)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return Path(name)


def keep(root: Path, temporary: Path) -> tuple[str, int]:
    """Move a temporary file to its name, durably, and return (sha256, bytes).

    Safe when two processes keep the same bytes: the rename replaces a file by its equal.
    """
    digest = hashlib.sha256()
    size = 0
    with temporary.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
        os.fsync(stream.fileno())
    sha256 = digest.hexdigest()
    final = path_of(root, sha256)
    final.parent.mkdir(parents=True, exist_ok=True)
    temporary.chmod(0o640)
    temporary.rename(final)
    _sync_folder(final.parent)
    return sha256, size


def keep_bytes(root: Path, content: bytes) -> tuple[str, int]:
    """Keep bytes that are already in memory; returns (sha256, bytes)."""
    (root / "incoming").mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=root / "incoming")
    with os.fdopen(handle, "wb") as out:
        out.write(content)
    return keep(root, Path(name))


def _sync_folder(folder: Path) -> None:
    """Without this the name may be lost with the power although the bytes are not."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def kept(root: Path) -> Iterator[Path]:
    """Every kept file below `root`, temporary ones left out."""
    if not root.is_dir():
        return
    for first in sorted(root.iterdir()):
        if len(first.name) == 2 and first.is_dir():
            yield from (path for path in sorted(first.glob("*/*")) if len(path.name) == 64)


def incoming(root: Path) -> Iterator[Path]:
    """Every temporary file: being received, or left by a process that died."""
    folder = root / "incoming"
    if folder.is_dir():
        yield from sorted(folder.iterdir())
