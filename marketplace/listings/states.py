"""The states of a listing: one table, read three ways.

Nothing stores a state. It follows from moments on the listing and on its owner, and from the time at which one asks.
The first state in `STATES` whose tests say yes is the listing's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa


@dataclass(frozen=True)
class Boundary:
    """A moment of the listing or of its owner that has `passed` or not; one that is not set has not passed."""

    column: str
    passed: bool
    owner: bool = False


@dataclass(frozen=True)
class State:
    """A state holds when any of its tests says yes. `public`: strangers may read the page in this state."""

    name: str
    when: tuple[Boundary, ...]
    public: bool = False


STATES = (
    State("withdrawn", (Boundary("withdrawn_at", True),)),
    State("draft", (Boundary("live_version_id", False),)),
    State("suspended owner", (Boundary("suspended_at", True, owner=True), Boundary("approved_at", False, owner=True))),
    State("closed", (Boundary("closes_at", True),), public=True),
    State("scheduled", (Boundary("opens_at", False),)),
    State("open", (), public=True),
)
OPEN = "open"
SCHEDULED = "scheduled"
PUBLIC = frozenset(state.name for state in STATES if state.public)


def state_of(listing: Any, owner: Any, now: datetime) -> str:
    """The state of a row of offers or demands at `now` (aware), its organisation being `owner`."""
    for state in STATES:
        if not state.when or any(_holds(test, owner if test.owner else listing, now) for test in state.when):
            return state.name
    raise AssertionError("the last state holds always")


def _holds(test: Boundary, row: Any, now: datetime) -> bool:
    value = getattr(row, test.column)
    passed = value <= now if isinstance(value, datetime) else value is not None
    return passed is test.passed


def state_expression(listing: Any, owner: Any, now: datetime) -> sa.ColumnElement[str]:
    """The same in SQL: `listing` and `owner` are mapped classes or aliases, joined by the statement."""
    cases = [
        (sa.or_(*(_condition(test, owner if test.owner else listing, now) for test in state.when)), state.name)
        for state in STATES
        if state.when
    ]
    return sa.case(*cases, else_=STATES[-1].name)


def is_open(listing: Any, owner: Any, now: datetime) -> sa.ColumnElement[bool]:
    """That a listing is open, as plain conditions that an index can serve."""
    return sa.and_(
        *(
            sa.not_(_condition(test, owner if test.owner else listing, now))
            for state in STATES[:-1]
            for test in state.when
        )
    )


def _condition(test: Boundary, table: Any, now: datetime) -> sa.ColumnElement[bool]:
    column = getattr(table, test.column)
    passed = column.is_not(None)
    if not test.column.endswith("_id"):
        passed = sa.and_(passed, column <= now)
    return passed if test.passed else sa.not_(passed)


def document_boundaries(listing: Any, owner: Any, now: datetime) -> dict[str, Any] | None:
    """What a search document carries of the state, or None where the listing is not to be found at any time.

    Search compares `opens_at` and `closes_at` with its own `now`, so that nothing need be indexed again when a
    boundary passes. The states before "closed" change only by an action, and an action indexes anew.
    """
    if state_of(listing, owner, now) in ("draft", "withdrawn", "suspended owner"):
        return None
    return {
        "approved": True,
        "opens_at": listing.opens_at.isoformat() if listing.opens_at else None,
        "closes_at": listing.closes_at.isoformat() if listing.closes_at else None,
    }
