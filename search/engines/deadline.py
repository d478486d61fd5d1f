"""One deadline for all questions of a page, so that many quick ones cannot add up to a slow page."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from search.requests import SearchUnavailable


class Deadline(threading.local):
    """A deadline of each thread; none outside of `limited`."""

    def __init__(self) -> None:
        self._until: float | None = None

    @contextmanager
    def limited(self, seconds: float) -> Iterator[None]:
        """Everything inside must be over in so many seconds; within another limit that one holds."""
        if self._until is not None:
            yield
            return
        self._until = time.monotonic() + seconds
        try:
            yield
        finally:
            self._until = None

    def remaining(self, otherwise: float) -> float:
        """Seconds left, or `otherwise` without a limit. Raises SearchUnavailable if none are left."""
        if self._until is None:
            return otherwise
        left = self._until - time.monotonic()
        if left <= 0:
            raise SearchUnavailable("the engine took longer than a page may")
        return left
