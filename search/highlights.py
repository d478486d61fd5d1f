"""Pieces of the original text with the places of the words asked for. Never HTML: marks are offsets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

from search.requests import Fragment
from search.text import Group, fold, thesaurus
from search.text.folding import folded
from search.text.scanning import scan
from search.text.stemming import stem

LONGEST = 180
# Of a longer text only this much is looked at.
_READ = 6000
_LANGUAGES = ("zh-Hans", "zh-Hant", "en")
_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]{1,2}(?![a-z]))?")
_JOINT = re.compile(r"[\s\-\u2010\u2011./_]*")


def highlights(document: Mapping[str, Any], groups: Sequence[Group], lang: str) -> dict[str, Fragment]:
    """The title, and the pieces of the other texts that hold words asked for.

    In `lang` where it holds them or nothing else is there.
    """
    found = {}
    wanted = wanted_of(groups)
    for field, by_language in document["texts"].items():
        fragment = _best(by_language, wanted, lang, whole=field == "title")
        if fragment is not None and (fragment.marks or field == "title"):
            found[field] = fragment
    return found


class Wanted(NamedTuple):
    """What to look for in folded text: pieces as they are, and runs of stems of Latin words by their first stem."""

    pieces: frozenset[str]
    stems: Mapping[str, tuple[tuple[str, ...], ...]]


def wanted_of(groups: Sequence[Group]) -> Wanted:
    """What shows the groups of a query: their phrases, and every word of their concepts and of narrower ones."""
    return _wanted(tuple((group.phrase, group.concepts) for group in groups))


@lru_cache(maxsize=256)
def _wanted(asked: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]) -> Wanted:
    phrases = {phrase for phrase, _concepts in asked if phrase}
    for _phrase, concepts in asked:
        for concept in concepts:
            phrases |= _phrases_of(concept.removeprefix("c:"))
    pieces: set[str] = set()
    stems: dict[str, list[tuple[str, ...]]] = {}
    for phrase in phrases:
        if all(_WORD.fullmatch(term) for term in phrase):
            stems.setdefault(phrase[0], []).append(phrase)
        else:
            pieces.add("".join(phrase))
    # The longest first, so that they are marked whole.
    return Wanted(
        frozenset(pieces),
        {first: tuple(sorted(runs, key=lambda run: (-len(run), run))) for first, runs in stems.items()},
    )


@lru_cache(maxsize=2000)
def _phrases_of(concept: str) -> frozenset[tuple[str, ...]]:
    words = thesaurus()
    known = words.concepts.get(concept)
    if known is None:
        return frozenset()
    phrases = {tuple(scan(folded(word)).terms) for word in known.all_words()}
    return frozenset(phrases).union(*(_phrases_of(below) for below in words.narrower(concept)))


def _spans(text: str, wanted: Wanted) -> list[tuple[int, int]]:
    """Where folded text shows what is wanted: (start, end), in order, none overlapping."""
    spans = []
    for piece in wanted.pieces:
        at = text.find(piece)
        while at >= 0:
            spans.append((at, at + len(piece)))
            at = text.find(piece, at + len(piece))
    if wanted.stems:
        words = [(match.start(), match.end(), stem(match.group())) for match in _WORD.finditer(text)]
        for number, (start, _end, first) in enumerate(words):
            for run in wanted.stems.get(first, ()):
                following = words[number : number + len(run)]
                if tuple(word for _s, _e, word in following) == run and _joined(text, following):
                    spans.append((start, following[-1][1]))
                    break
    return _merged(spans)


def _joined(text: str, words: Sequence[tuple[int, int, str]]) -> bool:
    return all(_JOINT.fullmatch(text, before[1], after[0]) for before, after in pairwise(words))


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _best(by_language: Mapping[str, str], wanted: Wanted, lang: str, *, whole: bool) -> Fragment | None:
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


def mark(written: str, wanted: Wanted, *, whole: bool) -> Fragment:
    """A text with its marks: all of it, or the piece of at most LONGEST characters that holds most of them."""
    if not whole:
        written = written[:_READ]
    text, at = fold(written)
    # A folded character ends where the next begins, or, where several came of one, after that one.
    marks = [(at[start], max(at[end - 1] + 1, at[end])) for start, end in _spans(text, wanted)]
    if whole or len(written) <= LONGEST:
        return Fragment(written, tuple(marks))
    start, end = _window(written, marks)
    return Fragment(written[start:end], tuple((a - start, b - start) for a, b in marks if a >= start and b <= end))


def _window(written: str, marks: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Bounds of the piece with most marks, the earliest of them.

    It begins a little before its first mark, at a space where there is one.
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
