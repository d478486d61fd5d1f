"""Lines: which of the things listed in a demand an offer is."""

from __future__ import annotations

from search.matching.demands import DemandProfile
from search.matching.heads import NARROWER, NONE, heads, kinship
from search.matching.offers import OfferProfile


def judge_lines(demand: DemandProfile, offer: OfferProfile) -> tuple[int, ...]:
    """Places of the line items that the offer's title names, or names a sort of; in order.

    Words that no concept stands for decide nothing: a line that is not understood is met by nobody.
    """
    return tuple(
        at
        for at, texts in enumerate(demand.lines)
        if max((kinship(head, offer.heads) for text in texts for head in heads(text)), default=NONE) >= NARROWER
    )
