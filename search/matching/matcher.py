"""The matcher: candidates from the engine, judged part by part, in the order of band and score; both ways round.

The dear steps come late: all candidates are weighed by what the engine counted, the best of them by their texts, and
requirements are judged only for those that are listed.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from catalogue import credentials
from search.engines.base import Engine, Filter, Stored
from search.filters import visibility
from search.matching import demands, offers
from search.matching.bands import Identity, band, stopped_by
from search.matching.coverage import Plan, plan
from search.matching.demands import DemandProfile
from search.matching.gates import hidden_facts, judge_gates
from search.matching.heads import NONE, kinship
from search.matching.lines import judge_lines
from search.matching.offers import OfferProfile
from search.matching.parts import parts, with_meaning
from search.matching.reach import are_apart
from search.matching.requirements import judge_requirements
from search.matching.results import IDENTITY, NEAR_MISS, Match, MatchList, Part
from search.matching.ruleset import Ruleset, ruleset
from search.matching.shelf import Shelf
from search.matching.sight import is_visible
from search.requests import SearchUnavailable, Viewer
from search.scoring import lexical
from search.semantic import Meaning, meaning_of
from search.statistics import Statistics

# So many candidates are asked for, and so many of them, or as many as are listed, judged by their texts.
CANDIDATES = 300
READ = 100
# So many more by nearness in meaning, and so many vectors that are still lacking made while somebody waits.
NEAREST = 100
INLINE = 64
_OFFERS: Shelf[OfferProfile] = Shelf("offers", offers.profile)
_DEMANDS: Shelf[DemandProfile] = Shelf("demands", demands.profile)


@dataclass(frozen=True, eq=False)
class Judged:
    """A pair that is ranked but whose requirements are not read yet."""

    demand: DemandProfile
    offer: OfferProfile
    match: Match
    identity: Identity
    today: date  # in the region: what is in force then counts


def match_demand(
    engine: Engine,
    document: Mapping[str, Any],
    *,
    now: datetime,
    viewer: Viewer,
    limit: int = 50,
    rates: Any = None,
    semantic: bool = True,
) -> MatchList:
    """Offers for a demand document, best first, near misses last; at most `limit`.

    `rates`: what one major unit of each currency is worth in one common currency; without them budgets of another
    currency stay unknown. `semantic`: whether meaning counts, where encoders are installed. Raises
    search.requests.SearchUnavailable.
    """
    demand = demands.profile(document)
    statistics = engine.statistics("offers")
    rules = ruleset()
    terms = demand.terms(statistics)
    meaning = meaning_of(engine) if semantic else None
    stored = _candidates(engine, "offers", document, terms, now, viewer, meaning)
    order = _promising(stored, terms, demand.kind, demand.places, statistics, rules)
    first = _nearest_first(order, document, "offers", meaning, rules)[: max(READ, limit)]
    read = _OFFERS.profiles(engine, first)
    alike = _likeness(document, "offers", read, meaning)
    asked = plan(demand, statistics)
    judged = []
    for id, offer in read.items():
        pair = judge(demand, asked, offer, statistics, now=now, viewer=viewer, rates=rates, rules=rules)
        judged.append(_weighed(pair, alike[id], rules) if meaning else pair)
    return ranked(judged, about=demand.id, now=now, limit=limit, total=len(stored))


@dataclass(frozen=True)
class Standing:
    """How one offer stands for a demand: its `match` as everywhere else, and its `place` among `total` candidates,
    1 for the first; None where the search for candidates does not bring it up, or others fill the first `limit`."""

    match: Match
    place: int | None
    total: int
    limit: int


def stand(
    engine: Engine,
    demand_document: Mapping[str, Any],
    offer_document: Mapping[str, Any],
    *,
    now: datetime,
    viewer: Viewer,
    limit: int = 50,
    rates: Any = None,
    semantic: bool = True,
) -> Standing:
    """Where an offer stands in the first `limit` for a demand, and how it is judged wherever that is.

    Asks the same as `match_demand` does. Raises search.requests.SearchUnavailable.
    """
    found = match_demand(engine, demand_document, now=now, viewer=viewer, limit=limit, rates=rates, semantic=semantic)
    id = str(offer_document["id"])
    for place, match in enumerate(found.matches, 1):
        if match.id == id:
            return Standing(match, place, found.total, limit)
    statistics, rules = engine.statistics("offers"), ruleset()
    demand, offer = demands.profile(demand_document), offers.profile(offer_document)
    asked = plan(demand, statistics)
    pair = judge(demand, asked, offer, statistics, now=now, viewer=viewer, rates=rates, rules=rules)
    meaning = meaning_of(engine) if semantic else None
    if meaning:
        [likeness] = meaning.likeness(demand_document, "offers", [offer_document], inline=INLINE)
        pair = _weighed(pair, likeness, rules)
    return Standing(finish(pair), None, found.total, limit)


def match_offer(
    engine: Engine,
    document: Mapping[str, Any],
    *,
    now: datetime,
    viewer: Viewer,
    limit: int = 50,
    rates: Any = None,
    semantic: bool = True,
) -> MatchList:
    """Open demands that an offer document serves, best first, near misses last; judged as `match_demand` judges."""
    offer = offers.profile(document)
    statistics, among = engine.statistics("offers"), engine.statistics("demands")
    rules = ruleset()
    terms = offers.terms(offer, among)
    meaning = meaning_of(engine) if semantic else None
    stored = _candidates(engine, "demands", document, terms, now, viewer, meaning)
    order = _promising(stored, terms, offer.kind, offer.places, among, rules)
    first = _nearest_first(order, document, "demands", meaning, rules)[: max(READ, limit)]
    read = _DEMANDS.profiles(engine, first)
    alike = _likeness(document, "demands", read, meaning)
    judged = []
    for id, demand in read.items():
        asked = plan(demand, statistics)
        pair = judge(demand, asked, offer, statistics, now=now, viewer=viewer, rates=rates, rules=rules)
        shown = replace(pair.match, id=demand.id, organisation_id=demand.organisation_id)
        pair = replace(pair, match=shown)
        judged.append(_weighed(pair, alike[id], rules) if meaning else pair)
    return ranked(judged, about=offer.id, now=now, limit=limit, total=len(stored))


def _candidates(
    engine: Engine,
    collection: str,
    document: Mapping[str, Any],
    terms: Sequence[tuple[str, float]],
    now: datetime,
    viewer: Viewer,
    meaning: Meaning | None,
) -> list[Stored]:
    """What the words find, then what else is near in meaning; never the asking organisation's own."""
    found = engine.candidates(collection, terms, Filter(visibility(viewer, now)), CANDIDATES, outlines=True)
    if meaning:
        known = {one.id for one in found}
        more = [id for id in meaning.nearest(document, collection, NEAREST) if id not in known]
        seen = _documents(engine, collection, more)
        found += [
            Stored(id, seen[id], {}, (0, 0), 0) for id in more if id in seen and is_visible(seen[id], viewer, now)
        ]
    owner = _owner(document)
    return [one for one in found if not owner or _owner(one.document) != owner]


