"""Parts: the named points that make up a score, each with the facts it rests on."""

from __future__ import annotations

from collections.abc import Sequence

from search.matching.coverage import Covered, Plan, covered, covered_share, degrees, wording
from search.matching.offers import OfferProfile
from search.matching.results import FAILED, PASSED, Gate, Part
from search.matching.ruleset import Ruleset
from search.statistics import Statistics

# Fields that say something checkable about an offer; more than a few earn no more.
_ENOUGH_FACTS = 5
_GATE_PARTS = (("place", "place"), ("budget", "budget"), ("lead_time", "date"))


def parts(
    asked: Plan,
    kind: str,
    offer: OfferProfile,
    gates: Sequence[Gate],
    statistics: Statistics,
    rules: Ruleset,
    hidden: frozenset[str] = frozenset(),
) -> tuple[Part, ...]:
    """All parts of the score of an offer for a demand of a kind, in the order in which they are published, but for the
    one that needs encoders (`with_meaning`). `hidden`: facts that count as not stated."""
    found = degrees(asked, offer, rules)
    closest = max((covered_share(asked, one, found, offer, rules) for one in asked.each_requirement), default=0.0)
    made = [
        _covered_part("thing", covered(asked, asked.thing, found, offer, rules), rules),
        _part("wording", wording(asked, offer, statistics, rules), rules),
        _covered_part("requirements", covered(asked, asked.requirements, found, offer, rules), rules),
        _part("closest", closest, rules),
        _covered_part("context", covered(asked, asked.context, found, offer, rules), rules),
        _part("kind", rules.kind_share(kind, offer.kind), rules, wanted=kind, offered=offer.kind),
    ]
    states = {gate.name: gate.state for gate in gates}
    for name, gate in _GATE_PARTS:
        state = states.get(gate)
        share = 1.0 if state in (PASSED, None) else 0.0 if state == FAILED else rules.unknown[name]
        made.append(_part(name, share, rules, state=state or "not asked"))
    told = {key: value for key, value in offer.facts.items() if key != "features" and key not in hidden}
    stated = sorted(key for key, value in told.items() if value not in (None, "", [], {}))
    made.append(_part("evidence", min(1.0, len(stated) / _ENOUGH_FACTS), rules, fields=stated))
    return tuple(made)


def with_meaning(made: Sequence[Part], likeness: float | None, rules: Ruleset) -> tuple[Part, ...]:
    """The parts with one for meaning among them, the others cut to make room. `likeness`: 0 to 1, None if not known."""
    left = 1.0 - rules.meaning / 100.0
    cut = [Part(p.name, round(p.points * left, 2), round(p.out_of * left, 2), p.facts) for p in made]
    share = rules.unknown["meaning"] if likeness is None else likeness
    facts = {"state": "unknown" if likeness is None else "compared"}
    return (*cut, Part("meaning", round(share * rules.meaning, 2), rules.meaning, facts))


def _part(name: str, share: float, rules: Ruleset, **facts: object) -> Part:
    return Part(name, round(share * rules.points[name], 2), rules.points[name], facts)


def _covered_part(name: str, found: Covered, rules: Ruleset) -> Part:
    return _part(name, found.share, rules, answered=list(found.answered[:8]))
