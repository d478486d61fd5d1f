"""The shelf: profiles that were made lately, so that what is matched again and again is read and analysed once.

A profile stands under the revision of its document, which rises with every change, and belongs to one engine.
"""

from __future__ import annotations

import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from search.engines.base import Engine, Stored
from search.matching.demands import DemandProfile
from search.matching.offers import OfferProfile

Profile = TypeVar("Profile", OfferProfile, DemandProfile)
# About ten kilobytes each.
MOST = 4_000


class Shelf(Generic[Profile]):
    """Profiles of one collection, at most MOST for each engine, those first gone that were wanted longest ago.

    Threads may share it.
    """

    def __init__(self, collection: str, make: Callable[..., Profile]) -> None:
        self._collection = collection
        self._make: Callable[..., Profile] = make
        self._kept: weakref.WeakKeyDictionary[Engine, OrderedDict[tuple[str, int], Profile]]
        self._kept = weakref.WeakKeyDictionary()
        self._lock = threading.Lock()

    def profiles(self, engine: Engine, found: Sequence[Stored]) -> dict[str, Profile]:
        """The profiles of candidates by id; those that were withdrawn meanwhile are left out. Raises
        SearchUnavailable."""
        with self._lock:
            kept = self._kept.setdefault(engine, OrderedDict())
            known = {one.id: kept[key] for one in found if (key := _key(one)) in kept}
            for one in found:
                if one.id in known:
                    kept.move_to_end(_key(one))
        lacking = [one.id for one in found if one.outlined and one.id not in known]
        whole = engine.documents(self._collection, lacking) if lacking else {}
        made = {}
        for one in found:
            document = whole.get(one.id) if one.outlined else one.document
            if one.id not in known and document is not None:
                made[one.id] = self._make(document)
        with self._lock:
            for id, profile in made.items():
                kept[id, int(profile.document["revision"])] = profile
            while len(kept) > MOST:
                kept.popitem(last=False)
        return known | made


def _key(found: Stored) -> tuple[str, int]:
    return found.id, int(found.document["revision"])
