"""The matcher: candidates from the engine, judged part by part, in the order of band and score; both ways round.

The dear steps come late: all candidates are weighed by what the engine counted, the best of them by their texts, and
requirements are judged only for those that are listed.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from catalogue import places
from search.engines.base import Engine, Filter, Stored
from search.filters import visibility
from search.matching import demands, offers
from search.matching.bands import Identity, band, stopped_by
from search.matching.coverage import Plan, plan
from search.matching.demands import DemandProfile
from search.matching.gates import judge_gates
from search.matching.heads import NONE, kinship
from search.matching.offers import OfferProfile
from search.matching.parts import parts
from search.matching.requirements import judge_requirements
from search.matching.results import NEAR_MISS, Match, MatchList, Part
from search.matching.ruleset import Ruleset, ruleset
from search.requests import Viewer
from search.scoring import lexical
from search.statistics import Statistics

# So many candidates are asked for, and so many of them, or as many as are listed, judged by their texts.
CANDIDATES = 300
READ = 120


@dataclass(frozen=True, eq=False)
class Judged:
    """A pair that is ranked but whose requirements are not read yet."""

    demand: DemandProfile
    offer: OfferProfile
    match: Match
    identity: Identity


def match_demand(
    engine: Engine, document: Mapping[str, Any], *, now: datetime, viewer: Viewer, limit: int = 50, rates: Any = None
) -> MatchList:
    """Offers for a demand document, best first, near misses last; at most `limit`.

    `rates`: what one major unit of each currency is worth in one common currency; without them budgets of another
    currency stay unknown. Raises search.requests.SearchUnavailable.
    """
    demand = demands.profile(document)
    statistics = engine.statistics("offers")
    rules = ruleset()
    terms = demand.terms(statistics)
    stored = [
        found
        for found in engine.candidates("offers", terms, Filter(visibility(viewer, now)), CANDIDATES)
        if not _own(found.document, demand.organisation_id)
    ]
    asked = plan(demand, statistics)
    judged = []
    for found in _promising(stored, terms, demand.kind, demand.places, statistics, rules)[: max(READ, limit)]:
        offer = offers.profile(found.document)
        judged.append(judge(demand, asked, offer, statistics, now=now, viewer=viewer, rates=rates, rules=rules))
    return ranked(judged, about=demand.id, now=now, limit=limit, total=len(stored))


def match_offer(
    engine: Engine, document: Mapping[str, Any], *, now: datetime, viewer: Viewer, limit: int = 50, rates: Any = None
) -> MatchList:
    """Open demands that an offer document serves, best first, near misses last; judged as `match_demand` judges."""
    offer = offers.profile(document)
    statistics = engine.statistics("offers")
    rules = ruleset()
    terms = offers.terms(offer, engine.statistics("demands"))
    stored = [
        found
        for found in engine.candidates("demands", terms, Filter(visibility(viewer, now)), CANDIDATES)
        if not _own(found.document, offer.organisation_id)
    ]
    first = _promising(stored, terms, offer.kind, offer.places, engine.statistics("demands"), rules)
    judged = []
    for found in first[: max(READ, limit)]:
        demand = demands.profile(found.document)
        asked = plan(demand, statistics)
        pair = judge(demand, asked, offer, statistics, now=now, viewer=viewer, rates=rates, rules=rules)
        shown = replace(pair.match, id=demand.id, organisation_id=demand.organisation_id)
        judged.append(replace(pair, match=shown))
    return ranked(judged, about=offer.id, now=now, limit=limit, total=len(stored))


def _own(document: Mapping[str, Any], organisation_id: str) -> bool:
    owner = str((document.get("organisation") or {}).get("id") or "")
    return bool(owner) and owner == organisation_id


def _promising(
    stored: Sequence[Stored],
    terms: Sequence[tuple[str, float]],
    kind: str,
    around: Sequence[str],
    statistics: Statistics,
    rules: Ruleset,
) -> list[Stored]:
    """Candidates by what is known without reading them: counts of terms, kind and place."""
    whole = sum(weight for _term, weight in terms) or 1.0
    points = rules.points
    words = points["thing"] + points["wording"] + points["requirements"] + points["closest"]

    def worth(found: Stored) -> float:
        said = sum(
            weight * lexical.saturate(*found.term_counts[term], *found.lengths, statistics)
            for term, weight in terms
            if any(found.term_counts[term])
        )
        document = found.document
        facts = document.get("facts") or {}
        where = facts.get("serves") or document.get("places") or facts.get("located") or ()
        apart = bool(around) and places.relation(where, around, place_bound=True) == places.EXCLUDED
        apart = apart and places.relation(around, where, place_bound=True) == places.EXCLUDED
        share = rules.kind_share(kind, document["kind"])
        return words * said / whole + points["kind"] * share + (0.0 if apart else points["place"])

    return sorted(stored, key=lambda found: (-worth(found), found.id))


def judge(
    demand: DemandProfile,
    asked: Plan,
    offer: OfferProfile,
    statistics: Statistics,
    *,
    now: datetime,
    viewer: Viewer,
    rates: Any = None,
    rules: Ruleset | None = None,
) -> Judged:
    """One demand and one offer, without its requirements; the match is known by the offer's id.

    `asked` is the demand's plan, `statistics` are those of the offers, `rules` the ruleset in force unless given.
    """
    rules = rules or ruleset()
    gates = judge_gates(demand, offer, now=now, viewer=viewer, rates=rates)
    found = parts(asked, demand.kind, offer, gates, statistics, rules)
    identity = identify(demand, offer, found)
    match = Match(
        id=offer.id,
        band=band(identity, gates, ()),
        score=round(sum(part.points for part in found), 2),
        parts=found,
        gates=gates,
        requirements=(),
        ruleset=rules.version,
        organisation_id=offer.organisation_id,
    )
    return Judged(demand, offer, match, identity)


def identify(demand: DemandProfile, offer: OfferProfile, found: Sequence[Part]) -> Identity:
    """How surely the offer is the thing that the demand asks for."""
    share = {part.name: part.points / part.out_of for part in found}
    return Identity(
        named=share["thing"],
        closest=share["closest"],
        head=max((kinship(head, offer.heads) for head in demand.heads), default=NONE),
        same_kind=demand.kind == offer.kind,
    )


def finish(pair: Judged) -> Match:
    """The match with its requirements read and its band settled."""
    requirements = judge_requirements(pair.demand, pair.offer)
    return replace(
        pair.match,
        band=band(pair.identity, pair.match.gates, requirements),
        requirements=requirements,
        stopped_by=stopped_by(pair.match.gates, requirements),
    )


def ranked(judged: Iterable[Judged], *, about: str, now: datetime, limit: int, total: int) -> MatchList:
    """Matches in order: near misses last, higher scores first, ties by a hash of the pair and the day."""
    day = now.date().isoformat()

    def order(pair: Judged) -> tuple[bool, float, str]:
        return pair.match.band == NEAR_MISS, -pair.match.score, _tie(about, pair.match.id, day)

    everything = sorted(judged, key=order)
    matches = tuple(finish(pair) for pair in everything[:limit])
    stopped = Counter(reason for match in matches for reason in match.stopped_by)
    return MatchList(
        matches=matches,
        nearest=tuple(sorted(stopped.items(), key=lambda pair: (-pair[1], pair[0]))),
        total=total,
        ruleset=ruleset().version,
    )


def _tie(about: str, id: str, day: str) -> str:
    return hashlib.sha256(f"{day}:{about}:{id}".encode()).hexdigest()
