"""Matching: what meets a demand, why, and what stands in the way; the same judgement from the offer's side."""

from search.matching.matcher import match_demand, match_offer
from search.matching.results import BANDS, Gate, Match, MatchList, Part, RequirementState
from search.matching.ruleset import Ruleset, ruleset

__all__ = [
    "BANDS",
    "Gate",
    "Match",
    "MatchList",
    "Part",
    "RequirementState",
    "Ruleset",
    "match_demand",
    "match_offer",
    "ruleset",
]
