"""The sieve: which of many documents are worth scoring, decided the same way by every engine.

Engines' own scores differ in the last digits and in what they count, so a cut at 300 by them would keep other
documents in each. The sieve
is a sum of whole weights for what a document holds: a clause in the title counts three times, as itself anywhere
twice, by a concept in
the title once. Ties go to the shorter document, then by id. The scorer then looks at the text itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from search.engines.base import Clause, Selection

# Above any sum of clauses, and exactly representable together with it in a 32-bit float.
WHOLE = 1 << 20
FAVOURED = 1 << 16
MOST_CLAUSES = 24
HEAVIEST = 255


class Summand(NamedTuple):
    """What earns a weight: a clause in the title or anywhere, as itself or by concept; or exact tokens."""

    weight: int
    clause: Clause | None = None
    title: bool = False
    own: bool = True
    exact: tuple[str, ...] = ()


def summands(selection: Selection) -> Iterator[Summand]:
    """Everything that earns a document weight in a selection."""
    for clause in selection.clauses:
        if clause.words or clause.phrase:
            yield Summand(3 * clause.weight, clause, title=True)
        if clause.concepts:
            yield Summand(clause.weight, clause, title=True, own=False)
            if clause.words or clause.phrase:
                yield Summand(2 * clause.weight, clause)
    if selection.favoured:
        yield Summand(FAVOURED, exact=selection.favoured)
    if selection.whole:
        yield Summand(WHOLE, exact=selection.whole)


def whole_weight(weight: float) -> int:
    """A weight as a whole number from 1 to HEAVIEST, in sixteenths."""
    return max(1, min(HEAVIEST, round(weight * 16)))
