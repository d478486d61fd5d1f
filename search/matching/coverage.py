"""Coverage: how much of what is asked an offer speaks of, rare things counting more, across languages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from search.matching.demands import DemandProfile
from search.matching.offers import OfferProfile
from search.matching.ruleset import Coverage, Ruleset
from search.matching.units import Unit
from search.statistics import Statistics
from search.streams import wire


class Covered(NamedTuple):
    """`share`: 0 to 1 of the weight asked for; `answered`: surfaces of the units found, the heaviest first."""

    share: float
    answered: tuple[str, ...]


def degree(unit: Unit, offer: OfferProfile, rules: Coverage) -> float:
    """How fully an offer answers a unit, 0 to 1: by concept or word, in the title or in the text."""
    terms = unit.terms()
    if any(term in offer.title for term in terms):
        return rules.title
    often = max((offer.body[term] for term in terms if term in offer.body), default=0)
    if often:
        return rules.body_again if often > 1 else rules.body
    if not terms:
        return rules.body if offer.says(unit.phrase) else 0.0
    for rank, term in enumerate(unit.broader[:2], 1):
        if term in offer.title:
            return rules.broader / rank
        if term in offer.body:
            return 0.6 * rules.broader / rank
    return 0.0


def covered(asked: Iterable[Unit], offer: OfferProfile, statistics: Statistics, rules: Coverage) -> Covered:
    """The share of the units that an offer answers."""
    got = whole = 0.0
    answered = []
    for unit in asked:
        weight = unit.idf(statistics)
        found = degree(unit, offer, rules)
        if not found and not unit.concepts and unit.latin not in offer.languages:
            weight *= rules.other_language
        got += weight * found
        whole += weight
        if found >= rules.body:
            answered.append((weight, unit.surface))
    answered.sort(key=lambda pair: -pair[0])
    return Covered(got / whole if whole else 0.0, tuple(dict.fromkeys(surface for _weight, surface in answered)))


def wording(demand: DemandProfile, offer: OfferProfile, statistics: Statistics, rules: Ruleset) -> float:
    """Likeness of the plain words, 0 to 1: BM25F as a share of what a perfect text would get."""
    own = rules.wording
    title = _bm25(demand.title_words, offer, statistics, rules)
    rest = _bm25(demand.requirement_words, offer, statistics, rules)
    return min(1.0, own.demand_title * title + own.requirements * rest)


def _bm25(words: frozenset[str], offer: OfferProfile, statistics: Statistics, rules: Ruleset) -> float:
    own = rules.wording
    got, whole = 0.0, 2.0
    title_norm = 1 - own.b + own.b * offer.title_length / statistics.average_title
    body_norm = 1 - own.b + own.b * offer.body_length / statistics.average_body
    for word in words:
        idf = statistics.idf(wire(word))
        whole += 0.8 * idf
        often = own.title_weight * offer.title[word] / title_norm + offer.body[word] / body_norm
        if often:
            got += idf * often / (own.k1 + often)
    return got / whole
