"""How many documents are read at one time on this machine: a reader costs a process, its memory and its seconds."""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

AT_ONCE = 3


class Busy(Exception):
    """All turns are taken; whoever asks may ask again in a moment."""


@contextmanager
def turn(folder: Path | None = None) -> Iterator[None]:
    """One of AT_ONCE turns, shared by all processes of this user here. Held by file locks, so that a process that is
    killed gives its turn back; no database is asked.

    Raises Busy at once where none is free: nobody queues inside a web process.
    """
    folder = folder or Path(tempfile.gettempdir()) / f"silver-marketplace-readers-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    for number in range(AT_ONCE):
        taken = os.open(folder / str(number), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            try:
                fcntl.flock(taken, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            yield
            return
        finally:
            os.close(taken)
    raise Busy
