"""Meaning, an optional extra: everything works without it, and it is used where its packages are installed.

SEARCH_SEMANTIC: "off", "use" or "use+e5"; unset, whatever is installed. SEARCH_VECTORS: the folder of the vectors;
unset, beside the embedded index, or a folder of this user's for a cluster.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from search.semantic.encoders import NAMES, USE, installed
from search.semantic.meaning import Meaning

__all__ = ["Meaning", "chosen", "installed", "is_lacking", "learn", "meaning_of", "open_meaning"]


def chosen() -> tuple[str, ...]:
    """The encoders to use: those asked for that are installed. Raises ValueError for a setting that is none."""
    asked = os.environ.get("SEARCH_SEMANTIC", "").strip()
    if asked == "off":
        return ()
    names = asked.split("+") if asked else list(NAMES)
    if not set(names) <= set(NAMES):
        raise ValueError(f"SEARCH_SEMANTIC is off, use or use+e5, not {asked!r}")
    there = tuple(name for name in NAMES if name in names and name in installed())
    return there if USE in there else ()


@lru_cache(maxsize=8)
def open_meaning(folder: Path, names: tuple[str, ...]) -> Meaning | None:
    """Meaning with its vectors in a folder; None without encoders. No model is loaded yet."""
    return Meaning(folder, names) if names else None


def learn(engine: Any, collection: str, documents: Iterable[Mapping[str, Any]]) -> int:
    """Makes the vectors that documents lack, with every encoder: work for whoever indexes them. How many were made;
    none without encoders, and none for a tombstone."""
    meaning = meaning_of(engine)
    return meaning.learn(collection, [one for one in documents if not one.get("deleted")]) if meaning else 0


def is_lacking(engine: Any, collection: str, ids: Sequence[str]) -> bool:
    """Whether any of the documents has no vector of an encoder in use: so it is after a change of model, whose vectors
    stand in a store named by model and version."""
    meaning = meaning_of(engine)
    return meaning is not None and meaning.is_lacking(collection, ids)


def meaning_of(engine: Any) -> Meaning | None:
    """What goes with an engine: vectors beside an embedded index, otherwise in a folder of their own."""
    names = chosen()
    if not names:
        return None
    configured = os.environ.get("SEARCH_VECTORS")
    path = getattr(getattr(engine, "connections", None), "path", None)  # an embedded index is a file
    if configured:
        folder = Path(configured)
    elif path:
        folder = Path(path).with_suffix(".vectors")
    else:
        folder = Path(tempfile.gettempdir()) / f"search-vectors-{os.getuid()}"
    return open_meaning(folder, names)
