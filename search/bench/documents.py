"""Records of the benchmark formats as documents, all of them approved and open."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from catalogue import records
from search import demand_document, offer_document
from search.text import folded

NOW = datetime(2026, 1, 1, tzinfo=UTC)
_OPEN: dict[str, Any] = {"approved": True, "opens_at": "2000-01-01T00:00:00+00:00", "closes_at": None}


def organisation(name: str, lang: str) -> dict[str, Any]:
    """An organisation that is known by name alone; the same name is the same one."""
    digest = hashlib.sha256(folded(name).encode()).hexdigest()[:12]
    return {"id": digest if name else "", "names": {lang: name} if name else {}, "places": []}


def offer(record: Mapping[str, Any], revision: int = 1) -> dict[str, Any]:
    """The document of an offer record. Raises catalogue.records.RecordError."""
    content = records.offer_content(record)
    supplier = organisation(record.get("supplier") or "", content["lang"])
    return offer_document(
        id=record["id"], revision=revision, content=content, supplier=supplier, updated_at=_updated(record), **_OPEN
    )


def demand(record: Mapping[str, Any], revision: int = 1) -> dict[str, Any]:
    """The document of a demand record. Raises catalogue.records.RecordError."""
    content = records.demand_content(record)
    buyer = organisation(record.get("buyer") or "", content["lang"])
    return demand_document(
        id=record["id"], revision=revision, content=content, buyer=buyer, updated_at=_updated(record), **_OPEN
    )


def plain(record: Mapping[str, Any], lang: str) -> dict[str, Any]:
    """The document of a record that has only a title and a text."""
    content = {
        "kind": "",
        "lang": lang,
        "texts": {"title": {lang: record["title"]}, "description": {lang: record["text"]}},
    }
    nobody = organisation("", lang)
    return offer_document(
        id=record["id"], revision=1, content=content, supplier=nobody, updated_at=_updated(record), **_OPEN
    )


def _updated(record: Mapping[str, Any]) -> str:
    """A moment of 2025 that depends on the id alone, so that sorting by it can be compared."""
    number = int.from_bytes(hashlib.sha256(str(record["id"]).encode()).digest()[:4], "big")
    return datetime.fromtimestamp(1_735_689_600 + number % 31_536_000, UTC).isoformat()
