"""Requirements: each must and nice judged against the offer's own words. Unknown is the usual answer, and never met.

Met asks that everything the requirement names stands in the offer: each part in one sentence, or in the title and one
sentence together, by its words or its concept, and every number within its bound. Not met asks for a contradiction of
numbers or fields. The rest is unknown. What the supplier answered when it was asked goes before what is read; what it
holds a valid licence or certificate for is met by that, where the offer does not say it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from search.matching import asking, held
from search.matching.demands import DemandProfile, Requirement
from search.matching.offers import OfferProfile
from search.matching.passages import Passage
from search.matching.readings import EQUAL, Bound, Reading, read
from search.matching.results import MET, NOT_MET, UNKNOWN, RequirementState
from search.text.analysis import Group

# A word alone, without a concept, proves too little.
_LEAST_WORDS = 2
_LONGEST_QUOTE = 160


def judge_requirements(demand: DemandProfile, offer: OfferProfile, *, today: date) -> tuple[RequirementState, ...]:
    """One state for each requirement, in the demand's order. `today`: the day in the region on which credentials must
    be in force."""
    return tuple(_judge(requirement, offer, demand.places, today) for requirement in demand.requirements)


def _judge(requirement: Requirement, offer: OfferProfile, wanted: tuple[str, ...], today: date) -> RequirementState:
    answered = asking.judged(requirement.texts, offer.answers) if offer.answers else None
    if answered is not None:
        return RequirementState(requirement.index, requirement.need, requirement.text, *answered)
    states = [_read(read(written), offer) for written in requirement.texts]
    state, why = next((found for found in states if found[0] != UNKNOWN), states[0] if states else (UNKNOWN, {}))
    if state == UNKNOWN and offer.credentials:
        shown = held.judged(requirement.texts, offer.credentials, wanted=wanted, today=today)
        state, why = shown or (state, why)
    return RequirementState(requirement.index, requirement.need, requirement.text, state, why)


def _read(reading: Reading, offer: OfferProfile) -> tuple[str, dict[str, object]]:
    nothing: dict[str, object] = {"words": "", "field": "", "code": "not stated"}
    if reading.negated or reading.loose_number or not (reading.parts or reading.bounds):
        return UNKNOWN, nothing
    shown = [_evidence(part, offer) for part in reading.parts]
    if not all(shown):
        return UNKNOWN, nothing
    evidence = [found for found in shown if found is not None]
    numbers = [_number(bound, evidence, offer) for bound in reading.bounds]
    for bound, (state, field, words) in zip(reading.bounds, numbers, strict=True):
        if state == NOT_MET:
            return NOT_MET, {"words": words, "field": field, "code": "number", "wanted": bound.written}
    if any(state == UNKNOWN for state, _field, _words in numbers):
        return UNKNOWN, nothing
    named = any(group.concepts for group in reading.groups)
    if not reading.bounds and not named and len(reading.groups) < _LEAST_WORDS:
        return UNKNOWN, nothing
    quotes = [(field, p.written) for field, p in evidence] + [(field, words) for _state, field, words in numbers]
    written = list(dict.fromkeys(words for _field, words in quotes))
    return MET, {"words": " … ".join(written)[:_LONGEST_QUOTE], "field": quotes[0][0], "code": "words"}


def _evidence(part: tuple[Group, ...], offer: OfferProfile) -> tuple[str, Passage] | None:
    """The sentence that says all of a part, if need be together with the title."""
    if not all(_anywhere(group, offer) for group in part):
        return None
    titles = [p for field, p in offer.passages if field == "title"]
    for field, passage in offer.passages:
        if all(_says(passage, group) for group in part):
            return field, passage
    for field, passage in offer.passages:
        here = [_says(passage, group) for group in part]
        if any(here) and all(said or any(_says(t, g) for t in titles) for said, g in zip(here, part, strict=True)):
            return field, passage
    return None


def _anywhere(group: Group, offer: OfferProfile) -> bool:
    """Whether the offer says it at all, which most do not."""
    if any(term in offer.body or term in offer.title for term in (*group.concepts, *group.words)):
        return True
    return offer.says(group.phrase)


def _says(passage: Passage, group: Group) -> bool:
    if any(term in passage.bag for term in (*group.concepts, *group.words)):
        return True
    return f" {' '.join(group.phrase)} " in passage.stream


def _number(bound: Bound, evidence: Iterable[tuple[str, Passage]], offer: OfferProfile) -> tuple[str, str, str]:
    """State, field and words of a bound: a number of the same unit, beside what the requirement is about."""
    near = list(evidence)
    everywhere = [*near, *offer.passages]
    for field, passage in everywhere:
        for value, unit, _written in passage.numbers:
            if unit == bound.unit and bound.holds(value):
                return MET, field, passage.written
    if bound.sense == EQUAL:
        return UNKNOWN, "", ""
    against = [
        (value, field, passage.written)
        for field, passage in near
        for value, unit, _written in passage.numbers
        if unit == bound.unit
    ]
    if len({value for value, _field, _words in against}) == 1 and _same_size(against[0][0], bound.value):
        return NOT_MET, against[0][1], against[0][2]
    return UNKNOWN, "", ""


def _same_size(offered: Decimal, wanted: Decimal) -> bool:
    """Whether two numbers are of one order, so that they may be about the same thing."""
    return bool(offered and wanted) and Decimal("0.1") <= offered / wanted <= Decimal(10)
