"""Sight: who may see a listing now, for documents that came another way than through the engine's filter."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from search.indexing import seconds
from search.requests import Viewer


def is_visible(document: Mapping[str, Any], viewer: Viewer, now: datetime) -> bool:
    """Whether the document is open now and approved, the viewer's own, or seen by an organiser; as
    `search.filters.visibility` has it."""
    opens, closes = document.get("opens_at"), document.get("closes_at")
    if not opens or seconds(opens) > seconds(now):
        return False
    if closes and seconds(closes) <= seconds(now):
        return False
    if viewer.role == "organiser" or document.get("approved"):
        return True
    owner = str((document.get("organisation") or {}).get("id") or "")
    return viewer.organisation_id is not None and owner == str(viewer.organisation_id)
