"""The published rules of matching: read from the ruleset in force, with an example worked out by the matcher itself."""

from __future__ import annotations

import tempfile
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from catalogue.fields import GATES
from search import Viewer, demand_document, offer_document, open_search
from search.matching.results import BANDS
from search.matching.ruleset import ruleset


@dataclass(frozen=True)
class Published:
    """What the page prints. `parts`: name and most points, in the order of the cards; `unknown`: the share of a part's
    points that is left while it is unknown; `related_kinds`: pairs of kinds and the share that they earn."""

    version: str
    parts: tuple[tuple[str, float], ...]
    unknown: tuple[tuple[str, float], ...]
    related_kinds: tuple[tuple[str, str, float], ...]
    gates: tuple[str, ...]
    bands: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """A listing of the example, shaped as cards want it."""

    id: int
    live_version: dict[str, Any]
    organisation: None = None


@dataclass(frozen=True)
class Example:
    """The demand of the example and its offers as judged, best first."""

    demand: dict[str, Any]
    pairs: tuple[dict[str, Any], ...]


def published() -> Published:
    """The rules in force."""
    rules = ruleset()
    related = [(min(pair), max(pair), share) for pair, share in rules.related_kinds.items()]
    return Published(
        version=rules.version,
        parts=tuple(rules.points.items()),
        unknown=tuple(rules.unknown.items()),
        related_kinds=tuple(sorted(related, key=lambda row: (-row[2], row[:2]))),
        gates=GATES,
        bands=BANDS,
    )


# Made up for the page, and said to be so there: a need in one script, offers in the other and in English.
_DEMAND: dict[str, Any] = {
    "kind": "equipment",
    "lang": "zh-Hant",
    "texts": {
        "title": {"zh-Hant": "電動護理床", "en": "Electric nursing beds"},
        "text": {
            "zh-Hant": "沙田一間院舍添置電動護理床，供長者低位上落。",
            "en": "A home in Sha Tin buys electric nursing beds that are low enough to get in and out of.",
        },
    },
    "requirements": [
        {"need": "must", "text": {"zh-Hant": "低位護理床", "en": "low nursing bed"}},
        {"need": "must", "text": {"zh-Hant": "側欄符合 EN 60601-2-52", "en": "side rails to EN 60601-2-52"}},
        {"need": "nice", "text": {"zh-Hant": "防壓瘡床褥", "en": "pressure-relief mattress"}},
    ],
    "lines": [{"text": {"zh-Hant": "電動護理床", "en": "Electric nursing bed"}, "quantity": "30", "unit": "piece"}],
    "budget": {"minor": 60000000, "currency": "HKD", "basis": "total"},
    "places": ["HK"],
    "place_text": "",
    "dates": {"deadline_days": 30},
    "facts": {},
}
_OFFERS: tuple[dict[str, Any], ...] = (
    {
        "kind": "equipment",
        "lang": "en",
        "texts": {
            "title": {"en": "Electric low nursing bed"},
            "summary": {"en": "Low nursing bed with electric height; the pressure-relief mattress is included."},
        },
        "facts": {
            "price": {"minor": 1680000, "currency": "HKD"}, "price_unit": "piece", "lead_time_days": 21,
            "serves": ["HK", "MO"],
        },
    },
    {
        "kind": "equipment",
        "lang": "zh-Hans",
        "texts": {
            "title": {"zh-Hans": "电动护理床"},
            "summary": {"zh-Hans": "低位电动护理床，背部、腿部和床面高度可调。"},
        },
        "facts": {"price_unit": "piece", "lead_time_days": 60, "serves": ["CN-44"]},
    },
)  # fmt: skip
_DAY = datetime(2026, 11, 2, tzinfo=UTC)


_WORKING = threading.Lock()


def worked_example() -> Example:
    """The example under the rules in force, in an index of its own; worked out once a process and ruleset, however
    many ask."""
    with _WORKING:
        return _work_out(ruleset().version)


@lru_cache(maxsize=4)
def _work_out(_version: str) -> Example:
    rows = {number: Row(number, {"content": content}) for number, content in enumerate(_OFFERS, 1)}
    with tempfile.TemporaryDirectory() as folder:
        search = open_search(f"sqlite:///{folder}/example.db", timeout=30)
        search.put("offers", [
            offer_document(supplier={"id": str(number)}, content=row.live_version["content"], **_identity(number))
            for number, row in rows.items()
        ])
        demand = demand_document(buyer={"id": "0"}, content=_DEMAND, **_identity(0))
        found = search.match_demand(demand, now=_DAY, viewer=Viewer()).matches
        search.close()
    return Example(_DEMAND, tuple({"match": match.as_dict(), "offer": rows[int(match.id)]} for match in found))


def _identity(number: int) -> dict[str, Any]:
    opened = _DAY.isoformat()
    return {
        "id": number, "revision": 1, "approved": True, "opens_at": opened, "closes_at": None, "updated_at": opened,
    }  # fmt: skip
