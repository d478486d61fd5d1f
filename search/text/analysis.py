"""Analysis: the two streams in which text is indexed, and the groups in which a query is asked."""

from __future__ import annotations

from typing import NamedTuple

from .folding import Folded, fold
from .quantities import quantities
from .scanning import HAN_RUN, Scan, Token, model_numbers, scan, tokens
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
    out = []
    for spot in spots:
        start, end = at[scanned.starts[spot.first]], at[scanned.ends[spot.last - 1]]
        out.extend(ConceptSpot(concept, text[start:end], start, end) for concept in spot.concepts)
    return tuple(out)


def analyse_query(text: str, lang: str | None = None) -> Query:
    """Splits a query into the groups that a document must have.

    Words of the thesaurus stay whole, in any language; other Chinese is cut into words; stop words are dropped unless
    nothing else is left. Model numbers are one group, whole.
    """
    folded, scanned, spots = _prepare(text)
    at, stop = folded.offsets, stopwords()
    covered = {i: spot for spot in spots for i in range(spot.first, spot.last)}
    words_at = _word_bounds(folded.text)
    groups: list[Group] = []
    weak: list[Group] = []
    i, n = 0, len(scanned.terms)
    while i < n:
        spot = covered.get(i)
        if spot is not None:
            j = spot.last
        else:
            end = words_at.get(scanned.starts[i], scanned.ends[i])
            j = i + 1
            while j < n and scanned.starts[j] < end and j not in covered:
                j += 1
        phrase = tuple(scanned.terms[i:j])
        start, end = scanned.starts[i], scanned.ends[j - 1]
        surface = folded.text[start:end]
        whole = HAN_RUN.fullmatch(surface) is not None
        words: tuple[str, ...]
        if whole:
            words = (surface,) if len(surface) > 1 else ()
        else:
            words = phrase if len(phrase) == 1 else tuple(MODEL + m for m in model_numbers(surface))
        ids = tuple(CONCEPT + c for c in spot.concepts) if spot else ()
        group = Group(text[at[start] : at[end]], words, phrase, ids)
        empty = not spot and (phrase[0] in stop if len(phrase) == 1 else surface in stop)
        (weak if empty or (whole and len(surface) == 1 and surface in _PARTICLES) else groups).append(group)
        i = j
    unique = {(g.phrase, g.concepts): g for g in (groups or weak)}
    return Query(tuple(unique.values()))


_PARTICLES = frozenset("的了和与及或在是有要为对于之等个把被给让从到向以吗呢啊嘅咗喺")


def _word_bounds(text: str) -> dict[int, int]:
    """Start of each word of folded text to its end: Chinese words as segmented, model numbers whole."""
    bounds = {}
    for run in HAN_RUN.finditer(text):
        at = run.start()
        for word in segment(run.group()):
            bounds[at] = at + len(word)
            at += len(word)
    for match in _spans(text):
        bounds[match[0]] = match[1]
    return bounds


def _spans(text: str) -> list[tuple[int, int]]:
    found = []
    for piece in text.split():
        if model_numbers(piece):
            start = text.find(piece)
            stripped = piece.strip("()[]{}\"',;:!?。，、；：")
            start += piece.find(stripped)
            if not HAN_RUN.search(stripped):
                found.append((start, start + len(stripped)))
    return found
