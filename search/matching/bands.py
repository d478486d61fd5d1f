"""Bands: strong, partial, near miss; from the identity of the thing, requirement states and gates, never a score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from search.matching.heads import BROADER, NARROWER, SAME
from search.matching.results import (
    FAILED,
    MET,
    NEAR_MISS,
    NOT_MET,
    OTHER_KIND,
    OTHER_THING,
    PARTIAL,
    STRONG,
    Gate,
    RequirementState,
)

# What speaks for identity, of at most 4: it is the thing, it is more than likely so, it is so beyond doubt.
_LIKELY, _SURE, _BEYOND_DOUBT = 1.1, 1.5, 1.7
# How much of the demand's title it must name to be the thing whatever else is known: of the kind asked for, of another.
_NAMED, _NAMED_ELSEWHERE = 0.5, 0.95


@dataclass(frozen=True)
class Identity:
    """How surely an offer is the thing asked for.

    `named`, `closest`, `asked`, `wording`: shares, 0 to 1, of the demand's title, of the requirement answered best, of
    all requirements and of the plain words that the offer answers. `head`: how the thing its title is about stands to
    what the demand's is about (`search.matching.heads`). `kin`: how near the kinds are, 1 for the same. `apart`: both
    titles name things, and none of one is a sort of one of the other.
    """

    named: float
    closest: float
    asked: float
    wording: float
    head: float
    kin: float
    apart: bool = False

    @property
    def evidence(self) -> float:
        """All that speaks for it, 0 to 4."""
        return self.named + self.closest + self.asked + self.wording

    @property
    def likely(self) -> bool:
        """Whether it is more than likely the thing. Of the kind asked for, it is where both titles are about the same,
        or where it is a sort of that and names most of the title: what is not stated beside it is unknown, not against
        it. Of another kind, its name must be all of the title's."""
        if self.kin == 1 and (self.head >= SAME or (self.head >= NARROWER and self.named >= _NAMED)):
            return True
        return self.evidence >= _LIKELY or (self.named >= _NAMED_ELSEWHERE and self.head >= SAME)


def band(found: Identity, gates: Sequence[Gate], requirements: Sequence[RequirementState]) -> str:
    """The band of a match.

    Near miss: a gate failed, the kinds have nothing to do with each other, it is of a related kind and its title names
    other things, or it is hardly the thing: what a clause on warranty or training shares makes it none. Strong: of the
    kind and surely the thing, no must-have contradicted, and one met unless there is no doubt. Partial: the rest.
    """
    if any(gate.state == FAILED for gate in gates):
        return NEAR_MISS
    if _another(found):
        return NEAR_MISS
    musts = [requirement for requirement in requirements if requirement.need == "must"]
    if found.kin < 1 or any(requirement.state == NOT_MET for requirement in musts):
        return PARTIAL
    met = any(requirement.state == MET for requirement in musts)
    sure = found.evidence >= _SURE and found.head >= SAME and met
    doubtless = found.evidence >= _BEYOND_DOUBT and found.head >= BROADER
    return STRONG if sure or doubtless else PARTIAL


def stopped_by(found: Identity, gates: Sequence[Gate], requirements: Sequence[RequirementState]) -> tuple[str, ...]:
    """What stands in the way, the weightiest first: that it is of another kind ("kind") or another thing ("thing"),
    then "gate:NAME" for gates failed and "requirement:INDEX" for must-haves not met."""
    failed = [f"gate:{gate.name}" for gate in gates if gate.state == FAILED]
    another = _another(found)
    if not another and failed and found.apart and found.evidence < _SURE:
        another = (OTHER_THING,)  # it may be the thing, but were the gate open, that would still be the question
    return (
        *another,
        *failed,
        *(f"requirement:{r.index}" for r in requirements if r.need == "must" and r.state == NOT_MET),
    )


def _another(found: Identity) -> tuple[str, ...]:
    """Why it is not what is asked for, if so."""
    if not found.kin or (found.kin < 1 and found.apart):
        return (OTHER_KIND,)
    return () if found.likely else (OTHER_THING,)
