"""Many offers made from a few real ones, the same ones every time: for measuring, never for show.

Each takes kind, language and title from one record and its sentences from several of that kind and language, with a
supplier, places and a price that others of them have. Words keep the frequencies they have in the real records.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

Record = dict[str, Any]
_SENTENCE = re.compile(r"[^。.;;]+[。.;;]?")
_SHARED_FACTS = ("features", "certificates", "languages", "dementia_care", "respite", "rental", "lead_time_days")


def make(records: Sequence[Record], count: int, *, seed: int = 1) -> Iterator[Record]:
    """`count` records in the format of the real ones, ids "made-000000" onwards. The first are near copies of real
    ones.

    Raises ValueError without records.
    """
    if not records:
        raise ValueError("no records to make others from")
    chance = random.Random(seed)  # noqa: S311 - variety, not secrecy
    alike: dict[tuple[str, str], list[Record]] = defaultdict(list)
    for record in records:
        alike[record["kind"], record["lang"]].append(record)
    for number in range(count):
        base = records[number % len(records)]
        yield _vary(base, alike[base["kind"], base["lang"]], number, chance)


def _sentences(record: Record) -> list[str]:
    return [piece.strip() for piece in _SENTENCE.findall(record["summary"]) if piece.strip()]


def _vary(base: Record, alike: Sequence[Record], number: int, chance: random.Random) -> Record:
    others = [base, *(chance.choice(alike) for _ in range(chance.randint(1, 3)))]
    sentences = list(dict.fromkeys(piece for record in others for piece in _sentences(record)))
    kept = sentences[:1] + chance.sample(sentences[1:], min(len(sentences) - 1, chance.randint(1, 5)))
    owner, placed, priced = (chance.choice(alike) for _ in range(3))
    facts = dict(base["facts"])
    for name in _SHARED_FACTS:
        values = [record["facts"][name] for record in others if name in record["facts"]]
        if values:
            facts[name] = chance.choice(values)
    if "serves" in placed["facts"]:
        facts["serves"] = placed["facts"]["serves"]
    facts.pop("price_max", None)
    if "price" in priced["facts"]:
        facts["price"] = max(1, round(float(priced["facts"]["price"]) * chance.uniform(0.5, 1.5)))
        facts["currency"] = priced["facts"].get("currency", "CNY")
    if "model" in facts:
        facts["model"] = f"{facts['model']}-{number}"
    return {
        "id": f"made-{number:06d}",
        "title": _title(base, chance.choice(alike), chance),
        "summary": (" " if base["lang"] == "en" else "").join(kept),
        "lang": base["lang"],
        "supplier": f"{owner['supplier']} {number % 97}" if number >= len(alike) else owner["supplier"],
        "supplier_region": placed.get("supplier_region", ""),
        "kind": base["kind"],
        "facts": facts,
    }


def _title(base: Record, other: Record, chance: random.Random) -> str:
    """The title, or half of it and half of another."""
    if chance.random() < 0.5:
        return str(base["title"])
    space = " " if base["lang"] == "en" else ""
    parts = [record["title"].split() if space else list(record["title"]) for record in (base, other)]
    first, second = parts
    return space.join([*first[: (len(first) + 1) // 2], *second[len(second) // 2 :]])
