"""A question about an organisation that was merged is answered by that."""

from __future__ import annotations

from marketplace import clock
from marketplace.moderation import queries
from marketplace.moderation.service import KIND
from marketplace.organisations.merging import Moved


def close_question(*, merged_id: int, moved: Moved) -> None:
    """Take the question out of the queue, in the open transaction; nobody is told of a rejection."""
    case = queries.open_case(KIND, merged_id)
    moved["approvals closed"] = [] if case is None else [case.id]
    if case is not None:
        case.decided_at, case.decision, case.reason = clock.now(), "rejected", "merged"
