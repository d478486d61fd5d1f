"""Coverage: how much of what is asked an offer speaks of, rare things counting more, across languages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from weakref import WeakKeyDictionary

from search.matching.demands import DemandProfile
from search.matching.offers import OfferProfile
from search.matching.ruleset import Ruleset
from search.matching.units import Unit
from search.statistics import Statistics
from search.streams import wire

_OWN = 0  # a term answers a unit itself; 1, 2: it is what the unit is a kind of, so many steps up
_STEPS_UP = 2
_BROADER_IN_TEXT = 0.6


class Covered(NamedTuple):
    """`share`: 0 to 1 of the weight asked for; `answered`: surfaces of the units found, the heaviest first."""

    share: float
    answered: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Plan:
    """A demand prepared for comparison with many offers: each unit once with its weight, and what terms answer it."""

    units: tuple[Unit, ...]
    weights: tuple[float, ...]
    by_term: dict[str, tuple[tuple[int, int], ...]]
    phrases: tuple[int, ...]
    thing: tuple[int, ...]
    requirements: tuple[int, ...]
    each_requirement: tuple[tuple[int, ...], ...]
    context: tuple[int, ...]
    title_words: dict[str, float]
    requirement_words: dict[str, float]
    _lacking: dict[tuple[frozenset[bool], float], tuple[float, ...]] = field(default_factory=dict)

    def lacking(self, languages: frozenset[bool], other_language: float) -> tuple[float, ...]:
        """What each unit weighs against an offer that does not answer it: words that no text of the offer's languages
        could hold count as `other_language` says."""
        key = languages, other_language
        if key not in self._lacking:
            self._lacking[key] = tuple(
                weight if unit.concepts or unit.latin in languages else weight * other_language
                for unit, weight in zip(self.units, self.weights, strict=True)
            )
        return self._lacking[key]


# The plan of each profile that is kept (`search.matching.shelf`), and the table that it was made by.
_PLANS: WeakKeyDictionary[DemandProfile, tuple[Statistics, Plan]] = WeakKeyDictionary()


def plan(demand: DemandProfile, statistics: Statistics) -> Plan:
    """Prepares a demand, once while its profile and the table stay; `statistics` are those of the offers."""
    kept = _PLANS.get(demand)
    if kept is None or kept[0] is not statistics:
        kept = _PLANS[demand] = statistics, _planned(demand, statistics)
    return kept[1]


def _planned(demand: DemandProfile, statistics: Statistics) -> Plan:
    index: dict[tuple[str, ...], int] = {}
    units: list[Unit] = []

    def places_of(group: Sequence[Unit]) -> tuple[int, ...]:
        for unit in group:
            if unit.key not in index:
                index[unit.key] = len(units)
                units.append(unit)
        return tuple(index[unit.key] for unit in group)

    thing = places_of(demand.title_units)
    requirements = places_of(demand.requirement_units)
    each = tuple(places_of(requirement.units) for requirement in demand.requirements if requirement.units)
    context = places_of(demand.context_units)
    by_term: dict[str, list[tuple[int, int]]] = {}
    for at, unit in enumerate(units):
        for term in unit.terms():
            by_term.setdefault(term, []).append((at, _OWN))
        for rank, term in enumerate(unit.broader[:_STEPS_UP], 1):
            by_term.setdefault(term, []).append((at, rank))
    return Plan(
        units=tuple(units),
        weights=tuple(unit.idf(statistics) for unit in units),
        by_term={term: tuple(found) for term, found in by_term.items()},
        phrases=tuple(at for at, unit in enumerate(units) if not unit.terms()),
        thing=thing,
        requirements=requirements,
        each_requirement=each,
        context=context,
        title_words={word: statistics.idf(wire(word)) for word in demand.title_words},
        requirement_words={word: statistics.idf(wire(word)) for word in demand.requirement_words},
    )


def degrees(asked: Plan, offer: OfferProfile, rules: Ruleset) -> list[float]:
    """How fully an offer answers each unit, 0 to 1: by concept or word, in the title or in the text."""
    own = rules.coverage
    found = [0.0] * len(asked.units)
    known = asked.by_term.keys()
    for term in known & offer.body.keys():
        once = own.body_again if offer.body[term] > 1 else own.body
        for at, rank in asked.by_term[term]:
            share = once if rank == _OWN else _BROADER_IN_TEXT * own.broader / rank
            if share > found[at]:
                found[at] = share
    for term in known & offer.title.keys():
        for at, rank in asked.by_term[term]:
            share = own.title if rank == _OWN else own.broader / rank
            if share > found[at]:
                found[at] = share
    for at in asked.phrases:
        if offer.says(asked.units[at].phrase):
            found[at] = own.body
    return found


def covered(asked: Plan, group: Sequence[int], found: Sequence[float], offer: OfferProfile, rules: Ruleset) -> Covered:
    """The share of a group of units that an offer answers, `found` being its degrees."""
    answered = sorted((-asked.weights[at], asked.units[at].surface) for at in group if found[at] >= rules.coverage.body)
    surfaces = tuple(dict.fromkeys(surface for _weight, surface in answered))
    return Covered(covered_share(asked, group, found, offer, rules), surfaces)


def covered_share(
    asked: Plan, group: Sequence[int], found: Sequence[float], offer: OfferProfile, rules: Ruleset
) -> float:
    """The `share` of `covered` alone."""
    weights, lacking = asked.weights, asked.lacking(offer.languages, rules.coverage.other_language)
    got = whole = 0.0
    for at in group:
        share = found[at]
        if share:
            weight = weights[at]
            got += weight * share
            whole += weight
        else:
            whole += lacking[at]
    return got / whole if whole else 0.0


def wording(asked: Plan, offer: OfferProfile, statistics: Statistics, rules: Ruleset) -> float:
    """Likeness of the plain words, 0 to 1: BM25F as a share of what a perfect text would get."""
    own = rules.wording
    title = _bm25(asked.title_words, offer, statistics, rules)
    rest = _bm25(asked.requirement_words, offer, statistics, rules)
    return min(1.0, own.demand_title * title + own.requirements * rest)


def _bm25(words: dict[str, float], offer: OfferProfile, statistics: Statistics, rules: Ruleset) -> float:
    own = rules.wording
    got, whole = 0.0, 2.0 + 0.8 * sum(words.values())
    title_norm = 1 - own.b + own.b * offer.title_length / statistics.average_title
    body_norm = 1 - own.b + own.b * offer.body_length / statistics.average_body
    for word in words.keys() & (offer.title.keys() | offer.body.keys()):
        often = own.title_weight * offer.title[word] / title_norm + offer.body[word] / body_norm
        got += words[word] * often / (own.k1 + often)
    return got / whole
