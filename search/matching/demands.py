"""The profile of a demand: its units, requirements, places, budget and dates, ready to judge offers against."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any

from search.matching.heads import heads
from search.matching.passages import texts_of
from search.matching.ruleset import ruleset
from search.matching.units import Unit, merged, units
from search.statistics import Statistics
from search.streams import wire
from search.text import bag

# The engine looks for at most so many terms.
MOST_TERMS = 24
# What a term is worth to the search for candidates: of the title, of a requirement, of the rest; and one step up.
_SHARES = (1.0, 0.5, 0.25)
_BROADER = 0.5


@dataclass(frozen=True)
class Requirement:
    """A must or nice as written in the demand's own language, with the texts and units of all its languages."""

    index: int
    need: str
    text: str
    texts: tuple[str, ...]
    units: tuple[Unit, ...]


@dataclass(frozen=True, eq=False)
class DemandProfile:
    """A demand ready to be matched. `heads`: what its title is about."""

    document: Mapping[str, Any]
    id: str
    kind: str
    organisation_id: str
    heads: tuple[str, ...]
    title_units: tuple[Unit, ...]
    requirements: tuple[Requirement, ...]
    context_units: tuple[Unit, ...]
    title_words: frozenset[str]
    requirement_words: frozenset[str]
    lines: tuple[tuple[str, ...], ...] = ()  # the texts of each line item

    @cached_property
    def requirement_units(self) -> tuple[Unit, ...]:
        """The units of all requirements, each once."""
        return merged(requirement.units for requirement in self.requirements)

    @property
    def places(self) -> tuple[str, ...]:
        """Where it is wanted."""
        return tuple(self.document.get("places") or ())

    def terms(self, statistics: Statistics) -> list[tuple[str, float]]:
        """The terms that tell most about what is asked, heaviest first: at most MOST_TERMS wire tokens."""
        weights: dict[str, float] = {}

        def ask(term: str, share: float) -> None:
            known = wire(term)
            if known in statistics.counts:
                # The engine adds weights up without regard to frequency: the root keeps one rare word from
                # outweighing everything else.
                weights[known] = max(weights.get(known, 0.0), share * math.sqrt(statistics.idf(known)))

        groups = (self.title_units, self.requirement_units, self.context_units)
        for share, group in zip(_SHARES, groups, strict=True):
            for unit in group:
                for term in unit.concepts or unit.words:
                    ask(term, share)
                for rank, term in enumerate(unit.broader[:2], 1):
                    ask(term, share * _BROADER / rank)
        return sorted(weights.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_TERMS]


def _words(texts: tuple[str, ...]) -> frozenset[str]:
    """Words for plain comparison: no concepts, numbers or words of buying."""
    ignored = ruleset().ignored_words
    counted: Counter[str] = Counter()
    for written in texts:
        counted.update(bag(written))
    return frozenset(
        word for word in counted if not word.startswith(("c:", "n:")) and not word.isdigit() and word not in ignored
    )


def profile(document: Mapping[str, Any]) -> DemandProfile:
    """The profile of a demand document (`search.documents.demand_document`)."""
    texts = document.get("texts") or {}
    lang = document.get("lang") or "zh-Hans"
    titles = texts_of(texts.get("title"))
    requirements = []
    for index, item in enumerate(document.get("requirements") or ()):
        written = item.get("text") or {}
        own = written.get(lang) or next(iter(texts_of(written)), "")
        requirements.append(
            Requirement(
                index=index,
                need=item.get("need") or "must",
                text=own,
                texts=texts_of(written),
                units=merged(units(text) for text in texts_of(written)),
            )
        )
    lines = tuple(texts_of(line.get("text")) for line in document.get("lines") or ())
    rest = [text for name, value in texts.items() if name != "title" for text in texts_of(value)]
    return DemandProfile(
        document=document,
        id=str(document["id"]),
        kind=document["kind"],
        organisation_id=str((document.get("organisation") or {}).get("id") or ""),
        heads=tuple(dict.fromkeys(head for title in titles for head in heads(title))),
        title_units=merged(units(text) for text in titles),
        requirements=tuple(requirements),
        context_units=merged(units(text) for text in (*rest, *chain.from_iterable(lines))),
        title_words=_words(titles),
        requirement_words=_words(tuple(r.text for r in requirements)),
        lines=lines,
    )
