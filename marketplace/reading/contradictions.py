"""Two requirements that no product can meet at once: at least more of something than the other allows."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import combinations
from typing import NamedTuple

from search import text as analysis

_LEAST = re.compile(
    r"不(?:少|低|小)于|至少|最(?:少|低)|以上|(?<!不)大于|(?<!不)超过|>=?|≥|\bat least\b"
    r"|\bno less than\b|\bminimum\b|\bmore than\b"
)
_MOST = re.compile(
    r"不(?:多|高|大|超)(?:于|过)?|至多|最(?:多|高|大)|以[内下]|(?<!不)小于|(?<!不)低于|<=?"
    r"|≤|\bat most\b|\bno more than\b|\bmaximum\b|\bup to\b|\bless than\b"
)


class _Bound(NamedTuple):
    unit: str
    sense: str
    value: Decimal
    about: frozenset[str]


def pairs(requirements: list[str]) -> list[list[int]]:
    """The numbers of each two requirements that bound the same thing so that nothing is between."""
    bounds = [_bound(words) for words in requirements]
    found = []
    for (one, first), (other, second) in combinations(enumerate(bounds), 2):
        if first is None or second is None or first.unit != second.unit or first.sense == second.sense:
            continue
        least, most = (first, second) if first.sense == "least" else (second, first)
        if least.value > most.value and first.about & second.about:
            found.append([one, other])
    return found


def _bound(words: str) -> _Bound | None:
    folded = analysis.folded(words)
    counted = analysis.quantities(folded)
    if len(counted) != 1:
        return None
    without = folded.replace(counted[0].written, " ")
    most = _MOST.search(without)
    least = _LEAST.search(without) if most is None else None
    if most is None and least is None:
        return None
    about = _LEAST.sub(" ", _MOST.sub(" ", without))
    terms = {about[at : at + 2] for at in range(len(about) - 1) if about[at : at + 2].strip() == about[at : at + 2]}
    latin = set(re.findall(r"[a-z]{4,}", about))
    han = {term for term in terms if all(character > "\u2e7f" for character in term)}
    return _Bound(counted[0].unit, "most" if most else "least", counted[0].value, frozenset(han | latin))
