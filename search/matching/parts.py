"""Parts: the named points that make up a score, each with the facts it rests on."""

from __future__ import annotations

from collections.abc import Sequence

from search.matching.coverage import Covered, covered, wording
from search.matching.demands import DemandProfile
from search.matching.offers import OfferProfile
from search.matching.results import FAILED, PASSED, Gate, Part
from search.matching.ruleset import Ruleset
from search.statistics import Statistics

# Fields that say something checkable about an offer; more than a few earn no more.
_ENOUGH_FACTS = 5
_GATE_PARTS = (("place", "place"), ("budget", "budget"), ("lead_time", "date"))


def parts(
    demand: DemandProfile, offer: OfferProfile, gates: Sequence[Gate], statistics: Statistics, rules: Ruleset
) -> tuple[Part, ...]:
    """All parts of the score, in the order in which they are published."""
    own = rules.coverage
    thing = covered(demand.title_units, offer, statistics, own)
    asked = covered(demand.requirement_units, offer, statistics, own)
    closest = max((covered(r.units, offer, statistics, own).share for r in demand.requirements if r.units), default=0.0)
    context = covered(demand.context_units, offer, statistics, own)
    found = [
        _covered_part("thing", thing, rules),
        _part("wording", wording(demand, offer, statistics, rules), rules),
        _covered_part("requirements", asked, rules),
        _part("closest", closest, rules),
        _covered_part("context", context, rules),
        _part("kind", rules.kind_share(demand.kind, offer.kind), rules, wanted=demand.kind, offered=offer.kind),
    ]
    states = {gate.name: gate.state for gate in gates}
    for name, gate in _GATE_PARTS:
        state = states.get(gate)
        share = 1.0 if state in (PASSED, None) else 0.0 if state == FAILED else rules.unknown[name]
        found.append(_part(name, share, rules, state=state or "not asked"))
    stated = [key for key, value in offer.facts.items() if value not in (None, "", [], {}) and key != "features"]
    found.append(_part("evidence", min(1.0, len(stated) / _ENOUGH_FACTS), rules, fields=sorted(stated)))
    return tuple(found)


def _part(name: str, share: float, rules: Ruleset, **facts: object) -> Part:
    return Part(name, round(share * rules.points[name], 2), rules.points[name], dict(facts))


def _covered_part(name: str, found: Covered, rules: Ruleset) -> Part:
    return _part(name, found.share, rules, answered=list(found.answered[:8]))
