"""What matching is measured against: plain BM25 over folded text, and vectors alone."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from search import text
from search.indexing import texts
from search.semantic.centring import centred
from search.semantic.encoders import Vectors, encoder, prepared
from search.semantic.gist import gist

K1, B = 1.2, 0.75
BATCH = 32
Document = Mapping[str, Any]
Ranked = dict[str, list[tuple[str, float]]]


def plain(offers: Sequence[Document], demands: Sequence[Document], most: int) -> Ranked:
    """BM25 over folded characters and words, no concept, no stem, no field: the `most` best offers of each demand."""
    bags = {str(one["id"]): Counter(_tokens(one)) for one in offers}
    frequency = Counter(token for bag in bags.values() for token in bag)
    average = sum(sum(bag.values()) for bag in bags.values()) / max(1, len(bags))
    lengths = {id: K1 * (1 - B + B * sum(bag.values()) / average) for id, bag in bags.items()}
    found = {}
    for demand in demands:
        asked = Counter(_tokens(demand))
        weights = {
            token: number * math.log(1 + (len(bags) - frequency[token] + 0.5) / (frequency[token] + 0.5))
            for token, number in asked.items()
            if token in frequency
        }
        scores = {}
        for id, bag in bags.items():
            worth = sum(weights[t] * bag[t] * (K1 + 1) / (bag[t] + lengths[id]) for t in weights.keys() & bag.keys())
            if worth:
                scores[id] = worth
        found[str(demand["id"])] = _best(scores, most)
    return found


def nearest(offers: Sequence[Document], demands: Sequence[Document], names: Sequence[str], most: int) -> Ranked:
    """Vectors alone: the `most` nearest offers of each demand, by the sum of the cosines of the encoders named."""
    sums = np.zeros((len(demands), len(offers)), np.float32)
    for name in names:
        sums += _vectors(demands, name, asking=True) @ _vectors(offers, name, asking=False).T
    ids = [str(one["id"]) for one in offers]
    return {
        str(demand["id"]): _best(dict(zip(ids, map(float, row), strict=True)), most)
        for demand, row in zip(demands, sums, strict=True)
    }


def _tokens(document: Document) -> Iterator[str]:
    written = [*document["texts"].get("title", {}).values(), *(value for _field, _lang, value in texts(document))]
    for one in dict.fromkeys(written):
        yield from (token.term for token in text.analyse(one).chars)


def _vectors(documents: Sequence[Document], name: str, *, asking: bool) -> Vectors:
    model = encoder(name)
    read = [(prepared(gist(one)) or "?", one["lang"]) for one in documents]
    rows = [
        model.encode([written for written, _lang in read[at : at + BATCH]], asking=asking)
        for at in range(0, len(read), BATCH)
    ]
    joined = np.concatenate(rows)
    return np.stack([
        centred(row, model.version, lang, asking=asking) for row, (_written, lang) in zip(joined, read, strict=True)
    ])  # fmt: skip


def _best(scores: Mapping[str, float], most: int) -> list[tuple[str, float]]:
    return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))[:most]
