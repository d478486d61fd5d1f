"""What matching answers: facts and codes, never sentences, so that pages can say them in any language."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

STRONG = "strong"
PARTIAL = "partial"
NEAR_MISS = "near miss"
BANDS = (STRONG, PARTIAL, NEAR_MISS)

MET = "met"
NOT_MET = "not met"
UNKNOWN = "unknown"

PASSED = "passed"
FAILED = "failed"

# What stops an offer before any condition does: it is of a kind that has nothing to do with it, or another thing.
OTHER_KIND = "kind"
OTHER_THING = "thing"
IDENTITY = frozenset((OTHER_KIND, OTHER_THING))


@dataclass(frozen=True)
class Part:
    """A named part of the score: `points` of `out_of`, and the facts they rest on."""

    name: str
    points: float
    out_of: float
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Gate:
    """A condition that a match must not fail. `name`: place, date, budget, capacity, credential or ability;
    `state`: passed, failed or unknown."""

    name: str
    state: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class RequirementState:
    """One must or nice of the demand, judged. `why`: {"words": quoted from the offer, "field": where, "code": how it
    was judged, ...}; empty words where nothing shows it."""

    index: int
    need: str
    text: str
    state: str
    why: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Match:
    """An offer for a demand, or a demand for an offer. The points of `parts` add up to `score`, 0 to 100.

    `organisation_id` is whose listing it is; `stopped_by` names what stands in the way, the weightiest first: "kind" or
    "thing" where it is not what is asked for, "gate:NAME" for gates failed, "requirement:INDEX" for must-haves not met.
    `lines`: places of the demand's line items that it is, where the demand has any.
    """

    id: str
    band: str
    score: float
    parts: tuple[Part, ...]
    gates: tuple[Gate, ...]
    requirements: tuple[RequirementState, ...]
    ruleset: str
    organisation_id: str = ""
    stopped_by: tuple[str, ...] = ()
    lines: tuple[int, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)


@dataclass(frozen=True)
class MatchList:
    """Matches, best first, near misses last.

    `nearest`: what stood between the near misses and a match, most frequent first: ("gate:place", 12) ...
    `total`: how many were judged. `nothing_meets`: no strong and no partial match is among them.
    """

    matches: tuple[Match, ...]
    nearest: tuple[tuple[str, int], ...]
    total: int
    ruleset: str

    @property
    def nothing_meets(self) -> bool:
        """Whether the honest answer is that nothing meets the demand."""
        return all(match.band == NEAR_MISS for match in self.matches)

    def as_dict(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self) | {"nothing_meets": self.nothing_meets}
