"""Bands: strong, partial, near miss; from the identity of the thing, requirement states and gates, never a score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from search.matching.heads import NARROWER
from search.matching.results import (
    FAILED,
    MET,
    NEAR_MISS,
    NOT_MET,
    PARTIAL,
    STRONG,
    Gate,
    RequirementState,
)

# The thing asked for is there when this share of its name is, or of the requirement that is answered best.
_NAMED, _CLOSE = 0.4, 0.7
_SURELY_CLOSE = 0.85


@dataclass(frozen=True)
class Identity:
    """How surely an offer is the thing asked for: shares of the title and of the closest requirement that it answers,
    and how the thing its own title is about stands to the thing the demand's is about (`search.matching.heads`)."""

    named: float
    closest: float
    head: float
    same_kind: bool


def band(found: Identity, gates: Sequence[Gate], requirements: Sequence[RequirementState]) -> str:
    """The band of a match.

    Near miss: a gate failed, or it is not the thing. Strong: surely the thing and of the kind, a must-have met where
    there is any, and none contradicted. Partial: the rest.
    """
    if any(gate.state == FAILED for gate in gates):
        return NEAR_MISS
    if found.named < _NAMED and found.closest < _CLOSE:
        return NEAR_MISS
    musts = [requirement for requirement in requirements if requirement.need == "must"]
    if any(requirement.state == NOT_MET for requirement in musts):
        return PARTIAL
    met = not musts or any(requirement.state == MET for requirement in musts)
    surely = found.head >= NARROWER and found.same_kind and found.closest >= _SURELY_CLOSE
    return STRONG if surely and met else PARTIAL


def stopped_by(gates: Sequence[Gate], requirements: Sequence[RequirementState]) -> tuple[str, ...]:
    """What stands in the way: "gate:NAME" for gates failed, "requirement:INDEX" for must-haves not met."""
    return (
        *(f"gate:{gate.name}" for gate in gates if gate.state == FAILED),
        *(f"requirement:{r.index}" for r in requirements if r.need == "must" and r.state == NOT_MET),
    )
