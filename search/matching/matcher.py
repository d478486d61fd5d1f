"""The matcher: candidates from the engine, judged part by part, in the order of band and score; both ways round."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from search.engines.base import Engine, Filter
from search.filters import visibility
from search.matching import demands, offers
from search.matching.bands import Identity, band, stopped_by
from search.matching.demands import DemandProfile
from search.matching.gates import judge_gates
from search.matching.heads import NONE, kinship
from search.matching.offers import OfferProfile
from search.matching.parts import parts
from search.matching.requirements import judge_requirements
from search.matching.results import NEAR_MISS, Match, MatchList, Part
from search.matching.ruleset import Ruleset, ruleset
from search.requests import Viewer
from search.statistics import Statistics

# So many candidates are judged.
CANDIDATES = 300


def match_demand(
    engine: Engine, document: Mapping[str, Any], *, now: datetime, viewer: Viewer, limit: int = 50, rates: Any = None
) -> MatchList:
    """Offers for a demand document, best first, near misses last; at most `limit`.

    `rates`: what one major unit of each currency is worth in one common currency; without them budgets of another
    currency stay unknown. Raises search.requests.SearchUnavailable.
    """
    demand = demands.profile(document)
    statistics = engine.statistics("offers")
    stored = engine.candidates("offers", demand.terms(statistics), Filter(visibility(viewer, now)), CANDIDATES)
    judged = [
        judge(demand, offers.profile(found.document), statistics, now=now, viewer=viewer, rates=rates)
        for found in stored
        if not _own(found.document, demand.organisation_id)
    ]
    return ranked(judged, about=demand.id, now=now, limit=limit)


def match_offer(
    engine: Engine, document: Mapping[str, Any], *, now: datetime, viewer: Viewer, limit: int = 50, rates: Any = None
) -> MatchList:
    """Open demands that an offer document serves, best first, near misses last; judged as `match_demand` judges."""
    offer = offers.profile(document)
    demand_statistics, statistics = engine.statistics("demands"), engine.statistics("offers")
    terms = offers.terms(offer, demand_statistics)
    stored = engine.candidates("demands", terms, Filter(visibility(viewer, now)), CANDIDATES)
    judged = []
    for found in stored:
        if not _own(found.document, offer.organisation_id):
            demand = demands.profile(found.document)
            match = judge(demand, offer, statistics, now=now, viewer=viewer, rates=rates, about_demand=True)
            judged.append(match)
    return ranked(judged, about=offer.id, now=now, limit=limit)


def _own(document: Mapping[str, Any], organisation_id: str) -> bool:
    owner = str((document.get("organisation") or {}).get("id") or "")
    return bool(owner) and owner == organisation_id


def judge(
    demand: DemandProfile,
    offer: OfferProfile,
    statistics: Statistics,
    *,
    now: datetime,
    viewer: Viewer,
    rates: Any = None,
    about_demand: bool = False,
    rules: Ruleset | None = None,
) -> Match:
    """One demand and one offer. The match is known by the offer's id, or the demand's with `about_demand`.

    `statistics` are those of the offers; `rules` the ruleset in force unless another is given.
    """
    rules = rules or ruleset()
    gates = judge_gates(demand, offer, now=now, viewer=viewer, rates=rates)
    found = parts(demand, offer, gates, statistics, rules)
    requirements = judge_requirements(demand, offer)
    identity = identify(demand, offer, found)
    shown = demand if about_demand else offer
    return Match(
        id=shown.id,
        band=band(identity, gates, requirements),
        score=round(sum(part.points for part in found), 2),
        parts=found,
        gates=gates,
        requirements=requirements,
        ruleset=rules.version,
        organisation_id=shown.organisation_id,
        stopped_by=stopped_by(gates, requirements),
    )


def identify(demand: DemandProfile, offer: OfferProfile, found: Sequence[Part]) -> Identity:
    """How surely the offer is the thing that the demand asks for."""
    share = {part.name: part.points / part.out_of for part in found}
    return Identity(
        named=share["thing"],
        closest=share["closest"],
        head=max((kinship(head, offer.heads) for head in demand.heads), default=NONE),
        same_kind=demand.kind == offer.kind,
    )


def ranked(judged: Iterable[Match], *, about: str, now: datetime, limit: int) -> MatchList:
    """Matches in order: near misses last, higher scores first, ties by a hash of the pair and the day."""
    day = now.date().isoformat()
    everything = sorted(judged, key=lambda match: (match.band == NEAR_MISS, -match.score, _tie(about, match.id, day)))
    stopped = Counter(reason for match in everything for reason in match.stopped_by)
    return MatchList(
        matches=tuple(everything[:limit]),
        nearest=tuple(sorted(stopped.items(), key=lambda pair: (-pair[1], pair[0]))),
        total=len(everything),
        ruleset=ruleset().version,
    )


def _tie(about: str, id: str, day: str) -> str:
    return hashlib.sha256(f"{day}:{about}:{id}".encode()).hexdigest()
