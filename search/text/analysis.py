"""Analysis: the two streams in which text is indexed, and the groups in which a query is asked."""

from __future__ import annotations

from typing import NamedTuple

from .folding import Folded, fold
from .quantities import quantities
from .scanning import HAN_RUN, Scan, Token, model_numbers, model_spans, scan, tokens
from .segmentation import segment, segment_for_index
from .stopwords import stopwords
from .thesaurus import Spot, thesaurus

CONCEPT = "c:"
MODEL = "m:"


class Analysed(NamedTuple):
    """`chars`: the phrase stream in reading order. `words`: the word bag; its order has no meaning."""

    chars: tuple[Token, ...]
    words: tuple[str, ...]


class Group(NamedTuple):
    """One thing a query asks for. A document has it if its bag holds any of `words` or any of `concepts`, or its
    phrase stream holds `phrase` in that order without a gap. `words` and `concepts` may be empty; `phrase` never is."""

    surface: str
    words: tuple[str, ...]
    phrase: tuple[str, ...]
    concepts: tuple[str, ...]


class Query(NamedTuple):
    """The groups of a query in reading order; all are required."""

    groups: tuple[Group, ...]


class ConceptSpot(NamedTuple):
    """A concept found in a text: its id, the words that name it as written, and where (offsets in the original)."""

    id: str
    surface: str
    start: int
    end: int


def _prepare(text: str) -> tuple[Folded, Scan, list[Spot]]:
    folded = fold(text)
    scanned = scan(folded.text)
    return folded, scanned, thesaurus().spot(scanned)


def _bag(folded: Folded, scanned: Scan, spots: list[Spot]) -> list[str]:
    stop = stopwords()
    bag = [word for word in segment_for_index(folded.text) if len(word) > 1 and word not in stop]
    bag.extend(term for term in scanned.terms if not HAN_RUN.match(term) and term not in stop)
    words = thesaurus()
    for spot in spots:
        for concept in spot.concepts:
            bag.extend(CONCEPT + ancestor for ancestor in words.ancestors(concept))
    bag.extend(quantity.term for quantity in quantities(folded.text))
    bag.extend(MODEL + model for model in model_numbers(folded.text))
    return bag


def analyse(text: str, lang: str | None = None) -> Analysed:
    """Analyses a text of any of the languages, mixed ones included; `lang` is accepted and changes nothing today."""
    folded, scanned, spots = _prepare(text)
    return Analysed(tokens(folded, scanned), tuple(_bag(folded, scanned, spots)))


def bag(text: str) -> list[str]:
    """The word bag alone, which is what scoring in memory needs."""
    return _bag(*_prepare(text))


def concepts(text: str) -> tuple[str, ...]:
    """Ids of the concepts named in a text, each once, in order of first mention; broader ones are not added."""
    return tuple(dict.fromkeys(c for spot in _prepare(text)[2] for c in spot.concepts))


def concept_spots(text: str) -> tuple[ConceptSpot, ...]:
    """Concepts named in a text with the words that name them."""
    folded, scanned, spots = _prepare(text)
    at = folded.offsets
    out: list[ConceptSpot] = []
    for spot in spots:
        start, end = at[scanned.starts[spot.first]], at[scanned.ends[spot.last - 1]]
        out.extend(ConceptSpot(concept, text[start:end], start, end) for concept in spot.concepts)
    return tuple(out)


def analyse_query(text: str, lang: str | None = None) -> Query:
    """Splits a query into the groups that a document must have.

    Words of the thesaurus stay whole, in any language, and so do model numbers and numbers with their units; other
    Chinese is cut into words; stop words are dropped unless nothing else is left.
    """
    folded, scanned, spots = _prepare(text)
    spans = {spot.first: (spot.last, tuple(CONCEPT + c for c in spot.concepts), "") for spot in spots}
    taken = {i for spot in spots for i in range(spot.first, spot.last)}
    for start, end, term in _numbered(folded.text):
        inside = [
            i for i, (a, b) in enumerate(zip(scanned.starts, scanned.ends, strict=True)) if a >= start and b <= end
        ]
        if inside and taken.isdisjoint(inside):
            spans[inside[0]] = (inside[-1] + 1, (), term)
            taken.update(inside)
    bounds = _word_bounds(folded.text)
    at, stop = folded.offsets, stopwords()
    groups: list[Group] = []
    weak: list[Group] = []
    i, n = 0, len(scanned.terms)
    while i < n:
        last, ids, term = spans.get(i, (i + 1, (), ""))
        if i not in spans:
            end = bounds.get(scanned.starts[i], 0)
            while last < n and scanned.starts[last] < end and last not in taken:
                last += 1
        phrase = tuple(scanned.terms[i:last])
        surface = folded.text[scanned.starts[i] : scanned.ends[last - 1]]
        words = _words(surface, phrase, term)
        group = Group(text[at[scanned.starts[i]] : at[scanned.ends[last - 1]]], words, phrase, ids)
        empty = (
            not ids
            and not term
            and (surface in stop or surface in _PARTICLES or (len(phrase) == 1 and phrase[0] in stop))
        )
        (weak if empty else groups).append(group)
        i = last
    return Query(tuple({(g.phrase, g.concepts): g for g in (groups or weak)}.values()))


def _words(surface: str, phrase: tuple[str, ...], term: str) -> tuple[str, ...]:
    """Terms of the word bag that stand for the whole of a group."""
    if term:
        return (term,)
    if HAN_RUN.fullmatch(surface):
        return (surface,) if len(surface) > 1 else ()
    return phrase if len(phrase) == 1 else ()


_PARTICLES = frozenset("的了和与及或在是有要为对于之等个把被给让从到向以吗呢啊嘅咗喺")


def _word_bounds(text: str) -> dict[int, int]:
    """Where each Chinese word of folded text begins, to where it ends."""
    bounds = {}
    for run in HAN_RUN.finditer(text):
        at = run.start()
        for word in segment(run.group()):
            bounds[at] = at + len(word)
            at += len(word)
    return bounds


def _numbered(text: str) -> list[tuple[int, int, str]]:
    """Model numbers and numbers with units in folded text: start, end and the term that stands for them."""
    found = [(start, end, MODEL + model) for start, end, model in model_spans(text)]
    found.extend((q.start, q.end, q.term) for q in quantities(text))
    return found
