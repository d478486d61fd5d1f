"""Proposes a timetable: aggregate program, slots, neighbourhood search, compaction, tables, explanation."""

from __future__ import annotations

from scheduling.solver.run import DEFAULT_SECONDS, Progress, solve

__all__ = ["DEFAULT_SECONDS", "Progress", "solve"]
