"""The profile of an offer: everything about its document that judging needs, texts cut into passages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain
from typing import Any

from catalogue import kinds, units
from search.matching.heads import asides, heads
from search.matching.passages import Passage, passages, texts_of
from search.matching.ruleset import ruleset
from search.statistics import Statistics
from search.streams import wire


@dataclass(frozen=True, eq=False)
class OfferProfile:
    """An offer ready to be judged. `passages`: (field, passage), the title first; `heads`: what its title is about."""

    document: Mapping[str, Any]
    id: str
    kind: str
    organisation_id: str
    passages: tuple[tuple[str, Passage], ...]
    heads: tuple[str, ...]
    languages: frozenset[bool]  # of its texts: True for one written in letters, False for Chinese

    @property
    def facts(self) -> Mapping[str, Any]:
        """Typed facts by field key."""
        return self.document.get("facts") or {}

    @cached_property
    def answers(self) -> Mapping[str, Mapping[str, Any]]:
        """What the supplier answered to questions, by topic (`search.matching.asking`)."""
        return {answer["topic"]: answer for answer in self.document.get("answers") or ()}

    @property
    def credentials(self) -> tuple[Mapping[str, Any], ...]:
        """What the supplier itself holds (`search.matching.held`), whether it is still in force or not."""
        return tuple(self.document.get("credentials") or ())

    @cached_property
    def title(self) -> Counter[str]:
        """The word bag of the title."""
        return _sum(p for field, p in self.passages if field == "title")

    @cached_property
    def body(self) -> Counter[str]:
        """The word bag of everything but the title."""
        return _sum(p for field, p in self.passages if field != "title")

    @cached_property
    def title_length(self) -> int:
        """Words of the title."""
        return sum(self.title.values())

    @cached_property
    def body_length(self) -> int:
        """Words of the rest."""
        return sum(self.body.values())

    @cached_property
    def stream(self) -> str:
        """The phrase streams of all sentences; no phrase runs from one into the next."""
        return "|".join(p.stream for _field, p in self.passages)

    def says(self, phrase: tuple[str, ...]) -> bool:
        """Whether a phrase stands in it, in one sentence and in that order."""
        return f" {' '.join(phrase)} " in self.stream

    @property
    def places(self) -> tuple[str, ...]:
        """Where it is to be had: places served, else where it or its supplier is."""
        return self.served or self.located

    @property
    def served(self) -> tuple[str, ...]:
        """The places it says it serves."""
        return tuple(self.facts.get("serves") or ())

    @property
    def located(self) -> tuple[str, ...]:
        """Where it is, or else its supplier."""
        organisation = self.document.get("organisation") or {}
        return tuple(self.facts.get("located") or organisation.get("places") or ())


def _sum(found: Iterable[Passage]) -> Counter[str]:
    return Counter(chain.from_iterable(p.words for p in found))


def _labels(kind: str, facts: Mapping[str, Any]) -> Iterator[tuple[str, Passage]]:
    """Facts that are codes, as the words that stand on the offer's page: a label for a yes, and for each choice."""
    known, measured = _labelled(kind), _measured(kind)
    for key, value in facts.items():
        if key in measured and value not in (None, ""):
            yield from ((key, p) for label, unit in measured[key] for p in passages(f"{label} {value} {unit}"))
        if key not in known or not value:
            continue
        for code in value if isinstance(value, list) else [value]:
            for written in known[key].get(code, ()):
                yield from ((key, p) for p in passages(written))


@lru_cache(maxsize=32)
def _labelled(kind: str) -> dict[str, dict[Any, tuple[str, ...]]]:
    """Fields of a kind whose values are codes: the labels of each value. A yes or no has its field's label for yes."""
    found: dict[str, dict[Any, tuple[str, ...]]] = {}
    for field in kinds.get_kind(kind).fields("offer"):
        if field.type == "boolean":
            found[field.key] = {True: tuple(dict.fromkeys(field.labels.values()))}
        elif field.type in ("choice", "choices"):
            found[field.key] = {c.code: tuple(dict.fromkeys(c.labels.values())) for c in field.choices}
    return found


@lru_cache(maxsize=32)
def _measured(kind: str) -> dict[str, tuple[tuple[str, str], ...]]:
    """Fields of a kind whose values are numbers with a unit: label and unit in each language, as its page says them."""
    return {
        field.key: tuple(
            dict.fromkeys((label, units.get(field.unit).labels[lang]) for lang, label in field.labels.items())
        )
        for field in kinds.get_kind(kind).fields("offer")
        if field.type in ("integer", "decimal") and field.unit
    }


# Facts in words that describe the offer; notes on prices and the like are not what it is.
_WORDED = ("features", "ability_text", "certificates", "capacity_text", "dimensions", "serves_text", "price_note")


def profile(document: Mapping[str, Any]) -> OfferProfile:
    """The profile of an offer document (`search.documents.offer_document`)."""
    texts = document.get("texts") or {}
    found: list[tuple[str, Passage]] = []
    for written in texts_of(texts.get("title")):
        bare, beside = asides(written)
        found.extend(("title", p) for p in passages(bare))
        found.extend(("title_aside", p) for piece in beside for p in passages(piece))
    for field in (name for name in texts if name != "title"):
        found.extend((field, p) for written in texts_of(texts.get(field)) for p in passages(written))
    facts = document.get("facts") or {}
    for field in (*_WORDED, *(key for key in facts if key not in _WORDED)):
        value = facts.get(field)
        if isinstance(value, Mapping) and "minor" not in value:
            for words in value.values():
                for written in [words] if isinstance(words, str) else words:
                    found.extend((field, p) for p in passages(written))
    model = facts.get("model")
    if isinstance(model, str) and model:
        found.extend(("model", p) for p in passages(model))
    found.extend(_labels(document["kind"], facts))
    languages = {lang == "en" for text in texts.values() for lang in text} or {document.get("lang") == "en"}
    return OfferProfile(
        document=document,
        id=str(document["id"]),
        kind=document["kind"],
        organisation_id=str((document.get("organisation") or {}).get("id") or ""),
        passages=tuple(found),
        heads=tuple(dict.fromkeys(head for title in texts_of(texts.get("title")) for head in heads(title))),
        languages=frozenset(languages),
    )


def terms(offer: OfferProfile, statistics: Statistics, most: int = 24) -> list[tuple[str, float]]:
    """The terms of an offer that tell most among demands, its title's first; at most `most`."""
    weights: dict[str, float] = {}
    ignored = ruleset().ignored_words
    for share, bag in ((1.0, offer.title), (0.5, offer.body)):
        for term in bag:
            known = wire(term)
            if known in statistics.counts and term not in ignored and not term.startswith("n:"):
                weights[known] = max(weights.get(known, 0.0), share * statistics.idf(known))
    return sorted(weights.items(), key=lambda pair: (-pair[1], pair[0]))[:most]
