"""Searches to time: what real offers are called and can do, half of them filtered, with two facets and twenty hits."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from search import FindRequest, Viewer
from search.bench import documents

_COMMON = (
    "轮椅",
    "wheelchair",
    "老人",
    "護理",
    "elderly care",
    "服务",
    "社區",
    "dementia",
    "护理床",
    "meals",
    "智能",
    "day care",
)
_FACETS = ("kind", "supplier")


def requests(records: Sequence[dict[str, Any]], count: int, *, seed: int = 7) -> list[FindRequest]:
    """`count` requests, the same for the same records.

    Common words, titles and their beginnings, features, suppliers.
    """
    chance = random.Random(seed)  # noqa: S311 - variety, not secrecy
    made = []
    for number in range(count):
        record = chance.choice(records)
        texts = [
            chance.choice(_COMMON),
            f"{chance.choice(_COMMON)} {chance.choice(_COMMON)}",
            record["title"],
            record["title"][: 4 if record["lang"] != "en" else 20],
            *record["facts"].get("features", ())[:1],
        ]
        filters: dict[str, tuple[str, ...]] = {}
        if number % 2:
            filters["kind"] = (record["kind"], chance.choice(records)["kind"])
        if number % 4 == 3:
            filters["lang"] = (record["lang"],)
        made.append(
            FindRequest(
                collection="offers",
                text=texts[number % len(texts)],
                lang=record["lang"],
                filters=filters,
                facets=_FACETS,
                now=documents.NOW,
                viewer=Viewer(),
            )
        )
    return made
