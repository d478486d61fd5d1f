"""The table of document frequencies.

What makes a rare word weigh more. One table is in force at a time, for all processes and pages.
"""

from __future__ import annotations

import json
import math
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from search.streams import GAP, size

# In a vocabulary larger than this, words that are in one document only are left out: they are most of it.
LARGEST_COMPLETE = 500_000


@dataclass(frozen=True)
class Statistics:
    """`counts`: documents that hold a term.

    `average_title` and `average_body` are mean lengths in words, at least 1.
    """

    version: str = ""
    documents: int = 0
    average_title: float = 1.0
    average_body: float = 1.0
    counts: Mapping[str, int] = field(default_factory=dict)

    def frequency(self, term: str) -> int:
        """In how many documents a term is, at least 1."""
        return self.counts.get(term, 1)

    def idf(self, term: str) -> float:
        """How much a term tells: the logarithm that BM25 uses, always above 0."""
        frequency = self.counts.get(term, 1)
        return math.log(1.0 + (max(self.documents, frequency) - frequency + 0.5) / (frequency + 0.5))

    def is_stale(self, documents: int) -> bool:
        """Whether an index that now holds so many documents has outgrown this table."""
        return abs(documents - self.documents) > self.documents // 4

    def to_bytes(self) -> bytes:
        """As `from_bytes` reads it."""
        table = [self.version, self.documents, self.average_title, self.average_body, dict(self.counts)]
        return zlib.compress(json.dumps(table, ensure_ascii=False, separators=(",", ":")).encode(), 6)

    @classmethod
    def from_bytes(cls, data: bytes) -> Statistics:
        """Reads what `to_bytes` wrote."""
        version, documents, title, body, counts = json.loads(zlib.decompress(data))
        return cls(version, documents, title, body, counts)


def count(bags: Iterable[tuple[str, str, str, str, str]]) -> Statistics:
    """Counts over the streams of all documents (`search.engines.base.Bag`)."""
    counts: Counter[str] = Counter()
    documents = titles = bodies = 0
    for title_words, _title_chars, words, chars, _exact in bags:
        documents += 1
        title = size(title_words)
        titles += title
        bodies += size(words) - title
        counts.update({*words.split(), *chars.split()})
    del counts[GAP]
    least = 1 if len(counts) <= LARGEST_COMPLETE else 2
    kept = {term: number for term, number in sorted(counts.items()) if number >= least}
    if not documents:
        return Statistics(version="0")
    title_mean, body_mean = max(titles / documents, 1.0), max(bodies / documents, 1.0)
    digest = zlib.crc32(json.dumps([documents, titles, bodies, kept]).encode())
    return Statistics(f"{documents}-{digest:08x}", documents, title_mean, body_mean, kept)
