"""The queue, the history of a subject, and how long decisions take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import Any

import sqlalchemy as sa

from marketplace.accounts.models import User
from marketplace.extensions import db
from marketplace.moderation import subjects
from marketplace.moderation.models import Case

LATEST = 20
ENOUGH = 5


@dataclass(frozen=True)
class Entry:
    """One line of the queue: the case, what it is about, and its names."""

    case: Case
    subject: Any
    names: dict[str, str]
    state: str


def waiting() -> list[Entry]:
    """Open cases, who has waited longest first."""
    return _entries(sa.select(Case).where(Case.decided_at.is_(None)).order_by(Case.asked_at, Case.id))


def decided(limit: int = LATEST) -> list[Entry]:
    """What was decided last, newest first."""
    return _entries(
        sa.select(Case).where(Case.decided_at.is_not(None))
        .order_by(Case.decided_at.desc().nulls_last(), Case.id.desc()).limit(limit))


def _entries(query: sa.Select[Case]) -> list[Entry]:
    """Cases with their subjects, in one statement a kind."""
    cases = list(db.session.scalars(query))
    rows = {
        kind: subjects.get(kind).find_many({case.subject_id for case in cases if case.subject_kind == kind})
        for kind in {case.subject_kind for case in cases}
    }
    found = []
    for case in cases:
        row, subject = rows[case.subject_kind].get(case.subject_id), subjects.get(case.subject_kind)
        if row is not None:
            found.append(Entry(case, row, subject.names(row), subject.state(row)))
    return found


def open_case(kind: str, subject_id: int) -> Case | None:
    """The question about a subject that is not decided yet."""
    return db.session.scalars(
        sa.select(Case).where(Case.subject_kind == kind, Case.subject_id == subject_id, Case.decided_at.is_(None))
    ).first()


def history(kind: str, subject_id: int) -> list[tuple[Case, str | None]]:
    """The cases of a subject, newest first, each with the name of who decided."""
    rows = db.session.execute(
        sa.select(Case, User.name).outerjoin(User, User.id == Case.decided_by)
        .where(Case.subject_kind == kind, Case.subject_id == subject_id).order_by(Case.id.desc()))
    return [(case, name) for case, name in rows]


def expected_wait(kind: str = "organisation") -> timedelta | None:
    """The median wait of the last 20 decisions somebody asked for; None while there are fewer than 5."""
    rows = db.session.execute(
        sa.select(Case.asked_at, Case.decided_at)
        .where(Case.subject_kind == kind, Case.asked_by.is_not(None), Case.decision.in_(("approved", "rejected")))
        .order_by(Case.decided_at.desc().nulls_last(), Case.id.desc()).limit(LATEST)).all()
    if len(rows) < ENOUGH:
        return None
    return timedelta(seconds=median((done - asked).total_seconds() for asked, done in rows if done))