def _documents(engine: Engine, collection: str, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Documents by id; none when the engine's time is used up, since what the words found is answer enough."""
    try:
        return engine.documents(collection, ids) if ids else {}
    except SearchUnavailable:
        return {}


def _nearest_first(
    order: Sequence[tuple[float, Stored]],
    document: Mapping[str, Any],
    collection: str,
    meaning: Meaning | None,
    rules: Ruleset,
) -> list[Stored]:
    """Candidates in the order in which it is worth reading them, by what is known of their meaning, too."""
    if meaning is None:
        return [found for _worth, found in order]
    known = meaning.likeness_of(document, collection, [found.id for _worth, found in order])
    left = 1.0 - rules.meaning / 100.0

    def worth(pair: tuple[float, Stored]) -> float:
        return left * pair[0] + rules.meaning * known.get(pair[1].id, rules.unknown["meaning"])

    return [found for _worth, found in sorted(order, key=lambda pair: (-worth(pair), pair[1].id))]


def _likeness(
    document: Mapping[str, Any],
    collection: str,
    read: Mapping[str, OfferProfile] | Mapping[str, DemandProfile],
    meaning: Meaning | None,
) -> dict[str, float | None]:
    """How near in meaning what was read is, by id; nothing without encoders."""
    if meaning is None:
        return {}
    near = meaning.likeness(document, collection, [profile.document for profile in read.values()], inline=INLINE)
    return dict(zip(read, near, strict=True))


def _weighed(pair: Judged, likeness: float | None, rules: Ruleset) -> Judged:
    """The pair with its likeness in meaning among its parts."""
    found = with_meaning(pair.match.parts, likeness, rules)
    return replace(pair, match=replace(pair.match, parts=found, score=_score(found)))


def _score(found: Sequence[Part]) -> float:
    return round(sum(part.points for part in found), 2)


def _owner(document: Mapping[str, Any]) -> str:
    return str((document.get("organisation") or {}).get("id") or "")


def _promising(
    stored: Sequence[Stored],
    terms: Sequence[tuple[str, float]],
    kind: str,
    around: tuple[str, ...],
    statistics: Statistics,
    rules: Ruleset,
) -> list[tuple[float, Stored]]:
    """Candidates with what is known of their worth without reading them, by counts of terms, kind and place."""
    whole = sum(weight for _term, weight in terms) or 1.0
    points = rules.points
    words = points["thing"] + points["wording"] + points["requirements"] + points["closest"]

    def worth(found: Stored) -> float:
        said, counts = 0.0, found.term_counts
        for term, weight in terms:
            count = counts.get(term)
            if count and (count[0] or count[1]):
                said += weight * lexical.saturate(*count, *found.lengths, statistics)
        document = found.document
        facts = document.get("facts") or {}
        where = tuple(facts.get("serves") or document.get("places") or facts.get("located") or ())
        apart = are_apart(where, around)
        share = rules.kind_share(kind, document["kind"])
        return words * said / whole + points["kind"] * share + (0.0 if apart else points["place"])

    return sorted(((worth(found), found) for found in stored), key=lambda pair: (-pair[0], pair[1].id))


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
    hidden = hidden_facts(offer, viewer, demand.organisation_id)
    today = credentials.day(now)
    hidden |= credentials.lapsed(offer.facts, today)
    found = parts(asked, demand.kind, offer, gates, statistics, rules, hidden)
    identity = identify(demand, offer, found)
    match = Match(
        id=offer.id,
        band=band(identity, gates, ()),
        score=_score(found),
        parts=found,
        gates=gates,
        requirements=(),
        ruleset=rules.version,
        organisation_id=offer.organisation_id,
    )
    return Judged(demand, offer, match, identity, today)


def identify(demand: DemandProfile, offer: OfferProfile, found: Sequence[Part]) -> Identity:
    """How surely the offer is the thing that the demand asks for."""
    share = {part.name: part.points / part.out_of for part in found}
    head = max((kinship(one, offer.heads) for one in demand.heads), default=NONE)
    return Identity(
        named=share["thing"],
        closest=share["closest"],
        asked=share["requirements"],
        wording=share["wording"],
        head=head,
        kin=share["kind"],
        apart=head == NONE and bool(demand.heads and offer.heads),
    )


def finish(pair: Judged) -> Match:
    """The match with its requirements read and its band settled."""
    requirements = judge_requirements(pair.demand, pair.offer, today=pair.today)
    return replace(
        pair.match,
        band=band(pair.identity, pair.match.gates, requirements),
        requirements=requirements,
        stopped_by=stopped_by(pair.identity, pair.match.gates, requirements),
        lines=judge_lines(pair.demand, pair.offer),
    )


def ranked(judged: Iterable[Judged], *, about: str, now: datetime, limit: int, total: int) -> MatchList:
    """Matches in order: near misses last, higher scores first, ties by a hash of the pair and the day."""
    day = now.date().isoformat()

    def order(pair: Judged) -> tuple[bool, float, str]:
        return pair.match.band == NEAR_MISS, -pair.match.score, _tie(about, pair.match.id, day)

    everything = sorted(judged, key=order)
    matches = tuple(finish(pair) for pair in everything[:limit])
    stopped = Counter(reason for match in matches for reason in match.stopped_by if reason not in IDENTITY)
    return MatchList(
        matches=matches,
        nearest=tuple(sorted(stopped.items(), key=lambda pair: (-pair[1], pair[0]))),
        total=total,
        ruleset=ruleset().version,
    )


def _tie(about: str, id: str, day: str) -> str:
    return hashlib.sha256(f"{day}:{about}:{id}".encode()).hexdigest()
