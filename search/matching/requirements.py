"""Requirements: each must and nice judged against the offer's own words. Unknown is the usual answer, and never met."""

from __future__ import annotations

from search.matching.coverage import covered
from search.matching.demands import DemandProfile, Requirement
from search.matching.offers import OfferProfile
from search.matching.results import MET, UNKNOWN, RequirementState
from search.matching.ruleset import Ruleset
from search.statistics import Statistics


def judge_requirements(
    demand: DemandProfile, offer: OfferProfile, statistics: Statistics, rules: Ruleset
) -> tuple[RequirementState, ...]:
    """One state for each requirement, in the demand's order."""
    return tuple(_judge(r, offer, statistics, rules) for r in demand.requirements)


def _judge(requirement: Requirement, offer: OfferProfile, statistics: Statistics, rules: Ruleset) -> RequirementState:
    share = covered(requirement.units, offer, statistics, rules.coverage).share if requirement.units else 0.0
    state = MET if share > 0.84 else UNKNOWN
    return RequirementState(
        requirement.index, requirement.need, requirement.text, state, {"words": "", "code": "words"}
    )
