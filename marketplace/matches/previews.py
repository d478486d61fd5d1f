"""Judge what is not published (a draft, a pasted need) without keeping it; the same text is judged once a while."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import current_app

from marketplace import clock, rate_limits
from marketplace.actor import Actor
from marketplace.demands.documents import document_of_content
from marketplace.indexing import service as indexing
from marketplace.matches import rulesets
from marketplace.rates.service import rate_table
from search.matching.ruleset import ruleset

LIMIT = 50
# An answer stands for so many seconds, in which the offers may change, and so many are kept by a process.
STANDS_FOR = 120.0
KEPT = 64
# Judging takes a tenth of a second of one core: a fair hall behind one address stays below this, a machine does not.
PACE = "60/minute"


@dataclass(frozen=True)
class Preview:
    """Matches as plain data, best first, and what stood in the way most often."""

    matches: tuple[dict[str, Any], ...]
    nearest: tuple[tuple[str, int], ...]


@dataclass
class _Kept:
    """Answers by what was asked, the oldest first."""

    answers: OrderedDict[str, tuple[float, Preview]] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, key: str) -> Preview | None:
        with self.lock:
            until, answer = self.answers.get(key, (0.0, None))
            return answer if until > time.monotonic() else None

    def put(self, key: str, answer: Preview) -> None:
        with self.lock:
            self.answers[key] = (time.monotonic() + STANDS_FOR, answer)
            self.answers.move_to_end(key)
            while len(self.answers) > KEPT:
                self.answers.popitem(last=False)


def preview(content: Mapping[str, Any], *, actor: Actor, by: str) -> Preview:
    """What meets a demand's content, as the actor may see it. `by`: the address that asks.

    Raises:
        marketplace.indexing.service.Away: the search engine does not answer.
        TooMany: more new texts from one address than PACE.
    """
    rulesets.put_in_force()
    viewer = indexing.viewer_of(actor)
    day = clock.now().date().isoformat()
    asked = json.dumps([content, repr(viewer), ruleset().version, day], sort_keys=True, default=str)
    key = hashlib.sha256(asked.encode()).hexdigest()
    kept: _Kept = current_app.extensions.setdefault("match_previews", _Kept())
    known = kept.get(key)
    if known is not None:
        return known
    rate_limits.limit(f"preview:{by}", PACE)
    rates = rate_table(clock.now().date())
    document = document_of_content(dict(content))
    found = indexing.ask(
        lambda engine: engine.match_demand(document, now=clock.now(), viewer=viewer, limit=LIMIT, rates=rates)
    )
    answer = Preview(tuple(match.as_dict() for match in found.matches), found.nearest)
    kept.put(key, answer)
    return answer
