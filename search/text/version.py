"""The version of the analysis: it changes whenever the same text could yield other terms."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

_HERE = Path(__file__).parent
_LIBRARIES = ("rjieba", "OpenCC", "snowballstemmer")


@lru_cache(maxsize=1)
def analysis_version() -> str:
    """Twelve hexadecimal digits over the code and data of this package and the libraries it analyses with."""
    digest = hashlib.sha256()
    for library in _LIBRARIES:
        digest.update(f"{library} {version(library)}\n".encode())
    for path in sorted([*_HERE.glob("*.py"), *_HERE.rglob("data/**/*.yaml")]):
        digest.update(path.relative_to(_HERE).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]
