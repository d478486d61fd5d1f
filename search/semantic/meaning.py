"""Meaning: how near listings are to each other in what they say, whatever language they say it in.

Vectors of the quick encoder are made when they are first needed; those of the slow one only when somebody asks for it
in a worker or a measurement. What has no vector has no likeness. No likeness decides anything by itself.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from search.semantic.centring import centred
from search.semantic.encoders import USE, Encoder, Vectors, encoder, prepared
from search.semantic.gist import gist
from search.semantic.vectors import VectorStore

BATCH = 32
# A likeness of so much, after centring, is as near as two listings of the same thing come.
ALIKE = 0.6
# Vectors of what was asked lately; a draft or a pasted need is not put into the store.
RECENT = 64


class Meaning:
    """Encoders with a store of vectors under a folder. Threads may share it."""

    def __init__(self, folder: Path, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self._folder = folder
        self._stores: dict[tuple[str, str], VectorStore] = {}
        self._recent: dict[tuple[str, str, bytes], Vectors] = {}
        self._lock = threading.Lock()
        self._warming: threading.Thread | None = None

    @property
    def label(self) -> str:
        """ "use" or "use+e5"."""
        return "+".join(self.names)

    def learn(self, collection: str, documents: Iterable[Mapping[str, Any]], *, names: Sequence[str] = ()) -> int:
        """Makes the vectors that documents lack, with all encoders or those named; how many were made."""
        read = [(str(document["id"]), *_text(document)) for document in documents]
        found = [(id, text, lang) for id, text, lang in read if text]
        made = 0
        for name in names or self.names:
            model = encoder(name)
            with self._lock:
                store = self._store(model, collection)
                lacking = set(store.missing([_key(text) for _id, text, _lang in found]))
            todo = {_key(text): (id, text, lang) for id, text, lang in found if _key(text) in lacking}
            items = list(todo.items())
            for start in range(0, len(items), BATCH):
                batch = items[start : start + BATCH]
                asking = collection == "demands"
                raw = model.encode([text for _key_, (_id, text, _lang) in batch], asking=asking)
                entries = [
                    (key, id, centred(vector, model.version, lang, asking=asking))
                    for (key, (id, _text_, lang)), vector in zip(batch, raw, strict=True)
                ]
                with self._lock:
                    store.add(entries)
                made += len(batch)
        return made

    def is_lacking(self, collection: str, ids: Sequence[str]) -> bool:
        """Whether any of these listings has no vector of one of the encoders."""
        for name in self.names:
            with self._lock:
                if any(vector is None for vector in self._store(encoder(name), collection).owned(ids)):
                    return True
        return False

    def suppose(self, collection: str, documents: Iterable[Mapping[str, Any]], chance: np.random.Generator) -> None:
        """Puts random vectors in the place of those that documents lack: for measuring how long an answer takes."""
        read = [(str(document["id"]), _text(document)[0]) for document in documents]
        for name in self.names:
            model = encoder(name)
            drawn = chance.standard_normal((len(read), model.dimension), np.float32)
            drawn /= np.linalg.norm(drawn, axis=1, keepdims=True)
            with self._lock:
                self._store(model, collection).add(
                    [(_key(text), id, vector) for (id, text), vector in zip(read, drawn, strict=True) if text]
                )

    def likeness(
        self, document: Mapping[str, Any], collection: str, others: Sequence[Mapping[str, Any]], *, inline: int
    ) -> list[float | None]:
        """How near each of `others`, of `collection`, is to a document of the other side: 0 to 1, None if not known.

        At most `inline` of the vectors that others lack are made on the spot, by the quick encoder alone.
        """
        side = _other(collection)
        text, lang = _text(document)
        if not text or not others:
            return [None] * len(others)
        keys = [_key(written) if written else b"" for written, _lang in map(_text, others)]
        sums = np.zeros(len(others))
        counts = np.zeros(len(others))
        for name in self.names:
            model = encoder(name)
            if name == USE and inline:
                with self._lock:
                    lacking = set(self._store(model, collection).missing([key for key in keys if key]))
                todo = [other for other, key in zip(others, keys, strict=True) if key in lacking][:inline]
                self.learn(collection, todo, names=(USE,))
            with self._lock:
                vectors = self._store(model, collection).get(keys)
            if all(vector is None for vector in vectors):
                continue  # nothing to compare with, so the model need not be loaded
            own = self._own(model, side, text, lang)
            for at, vector in enumerate(vectors):
                if vector is not None:
                    sums[at] += min(1.0, max(0.0, float(vector @ own) / ALIKE))
                    counts[at] += 1
        return [float(s / n) if n else None for s, n in zip(sums, counts, strict=True)]

    def likeness_of(self, document: Mapping[str, Any], collection: str, ids: Sequence[str]) -> dict[str, float]:
        """How near listings of `collection` are to a document of the other side, by the vectors that they got last:
        0 to 1 by id. No vector is made; listings without one are left out."""
        text, lang = _text(document)
        return self._alike(text, lang, collection, ids) if text and ids else {}

    def nearest(self, document: Mapping[str, Any], collection: str, most: int) -> list[str]:
        """Ids of the listings of `collection` whose vectors are nearest to a document of the other side.

        Whether they are still as they were, and may be seen, is for the caller to look up.
        """
        text, lang = _text(document)
        return self._nearest(text, lang, collection, most) if text else []

    def _nearest(self, text: str, lang: str, collection: str, most: int) -> list[str]:
        if USE not in self.names:
            return []
        model = encoder(USE)
        with self._lock:
            empty = not len(self._store(model, collection))
        if empty:
            return []
        own = self._own(model, _other(collection), text, lang)
        with self._lock:
            found = self._store(model, collection).nearest(own, most)
        return list(dict.fromkeys(owner for owner, _key_, _likeness in found))

    def warm(self) -> bool:
        """Whether the encoders are loaded; if not, loading them begins, and whoever asked goes on without."""
        lacking = [name for name in self.names if not encoder(name).loaded]
        if lacking and (self._warming is None or not self._warming.is_alive()):
            self._warming = threading.Thread(target=_load, args=(lacking,), daemon=True)
            self._warming.start()
        return not lacking

    def alike(self, written: str, lang: str, collection: str, ids: Sequence[str]) -> dict[str, float]:
        """How near listings are to what somebody typed, 0 to 1, by id; those without a vector are left out."""
        text = prepared(written)
        return self._alike(text, lang, collection, ids) if text else {}

    def _alike(self, text: str, lang: str, collection: str, ids: Sequence[str]) -> dict[str, float]:
        found: dict[str, list[float]] = {}
        for name in self.names:
            model = encoder(name)
            with self._lock:
                vectors = self._store(model, collection).owned(ids)
            if all(vector is None for vector in vectors):
                continue
            own = self._own(model, _other(collection), text, lang)
            for id, vector in zip(ids, vectors, strict=True):
                if vector is not None:
                    found.setdefault(id, []).append(min(1.0, max(0.0, float(vector @ own) / ALIKE)))
        return {id: sum(values) / len(values) for id, values in found.items()}

    def nearest_to(self, written: str, lang: str, collection: str, most: int) -> list[str]:
        """Ids of the listings nearest to what somebody typed; `nearest` says what is left to the caller."""
        text = prepared(written)
        return self._nearest(text, lang, collection, most) if text else []

    def _own(self, model: Encoder, side: str, text: str, lang: str) -> Vectors:
        key = (model.version, side, _key(text))
        with self._lock:
            (known,) = self._store(model, side).get([key[2]])
            known = known if known is not None else self._recent.get(key)
        if known is not None:
            return known
        asking = side == "demands"
        made = centred(model.encode([text], asking=asking)[0], model.version, lang, asking=asking)
        with self._lock:
            self._recent[key] = made
            while len(self._recent) > RECENT:
                self._recent.pop(next(iter(self._recent)))
        return made

    def _store(self, model: Encoder, collection: str) -> VectorStore:
        name = (model.version, collection)
        if name not in self._stores:
            self._stores[name] = VectorStore(self._folder, f"{collection}-{model.version}", model.dimension)
        return self._stores[name]


def _load(names: Sequence[str]) -> None:
    for name in names:
        encoder(name).load()


def _other(collection: str) -> str:
    return "demands" if collection == "offers" else "offers"


def _text(document: Mapping[str, Any]) -> tuple[str, str]:
    return prepared(gist(document)), document.get("lang") or "zh-Hans"


def _key(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()[:16]
