"""Bands: strong, partial, near miss; from the identity of the thing, requirement states and gates, never a score."""

from __future__ import annotations

from collections.abc import Sequence

from search.matching.results import FAILED, MET, NEAR_MISS, NOT_MET, PARTIAL, STRONG, Gate, Part, RequirementState


def band(parts: Sequence[Part], gates: Sequence[Gate], requirements: Sequence[RequirementState]) -> str:
    """The band of a match."""
    share = {part.name: part.points / part.out_of for part in parts}
    if any(gate.state == FAILED for gate in gates):
        return NEAR_MISS
    musts = [r for r in requirements if r.need == "must"]
    if share["thing"] < 0.2 and share["closest"] < 0.5:
        return NEAR_MISS
    refused = [r for r in musts if r.state == NOT_MET]
    met = [r for r in musts if r.state == MET]
    if share["thing"] > 0.6 and share["kind"] == 1 and met and not refused:
        return STRONG
    return PARTIAL


def stopped_by(gates: Sequence[Gate], requirements: Sequence[RequirementState]) -> tuple[str, ...]:
    """What stands in the way: "gate:NAME" for gates failed, "requirement:INDEX" for must-haves not met."""
    return (
        *(f"gate:{gate.name}" for gate in gates if gate.state == FAILED),
        *(f"requirement:{r.index}" for r in requirements if r.need == "must" and r.state == NOT_MET),
    )
