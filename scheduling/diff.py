"""What changed between two plans, meeting by meeting."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from scheduling.plan import Plan
from scheduling.problem import Meeting


@dataclass(frozen=True, slots=True)
class Moved:
    """One pair that meets in both plans, in another slot or at another table."""

    old: Meeting
    new: Meeting

    @property
    def slot_changed(self) -> bool:
        """Whether the time changed, not only the table."""
        return self.old.slot != self.new.slot


@dataclass(frozen=True, slots=True)
class Difference:
    """Meetings added, dropped and moved, each in the order of slot, zone and table."""

    added: tuple[Meeting, ...]
    dropped: tuple[Meeting, ...]
    moved: tuple[Moved, ...]

    @property
    def people(self) -> frozenset[str]:
        """Everyone whose timetable is no longer the same."""
        touched = [*self.added, *self.dropped, *(one.new for one in self.moved)]
        return frozenset(name for one in touched for name in one.pair)

    def of(self, participant: str) -> Difference:
        """The part that concerns one participant."""
        return Difference(
            tuple(one for one in self.added if participant in one.pair),
            tuple(one for one in self.dropped if participant in one.pair),
            tuple(one for one in self.moved if participant in one.new.pair),
        )

    def as_dict(self) -> dict[str, Any]:
        """Plain lists, for storage."""
        return {
            "added": [one.as_dict() for one in self.added],
            "dropped": [one.as_dict() for one in self.dropped],
            "moved": [{"old": one.old.as_dict(), "new": one.new.as_dict()} for one in self.moved],
        }


def diff(old: Plan | Iterable[Meeting], new: Plan | Iterable[Meeting]) -> Difference:
    """Compare two plans (or lists of meetings) pair by pair."""
    before, after = _by_pair(old), _by_pair(new)
    return Difference(
        added=_ordered(one for pair, one in after.items() if pair not in before),
        dropped=_ordered(one for pair, one in before.items() if pair not in after),
        moved=tuple(Moved(before[one.pair], one) for one in _ordered(after.values())
                    if one.pair in before and before[one.pair] != one),
    )


def _by_pair(plan: Plan | Iterable[Meeting]) -> dict[tuple[str, str], Meeting]:
    meetings = plan.meetings if isinstance(plan, Plan) else plan
    return {one.pair: one for one in meetings}


def _ordered(meetings: Iterable[Meeting]) -> tuple[Meeting, ...]:
    return tuple(sorted(meetings, key=lambda one: (one.slot, one.zone, one.table, one.a, one.b)))
