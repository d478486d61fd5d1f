"""The states of an organisation: one table, from which the property in Python and the expression in SQL both follow."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

# The first whose moment (or, of a merged one, whose target) is set is the state; none set is a draft.
TABLE = (
    ("merged", "merged_into_id"),
    ("suspended", "suspended_at"),
    ("approved", "approved_at"),
    ("rejected", "rejected_at"),
    ("waiting", "submitted_at"),
)
NAMES = (*(name for name, _moment in TABLE), "draft")


def of(organisation: Any) -> str:
    """The state of a row."""
    return next((name for name, moment in TABLE if getattr(organisation, moment) is not None), "draft")


def expression(model: Any) -> sa.ColumnElement[str]:
    """The state as SQL, for a model or an alias of it."""
    return sa.case(*((getattr(model, moment).is_not(None), name) for name, moment in TABLE), else_="draft")


def is_public(model: Any) -> sa.ColumnElement[bool]:
    """Whether everybody may see the organisation, as SQL that can use an index."""
    return sa.and_(model.approved_at.is_not(None), model.suspended_at.is_(None))
