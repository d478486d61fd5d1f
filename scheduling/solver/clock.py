"""How long the solver may go on: a wall-clock limit, or a number of rounds."""

from __future__ import annotations

import time
from collections.abc import Callable


class Clock:
    """Time or rounds left. With rounds the time is never looked at, so that the plan depends on the problem alone."""

    def __init__(self, seconds: float | None, rounds: int | None, should_stop: Callable[[], bool] | None) -> None:
        self.started = time.monotonic()
        self.rounds = rounds
        self.round = 0
        self.reserve = 0.0
        self._deadline = None if seconds is None else self.started + seconds
        self._should_stop = should_stop
        self._stopped = False

    @property
    def timed(self) -> bool:
        """Whether the limit is wall time."""
        return self._deadline is not None

    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.started

    def left(self) -> float:
        """Seconds left for searching: the limit less what is kept in reserve for finishing; inf with rounds."""
        if self._deadline is None:
            return float("inf")
        return self._deadline - self.reserve - time.monotonic()

    def allow(self, seconds: float) -> float | None:
        """Time limit for one program of HiGHS: at most `seconds` and what is left; None with rounds."""
        return max(0.01, min(seconds, self.left())) if self.timed else None

    def stopped(self) -> bool:
        """Whether the caller asked to stop."""
        if not self._stopped and self._should_stop is not None and self._should_stop():
            self._stopped = True
        return self._stopped

    def over(self) -> bool:
        """Whether nothing more should be begun."""
        return self.stopped() or self.left() <= 0 or (self.rounds is not None and self.round >= self.rounds)
