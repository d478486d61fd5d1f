"""The store of vectors: one memory-mapped float32 array for a model version, shared by all processes, and a small log.

Vectors are known by a hash of the text they came from, so that a changed listing gets a new one and an unchanged one is
never encoded twice. Writers append to the log under a file lock; a long log is merged into the array, which is
replaced in one step. It is a cache: losing it loses time and nothing else.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from search.semantic.encoders import Vectors

KEY_BYTES = 16
# What a vector belongs to: the id of its listing, cut to so many bytes.
OWNER_BYTES = 64
LONGEST_LOG = 4096


class VectorStore:
    """Vectors of one model version and one collection under a folder. Threads share it under a lock of their own."""

    def __init__(self, folder: Path, name: str, dimension: int) -> None:
        self._base = folder / f"{name}.npy"
        self._names = folder / f"{name}.keys"
        self._log = folder / f"{name}.log"
        self._lock = folder / f"{name}.lock"
        self._dimension = dimension
        self._record = np.dtype([
            ("key", f"V{KEY_BYTES}"), ("owner", f"V{OWNER_BYTES}"), ("vector", "<f4", (dimension,)),
        ])  # fmt: skip
        self._seen: tuple[int, int, int] = (-1, -1, -1)
        self._rows: Vectors = np.zeros((0, dimension), np.float32)
        self._late: Vectors = np.zeros((0, dimension), np.float32)
        self._owners: list[bytes] = []
        self._at: dict[bytes, int] = {}
        self._of: dict[bytes, int] = {}
        folder.mkdir(parents=True, exist_ok=True)

    def get(self, keys: Sequence[bytes]) -> list[Vectors | None]:
        """The vector of each key, or None where there is none."""
        self._refresh()
        return [None if (at := self._at.get(key)) is None else self._row(at) for key in keys]

    def missing(self, keys: Sequence[bytes]) -> list[bytes]:
        """The keys that have no vector yet, each once."""
        self._refresh()
        return [key for key in dict.fromkeys(keys) if key not in self._at]

    def nearest(self, vector: Vectors, most: int) -> list[tuple[str, bytes, float]]:
        """Owners, keys and likeness of the vectors nearest to a unit vector, by an exact pass over all of them."""
        self._refresh()
        likeness = np.concatenate([self._rows @ vector, self._late @ vector])
        if not len(likeness):
            return []
        first = np.argpartition(-likeness, min(most, len(likeness)) - 1)[:most]
        keys = list(self._at)
        order = sorted(first.tolist(), key=lambda at: (-float(likeness[at]), at))
        return [(self._owners[at].rstrip(b"\0").decode(), keys[at], float(likeness[at])) for at in order]

    def owned(self, owners: Sequence[str]) -> list[Vectors | None]:
        """The vector that came last for each owner, or None where there is none."""
        self._refresh()
        found = (self._of.get(_owner(owner)) for owner in owners)
        return [None if at is None else self._row(at) for at in found]

    def add(self, entries: Sequence[tuple[bytes, str, Vectors]]) -> None:
        """Adds vectors by key and owner; those that are there already are passed over."""
        with self._locked():
            self._refresh()
            fresh = {key: (owner, vector) for key, owner, vector in entries if key not in self._at}
            if not fresh:
                return
            records = np.zeros(len(fresh), self._record)
            for at, (key, (owner, vector)) in enumerate(fresh.items()):
                records[at] = (key, _owner(owner), vector)
            with self._log.open("ab") as file:
                file.write(records.tobytes())
                file.flush()
                os.fsync(file.fileno())
            self._refresh()
            if len(self._late) > LONGEST_LOG:
                self._merge()

    def __len__(self) -> int:
        self._refresh()
        return len(self._at)

    def _row(self, at: int) -> Vectors:
        known = len(self._rows)
        return np.asarray(self._rows[at] if at < known else self._late[at - known])

    def _refresh(self) -> None:
        seen = (_size(self._base), _size(self._names), _size(self._log))
        if seen == self._seen:
            return
        rows = np.load(self._base, mmap_mode="r") if seen[0] else np.zeros((0, self._dimension), np.float32)
        names = self._names.read_bytes() if seen[1] else b""
        width = KEY_BYTES + OWNER_BYTES
        pairs = [(names[i : i + KEY_BYTES], names[i + KEY_BYTES : i + width]) for i in range(0, len(names), width)]
        pairs = pairs[: len(rows)]
        whole = seen[2] // self._record.itemsize
        log = np.fromfile(self._log, self._record, count=whole) if whole else np.zeros(0, self._record)
        at = {key: i for i, (key, _owner) in enumerate(pairs)}
        keep = [i for i, key in enumerate(log["key"]) if bytes(key) not in at]
        log = log[keep]
        at |= {bytes(key): len(pairs) + i for i, key in enumerate(log["key"])}
        self._rows, self._late, self._at = rows, np.ascontiguousarray(log["vector"], np.float32), at
        self._owners = [owner for _key, owner in pairs] + [bytes(owner) for owner in log["owner"]]
        self._of = {owner: i for i, owner in enumerate(self._owners)}
        self._seen = seen

    def _merge(self) -> None:
        """Puts the log into the array. The array goes first: until the names follow, its new rows are not known."""
        joined = np.concatenate([self._rows, self._late])
        names = b"".join(key + self._owners[at] for at, key in enumerate(self._at))
        for path, write in ((self._base, lambda file: np.save(file, joined)), (self._names, lambda f: f.write(names))):
            part = path.with_suffix(path.suffix + ".part")
            with part.open("wb") as file:
                write(file)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        self._log.write_bytes(b"")
        self._refresh()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with self._lock.open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(file, fcntl.LOCK_UN)


def _owner(owner: str) -> bytes:
    return owner.encode()[:OWNER_BYTES].ljust(OWNER_BYTES, b"\0")


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
