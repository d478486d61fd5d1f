"""Pieces of the original text with the places of the words asked for. Never HTML: marks are offsets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from search.requests import Fragment
from search.text import Group, fold, thesaurus
from search.text.scanning import Scan, scan

LONGEST = 180
# Of a longer text only this much is looked at.
_READ = 6000
_LANGUAGES = ("zh-Hans", "zh-Hant", "en")


def highlights(document: Mapping[str, Any], groups: Sequence[Group], lang: str) -> dict[str, Fragment]:
    """The title and the pieces of the other texts that hold words asked for, in `lang` where it holds them or
    nothing else is there.
    """
    found = {}
    wanted = _Wanted(groups)
    for field, by_language in document["texts"].items():
        fragment = _best(by_language, wanted, lang, whole=field == "title")
        if fragment is not None and (fragment.marks or field == "title"):
            found[field] = fragment
    return found


class _Wanted:
    """Phrases and concepts to look for. A concept is also named by the words of narrower ones."""

    def __init__(self, groups: Sequence[Group]) -> None:
        self.phrases: dict[str, list[tuple[str, ...]]] = {}
        for group in groups:
            if group.phrase:
                self.phrases.setdefault(group.phrase[0], []).append(group.phrase)
        self.concepts = frozenset(concept.removeprefix("c:") for group in groups for concept in group.concepts)

    def spans(self, scanned: Scan) -> list[tuple[int, int]]:
        """Runs of terms (first, last exclusive), in order, none overlapping."""
        terms = scanned.terms
        found = []
        for at, term in enumerate(terms):
            for phrase in self.phrases.get(term, ()):
                if tuple(terms[at : at + len(phrase)]) == phrase:
                    found.append((at, at + len(phrase)))
        if self.concepts:
            words = thesaurus()
            for spot in words.spot(scanned):
                if any(not self.concepts.isdisjoint(words.ancestors(concept)) for concept in spot.concepts):
                    found.append((spot.first, spot.last))
        return _merged(found)


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if merged and first < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return merged


def _best(by_language: Mapping[str, str], wanted: _Wanted, lang: str, *, whole: bool) -> Fragment | None:
    order = [lang, *(other for other in _LANGUAGES if other != lang)]
    first = None
    for language in order:
        written = by_language.get(language)
        if not written:
            continue
        fragment = mark(written, wanted, whole=whole)
        if fragment.marks:
            return fragment
        first = first or fragment
    return first


def mark(written: str, wanted: _Wanted, *, whole: bool) -> Fragment:
    """A text with its marks: all of it, or the piece of at most LONGEST characters that holds most of them."""
    if not whole:
        written = written[:_READ]
    folded = fold(written)
    scanned = scan(folded.text)
    at, starts, ends = folded.offsets, scanned.starts, scanned.ends
    marks = [
        (at[starts[first]], max(at[ends[last - 1] - 1] + 1, at[ends[last - 1]]))
        for first, last in wanted.spans(scanned)
    ]
    if whole or len(written) <= LONGEST:
        return Fragment(written, tuple(marks))
    start, end = _window(written, marks)
    return Fragment(written[start:end], tuple((a - start, b - start) for a, b in marks if a >= start and b <= end))


def _window(written: str, marks: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Bounds of the piece with most marks, the earliest of them, begun a little before its first and at a space
    where there is one.
    """
    if not marks:
        return 0, LONGEST
    best, most = marks[0][0], 0
    for at, (start, _end) in enumerate(marks):
        inside = sum(1 for _s, end in marks[at:] if end <= start + LONGEST - 40)
        if inside > most:
            best, most = start, inside
    start = max(0, min(best - 30, len(written) - LONGEST))
    space = written.find(" ", start, best)
    if start and space >= 0:
        start = space + 1
    return start, min(len(written), start + LONGEST)
