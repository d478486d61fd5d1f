"""The thesaurus: what the sector's words mean, whichever language, script or region they are from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from .folding import folded
from .scanning import HAN_RUN, Scan, scan

FOLDER = Path(__file__).parent / "data" / "thesaurus"
# Where a word is used; "en" is English of any region. Hong Kong's words are Macao's too unless `mo` has its own.
REGIONS = ("cn", "hk", "mo", "tw", "en")
_LEAF = ""


class ThesaurusError(ValueError):
    """A thesaurus file says something that cannot be right; the message names file and concept."""


@dataclass(frozen=True)
class Concept:
    """One meaning. `words` by region; `broader` ids of what it is a kind of; `weak` words name it only loosely."""

    id: str
    group: str
    words: dict[str, tuple[str, ...]]
    broader: tuple[str, ...] = ()
    ambiguous: frozenset[str] = frozenset()

    def all_words(self) -> Iterator[str]:
        """Every word of every region, as written."""
        for words in self.words.values():
            yield from words


class Spot(NamedTuple):
    """A concept's word found in a scan: terms `first` to `last` exclusive, and the concepts it may mean."""

    first: int
    last: int
    concepts: tuple[str, ...]


@dataclass
class Thesaurus:
    """All concepts, and a trie over the terms of their words."""

    concepts: dict[str, Concept] = field(default_factory=dict)
    _trie: dict[str, Any] = field(default_factory=dict)
    _ancestors: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _narrower: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def add(self, concept: Concept) -> None:
        """Adds a concept and its words. Raises ThesaurusError for a second concept of that id."""
        if concept.id in self.concepts:
            raise ThesaurusError(f"{concept.group}: {concept.id} is there twice")
        self.concepts[concept.id] = concept
        for word in concept.all_words():
            node = self._trie
            for term in scan(folded(word)).terms:
                node = node.setdefault(term, {})
            ids = node.get(_LEAF, ())
            if concept.id not in ids:
                node[_LEAF] = (*ids, concept.id)

    def spot(self, scanned: Scan) -> list[Spot]:
        """Finds concepts in scanned text: the longest word at each place, from left to right, none overlapping."""
        terms, joined = scanned.terms, scanned.joined
        found, i, n = [], 0, len(terms)
        while i < n:
            node: dict[str, Any] | None = self._trie
            j, best, ids = i, 0, ()
            while j < n and (j == i or joined[j]):
                node = node.get(terms[j]) if node else None
                if node is None:
                    break
                j += 1
                if _LEAF in node:
                    best, ids = j, node[_LEAF]
            if best:
                found.append(Spot(i, best, ids))
                i = best
            else:
                i += 1
        return found

    def ancestors(self, concept_id: str) -> tuple[str, ...]:
        """The concept itself and everything broader, nearest first."""
        if concept_id not in self._ancestors:
            order = {concept_id: None}
            queue = [concept_id]
            for current in queue:
                for parent in self.concepts[current].broader:
                    if parent not in order:
                        order[parent] = None
                        queue.append(parent)
            self._ancestors[concept_id] = tuple(order)
        return self._ancestors[concept_id]

    def narrower(self, concept_id: str) -> tuple[str, ...]:
        """The concepts whose broader concept this is."""
        if not self._narrower:
            below: dict[str, list[str]] = {}
            for concept in self.concepts.values():
                for parent in concept.broader:
                    below.setdefault(parent, []).append(concept.id)
            self._narrower = {k: tuple(v) for k, v in below.items()}
        return self._narrower.get(concept_id, ())

    def chinese_words(self) -> Iterable[str]:
        """Folded words of at least two characters that are Chinese throughout: what the segmenter must know."""
        seen = {folded(word) for concept in self.concepts.values() for word in concept.all_words()}
        return sorted(word for word in seen if len(word) > 1 and HAN_RUN.fullmatch(word))


def _words(entry: dict[str, Any], region: str, where: str) -> tuple[str, ...]:
    value = entry.get(region, ())
    words = (value,) if isinstance(value, str) else tuple(value)
    if not all(isinstance(word, str) and word.strip() for word in words):
        raise ThesaurusError(f"{where}: every word under {region} must be text")
    return words


def load(folder: Path = FOLDER) -> Thesaurus:
    """Reads every YAML file of a folder. Raises ThesaurusError for unknown keys, doubled ids or broken links."""
    out = Thesaurus()
    for path in sorted(folder.glob("*.yaml")):
        for key, entry in yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader).items():
            where = f"{path.name}: {key}"
            if unknown := set(entry) - {*REGIONS, "broader", "ambiguous"}:
                raise ThesaurusError(f"{where}: unknown {sorted(unknown)}")
            words = {region: _words(entry, region, where) for region in REGIONS if region in entry}
            concept = Concept(
                id=key,
                group=path.stem,
                words=words,
                broader=_words(entry, "broader", where),
                ambiguous=frozenset(folded(word) for word in _words(entry, "ambiguous", where)),
            )
            out.add(concept)
    for concept in out.concepts.values():
        for parent in concept.broader:
            if parent not in out.concepts:
                raise ThesaurusError(f"{concept.group}: {concept.id} is under {parent}, which is not there")
    return out


@lru_cache(maxsize=1)
def thesaurus() -> Thesaurus:
    """The project's own thesaurus, read once."""
    return load()
