"""The kinds of things that are moderated, and what a decision does to one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import current_app

from marketplace.errors import NotFound
from marketplace.extensions import db
from marketplace.organisations import queries as organisations
from marketplace.organisations.models import Organisation


@dataclass(frozen=True)
class Subject:
    """One kind. Rooms above register theirs.

    Attributes:
        kind: how cases name it; also the folder part of the page that shows one to an organiser.
        find: the row of an id, locked for the transaction; None when there is none.
        find_many: rows by id, for the queue.
        state: "draft", "waiting", "approved", "rejected" or "suspended".
        names: {language: text} to show in lists.
        organisation_id: whom decisions are told.
        apply: put a decision ("asked", or one of `models.DECISIONS`) on the row: (row, decision, at, reason).
        tell: say a decision to whom it concerns, (row, decision, reason, case id), where that is not the organisation
            in the usual words.
    """

    kind: str
    find: Callable[[int], Any]
    find_many: Callable[[Iterable[int]], dict[int, Any]]
    state: Callable[[Any], str]
    names: Callable[[Any], dict[str, str]]
    organisation_id: Callable[[Any], int]
    apply: Callable[[Any, str, datetime, str], None]
    tell: Callable[[Any, str, str, int], None] | None = None


def register(app: Any, subject: Subject) -> None:
    """Let `subject.kind` be moderated."""
    app.extensions.setdefault("moderated", {})[subject.kind] = subject


def get(kind: str) -> Subject:
    """The kind of that name. Raises NotFound."""
    subject = current_app.extensions.get("moderated", {}).get(kind)
    if subject is None:
        raise NotFound
    return subject


def _apply_to_organisation(row: Organisation, decision: str, at: datetime, reason: str) -> None:
    if decision == "asked":
        row.submitted_at, row.rejected_at, row.rejection_reason = at, None, ""
    elif decision == "approved":
        row.approved_at, row.rejected_at, row.rejection_reason = at, None, ""
    elif decision == "rejected":
        row.submitted_at, row.rejected_at, row.rejection_reason = None, at, reason
    elif decision == "suspended":
        row.suspended_at, row.suspension_reason = at, reason
    else:
        row.suspended_at, row.suspension_reason = None, ""


def _organisations(ids: Iterable[int]) -> dict[int, Organisation]:
    rows = db.session.scalars(sa.select(Organisation).where(Organisation.id.in_(list(ids))))
    return {row.id: row for row in rows}


ORGANISATION = Subject(
    kind="organisation",
    find=lambda organisation_id: organisations.find(organisation_id, lock=True),
    find_many=_organisations,
    state=lambda row: row.state,
    names=lambda row: row.names,
    organisation_id=lambda row: row.id,
    apply=_apply_to_organisation,
)
