"""What a demander's page says of all matches together: one offer of each supplier, near misses, and what would help."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marketplace import clock
from marketplace.demands.reading import budget as stated_budget
from marketplace.listings.content import clean
from search.matching.contradictions import Contradiction, contradictions
from search.matching.relaxation import Relaxation, fits, relaxations
from search.matching.results import NEAR_MISS
from search.matching.suppliers import Supplied, by_supplier
from search.matching.together import Together, together

# Suppliers on one page, and near misses before the rest is asked for. A card weighs about 4 kB.
PER_PAGE = 8
NEAR_SHOWN = 5
# What a text says beyond its title, in characters, before a demand counts as described.
_SAYS_LITTLE = 20


@dataclass(frozen=True)
class Overview:
    """A demand's matches as one page of them shows it.

    `good`: suppliers whose best offer is no near miss, of this page; `count`: of all pages. `near`: the other
    suppliers, the first of them unless `only_near`. `fitting`: how many offers nothing required speaks against.
    `rows`: by offer id, for links.
    """

    good: tuple[Supplied[Any], ...]
    near: tuple[Supplied[Any], ...]
    near_count: int
    count: int
    fitting: int
    page: int
    pages: int
    relaxations: tuple[Relaxation, ...]
    together: Together
    rows: Mapping[str, Any]
    contradictions: tuple[Contradiction, ...]
    says_little: bool
    nearest: tuple[tuple[str, int], ...]
    only_near: bool

    @property
    def any_strong(self) -> bool:
        """Whether a strong match is among those shown."""
        return any(one.best.match["band"] == "strong" for one in self.good)


@dataclass(frozen=True)
class Previewed:
    """A pair of a demand that is not kept, shaped as those that are."""

    offer: Any
    match: dict[str, Any]


def overview(
    pairs: Sequence[Any],
    content: Mapping[str, Any],
    *,
    page: int = 1,
    all_near: bool = False,
    nearest: tuple[tuple[str, int], ...] = (),
) -> Overview:
    """The overview of pairs (each with `match` and `offer`) in the matcher's order, for a demand's content."""
    groups = by_supplier(pairs, lambda pair: pair.offer.organisation.id)
    good = tuple(group for group in groups if group.best.match["band"] != NEAR_MISS)
    near = tuple(group for group in groups if group.best.match["band"] == NEAR_MISS)
    pages = max(1, -(-len(good) // PER_PAGE))
    page = max(1, min(page, pages))
    matches = [pair.match for pair in pairs]
    return Overview(
        good=good[(page - 1) * PER_PAGE : page * PER_PAGE],
        near=near if all_near else near[:NEAR_SHOWN],
        near_count=len(near),
        count=len(good),
        fitting=sum(fits(match) for match in matches),
        page=page,
        pages=pages,
        relaxations=relaxations(matches),
        together=together(matches, len(content.get("lines") or ())),
        rows={str(pair.match["id"]): pair for pair in pairs},
        contradictions=contradictions_of(content),
        says_little=says_little(content),
        nearest=nearest,
        only_near=all_near and bool(near),
    )


def contradictions_of(content: Mapping[str, Any]) -> tuple[Contradiction, ...]:
    """What contradicts itself in a demand's content, or in what a form says so far; sums named in words included."""
    content, _errors = clean("demand", content)
    places = content.get("places") or ()
    texts = [text for row in content.get("requirements") or () for text in (row.get("text") or {}).values()]
    texts += list(((content.get("texts") or {}).get("text") or {}).values())
    stated = [found for text in texts if (found := stated_budget(text, places))]
    return contradictions(content, clock.now().date(), stated=stated)


def says_little(content: Mapping[str, Any]) -> bool:
    """Whether hardly more than a title is known, so that whatever is found is uncertain."""
    if content.get("requirements") or content.get("facts"):
        return False
    texts = content.get("texts") or {}
    title = max(map(len, (texts.get("title") or {}).values()), default=0)
    return max(map(len, (texts.get("text") or {}).values()), default=0) < title + _SAYS_LITTLE
