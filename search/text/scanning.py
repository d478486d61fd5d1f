"""Scanning: folded text into the tokens of the phrase stream, Han characters singly and other words whole."""

from __future__ import annotations

import re
from typing import NamedTuple

from .folding import Folded
from .stemming import stem

HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
HAN_RUN = re.compile(f"[{HAN}]+")
# The group says that it is a Han character.
_TOKEN = re.compile(f"([{HAN}])|[^\\W_{HAN}]+(?:'[^\\W_{HAN}]{{1,2}}(?![^\\W_{HAN}]))?")
# A model number: letters and digits together, whole with the hyphens, slashes and dots inside it.
_MODEL = re.compile(
    r"(?<![^\W_])(?=[a-z0-9./_-]*[a-z])(?=[a-z0-9./_-]*[0-9])[a-z0-9]+(?:[./_-][a-z0-9]+)*(?![^\W_])", re.ASCII
)
_SEPARATOR = re.compile(r"[./_-]")
# What looks like one and is not: numbers with units, grades, dates, addresses.
_NOT_MODEL = re.compile(
    r"\d+(?:[.,]\d+)*-?[a-z]{1,8}(?:-[a-z]+)*|[a-z]{1,3}\d{1,2}|covid-?19|vitamin.*|https?.*|www\..*|"
    r"(?:\d{1,4}-)?[a-z]{3,9}-\d+|\d+-[a-z]+-\d+|24x7"
)


class Token(NamedTuple):
    """A term of the phrase stream and where it stands in the original text (`start` inclusive, `end` exclusive)."""

    term: str
    start: int
    end: int


class Scan(NamedTuple):
    """`terms[i]` stands in folded text at `starts[i]`..`ends[i]`; `joined[i]`: nothing separates it from i-1."""

    terms: list[str]
    starts: list[int]
    ends: list[int]
    joined: list[bool]


def scan(text: str) -> Scan:
    """Scans folded text. Words keep their order; English ones are stemmed, so that a phrase finds its plural."""
    terms, starts, ends, joined = [], [], [], []
    last, last_han = 0, False
    for match in _TOKEN.finditer(text):
        a, b = match.span()
        term = match.group()
        han = match.lastindex is not None
        gap = text[last:a]
        if han and last_han:
            joined.append(not gap)
        else:
            joined.append(not gap or gap in (" ", "-", " - ", "\u2010", "\u2011") or gap.isspace())
        terms.append(term if han else stem(term))
        starts.append(a)
        ends.append(b)
        last, last_han = b, han
    if joined:
        joined[0] = False
    return Scan(terms, starts, ends, joined)


def tokens(folded: Folded, scanned: Scan) -> tuple[Token, ...]:
    """The scan as tokens with offsets into the original text."""
    at = folded.offsets
    if isinstance(at, range):  # nothing changed its place
        return tuple(map(Token, scanned.terms, scanned.starts, scanned.ends))
    return tuple(
        Token(term, at[a], max(at[b - 1] + 1, at[b]) if b < len(at) else at[-1])
        for term, a, b in zip(scanned.terms, scanned.starts, scanned.ends, strict=True)
    )


def model_spans(text: str) -> list[tuple[int, int, str]]:
    """Model numbers in folded text and where they stand, without separators: `aq-200/2` and `aq200/2` agree."""
    found = []
    for match in _MODEL.finditer(text):
        bare = _SEPARATOR.sub("", match.group())
        if 3 <= len(bare) <= 40 and not _NOT_MODEL.fullmatch(match.group()):
            found.append((match.start(), match.end(), bare))
    return found


def model_numbers(text: str) -> tuple[str, ...]:
    """Model numbers in folded text, each once."""
    return tuple(dict.fromkeys(bare for _start, _end, bare in model_spans(text)))
