"""Take a list in, correct what its columns mean, answer its questions, and have it applied."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from marketplace import clock
from marketplace.actor import Actor
from marketplace.audit import service as audit
from marketplace.errors import AlreadyDone, ErrorCode, Invalid, NotFound
from marketplace.events.models import Event
from marketplace.extensions import db
from marketplace.outreach import columns, policy, sheets
from marketplace.outreach.models import KINDS, ImportedList
from marketplace.transaction import transaction

KEPT = timedelta(days=90)


def upload(
    *, actor: Actor, event_id: int, kind: str, name: str, content: bytes, submission_id: str | None = None
) -> ImportedList:
    """Keep what a spreadsheet says, with the columns guessed from their headings; nothing else is changed.

    Raises:
        NotAllowed, NotFound; Invalid at "kind" and, as `sheets.read` says, at "file"; AlreadyDone.
    """
    policy.require_organise(actor)
    if kind not in KINDS:
        raise Invalid({"kind": ErrorCode("unknown_choice")})
    sheet = sheets.read(content, kind)
    with transaction():
        if db.session.get(Event, event_id) is None:
            raise NotFound
        if submission_id and (made := db.session.scalar(
                sa.select(ImportedList.id).where(ImportedList.submission_id == submission_id))):
            raise AlreadyDone(made)
        row = ImportedList(
            event_id=event_id, kind=kind, name=name[-200:] or "list.xlsx", headers=sheet.headers,
            header_line=sheet.header_line, rows=sheet.rows, merged=sheet.merged, unread=sheet.unread,
            mapping=columns.guess(sheet.headers, kind), created_by=actor.user_id, submission_id=submission_id)
        db.session.add(row)
        db.session.flush()  # the audit row carries its id
        audit.record(actor=actor, action="outreach.list_read", subject_kind="event", subject_id=event_id,
                     changes={"list": (None, row.id, "public"), "rows": (None, len(sheet.rows), "public")})
    return row


def get(actor: Actor, list_id: int) -> ImportedList:
    """The list of an id. Raises NotAllowed, NotFound."""
    policy.require_organise(actor)
    row = db.session.get(ImportedList, list_id)
    if row is None:
        raise NotFound
    return row


def of_event(event_id: int) -> list[Any]:
    """The lists read for an event without their rows, the newest first: id, kind, name, created_at, applied_at,
    result."""
    return list(db.session.execute(
        sa.select(ImportedList.id, ImportedList.kind, ImportedList.name, ImportedList.created_at,
                  ImportedList.applied_at, ImportedList.result)
        .where(ImportedList.event_id == event_id).order_by(ImportedList.id.desc())))


def set_mapping(*, actor: Actor, list_id: int, mapping: Mapping[str, int]) -> None:
    """Say which column is which. Raises Invalid at "mapping" where one column is to be two things."""
    with transaction():
        row = _open(actor, list_id)
        known = {column.key for column in columns.OF_KIND[row.kind]}
        wanted = {name: place for name, place in mapping.items() if name in known and 0 <= place < len(row.headers)}
        if len(set(wanted.values())) < len(wanted):
            raise Invalid({"mapping": ErrorCode("column_twice")})
        row.mapping = wanted


def answer(*, actor: Actor, list_id: int, answers: Mapping[str, str]) -> None:
    """Keep answers to questions; what no question offers is passed over when the list is read."""
    with transaction():
        row = _open(actor, list_id)
        row.answers = {**(row.answers or {}), **{key[:80]: text[:20] for key, text in answers.items() if text}}


def _open(actor: Actor, list_id: int) -> ImportedList:
    policy.require_organise(actor)
    row = db.session.scalar(sa.select(ImportedList).where(ImportedList.id == list_id).with_for_update())
    if row is None:
        raise NotFound
    if row.applied_at is not None:
        raise AlreadyDone(row.id)
    return row


def discard(*, actor: Actor, list_id: int) -> int:
    """Forget a list with all that stands in it; what it made stays. Returns the event's id."""
    with transaction():
        row = get(actor, list_id)
        event_id = row.event_id
        db.session.delete(row)
        audit.record(actor=actor, action="outreach.list_discarded", subject_kind="event", subject_id=event_id,
                     changes={"list": (list_id, None, "public")})
    return event_id


def forget_old() -> None:
    """Lists hold names and numbers of people: they go after ninety days, applied or not."""
    with transaction():
        db.session.execute(sa.delete(ImportedList).where(ImportedList.created_at < clock.now() - KEPT))
