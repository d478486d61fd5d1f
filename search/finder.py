"""Finding: a request in, a page of hits out.

Engines find and count; here it is ranked, cut, marked and, if need be, relaxed.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

from search import closeness
from search.asking import Asked, ask
from search.engines.base import Bag, Engine, Found, Selection
from search.filters import facet_field, place_counts, request_filter, request_order
from search.highlights import highlights
from search.indexing import seconds
from search.requests import LARGEST_PAGE, LAST_PAGE, FindRequest, FindResult, Hit
from search.scoring import freshness, lexical
from search.semantic import Meaning
from search.statistics import Statistics
from search.suggestions import suggest

# So many are scored; beyond them pages come in the engine's order, which is the same for all engines.
SCORED = 300


def find(engine: Engine, request: FindRequest, *, wait: bool = False, semantic: bool = True) -> FindResult:
    """Answers a request. `wait`: for encoders that are installed and not loaded yet, as a measurement does; `semantic`:
    whether meaning counts, where encoders are installed.

    Raises UnknownFilter, UnknownCollection, SearchUnavailable. An unknown sort is refused by the request itself.
    """
    return find_parts(engine, request, wait=wait, semantic=semantic)[0]


def find_parts(
    engine: Engine, request: FindRequest, *, wait: bool = False, semantic: bool = True
) -> tuple[FindResult, float]:
    """Answers a request, and says how many seconds the scoring took of it."""
    statistics = engine.statistics(request.collection)
    asked = ask(request.text, request.lang, statistics)
    selection = selection_of(request, asked)
    if request.text.strip() and not asked.clauses:
        return _empty(request, ()), 0.0
    found = engine.select(selection)
    relaxed = asked.dropped
    if not found.total and len(asked.clauses) > 1:
        asked, left_out = _relax(engine, selection, asked)
        if left_out is not None:
            selection = replace(selection, clauses=asked.clauses)
            found = engine.select(selection)
            relaxed = (*relaxed, left_out)
    meaning = closeness.meaning_for(engine, request, wait=wait) if semantic else None
    if not found.total:
        empty = _empty(request, suggest(engine, request, asked, selection.filter, statistics))
        return replace(empty, close=_close(engine, request, asked, selection, found, meaning)), 0.0
    begun = time.perf_counter()
    ranked = rank(found.ids, found.bags, asked, statistics) if selection.bags else [(id, 0.0) for id in found.ids]
    if meaning and selection.bags:
        ranked = closeness.reordered(ranked, SCORED, request, meaning)
    if selection.bags:
        moment = seconds(request.now)
        stale = {id for id, until in found.fresh_until.items() if until < moment}
        ranked = [*freshness.sunk(ranked[:SCORED], stale), *ranked[SCORED:]] if stale else ranked
    scoring = time.perf_counter() - begun
    answer = _answer(engine, request, asked, selection, found, ranked, relaxed)
    return replace(answer, close=_close(engine, request, asked, selection, found, meaning)), scoring


def _close(
    engine: Engine, request: FindRequest, asked: Asked, selection: Selection, found: Found, meaning: Meaning | None
) -> tuple[Hit, ...]:
    """What is close in meaning alone, beside a first page that has all that the words found."""
    if meaning is None or _page(request)[0] > 1 or found.total > SCORED:
        return ()
    near = closeness.close(engine, request, selection.filter, set(found.ids), meaning)
    return tuple(Hit(id, 0.0, highlights(document, asked.groups, request.lang)) for id, document in near.items())


def _page(request: FindRequest) -> tuple[int, int]:
    """Page and size within their limits."""
    return max(1, request.page), max(1, min(LARGEST_PAGE, request.size))


def selection_of(request: FindRequest, asked: Asked) -> Selection:
    """What the engine is asked for a request."""
    page, size = _page(request)
    order = request_order(request.sort, request.viewer.level(request.collection))
    if order is None and not asked.clauses:
        order = request_order("newest", request.viewer.level(request.collection))
    start = (page - 1) * size
    scored = order is None and start < SCORED
    return Selection(
        collection=request.collection,
        clauses=asked.clauses,
        whole=asked.whole,
        favoured=asked.favoured,
        filter=request_filter(request),
        facets=tuple(facet_field(request.collection, name, request.viewer) for name in request.facets),
        order=order,
        offset=0 if scored else start,
        limit=0 if page > LAST_PAGE else max(SCORED, start + size) if scored else size,
        bags=scored and page <= LAST_PAGE,
    )


def _relax(engine: Engine, selection: Selection, asked: Asked) -> tuple[Asked, str | None]:
    """Leaves out one word so that the others find something, the one that tells least first.

    None if no single word is to blame.
    """
    by_weight = sorted(range(len(asked.clauses)), key=lambda i: (asked.clauses[i].weight, i))
    variants = [asked.clauses[:i] + asked.clauses[i + 1 :] for i in by_weight]
    at = engine.first_found([replace(selection, clauses=clauses, facets=(), whole=()) for clauses in variants])
    if at is None:
        return asked, None
    i = by_weight[at]
    fewer = replace(
        asked,
        clauses=variants[at],
        surfaces=asked.surfaces[:i] + asked.surfaces[i + 1 :],
        groups=asked.groups[:i] + asked.groups[i + 1 :],
    )
    return fewer, asked.surfaces[i]


def _answer(
    engine: Engine,
    request: FindRequest,
    asked: Asked,
    selection: Selection,
    found: Found,
    ranked: list[tuple[str, float]],
    relaxed: tuple[str, ...],
) -> FindResult:
    page, size = _page(request)
    start = (page - 1) * size - selection.offset
    shown = ranked[start : start + size]
    documents = engine.documents(request.collection, [id for id, _score in shown])
    hits = tuple(
        Hit(id, round(score, 6), highlights(documents[id], asked.groups, request.lang))
        for id, score in shown
        if id in documents
    )
    pages = min(LAST_PAGE, -(-found.total // size))
    return FindResult(hits, found.total, _facets(request, found), relaxed, (), page, pages)


def rank(ids: Sequence[str], bags: Mapping[str, Bag], asked: Asked, statistics: Statistics) -> list[tuple[str, float]]:
    """The first ids scored and put in order; those beyond SCORED follow as they came, with a score of 0."""
    first = {id: bags[id] for id in ids[:SCORED]}
    scored = lexical.order(first, asked.clauses, statistics, whole=asked.whole, favoured=asked.favoured)
    return scored + [(id, 0.0) for id in ids[SCORED:]]


def _facets(request: FindRequest, found: Found) -> dict[str, tuple[tuple[str, int], ...]]:
    facets = {}
    for name in request.facets:
        counts = found.facets[facet_field(request.collection, name, request.viewer)]
        if name == "place":
            counts = place_counts(counts)
        facets[name] = tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
    return facets


def _empty(request: FindRequest, suggestions: tuple[str, ...]) -> FindResult:
    return FindResult((), 0, dict.fromkeys(request.facets, ()), (), suggestions, _page(request)[0], 0)
