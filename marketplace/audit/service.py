"""Record what was done, read it back, and erase personal values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from flask import g, has_request_context
from sqlalchemy.orm import selectinload

from marketplace import clock
from marketplace.actor import Actor
from marketplace.audit.models import AuditEvent, AuditValue
from marketplace.extensions import affected, db
from marketplace.transaction import transaction

Change = tuple[Any, Any, str]


def record(
    *, actor: Actor, action: str, subject_kind: str, subject_id: int, changes: Mapping[str, Change] | None = None
) -> None:
    """Add a row to the open transaction. `changes`: field to (before, after, class of the value)."""
    changes = changes or {}
    db.session.add(
        AuditEvent(
            at=clock.now(),
            actor_kind=actor.kind,
            user_id=actor.user_id,
            organisation_id=actor.organisation_id,
            action=action,
            subject_kind=subject_kind,
            subject_id=subject_id,
            fields=sorted(changes),
            request_id=g.get("request_id") if has_request_context() else None,
            values=[
                AuditValue(field=name, value_class=kind, before=before, after=after)
                for name, (before, after, kind) in sorted(changes.items())
            ],
        )
    )


def history(*, subject_kind: str, subject_id: int, limit: int = 200) -> list[AuditEvent]:
    """What was done to one subject, newest first, with its values."""
    return list(
        db.session.scalars(
            sa.select(AuditEvent)
            .where(AuditEvent.subject_kind == subject_kind, AuditEvent.subject_id == subject_id)
            .options(selectinload(AuditEvent.values))
            .order_by(AuditEvent.id.desc())
            .limit(limit)
        )
    )


def latest(limit: int = 200) -> list[AuditEvent]:
    """What was done last on the whole site, newest first."""
    return list(
        db.session.scalars(
            sa.select(AuditEvent).options(selectinload(AuditEvent.values)).order_by(AuditEvent.id.desc()).limit(limit)
        )
    )


def erase_personal(*, subject_kind: str, subject_id: int) -> int:
    """Erase the personal values kept about a subject; the rows stay. Returns how many were erased."""
    with transaction():
        events = sa.select(AuditEvent.id).where(
            AuditEvent.subject_kind == subject_kind, AuditEvent.subject_id == subject_id
        )
        return affected(
            sa.update(AuditValue)
            .where(
                AuditValue.event_id.in_(events), AuditValue.value_class == "personal", AuditValue.erased_at.is_(None)
            )
            .values(before=sa.null(), after=sa.null(), erased_at=clock.now())
        )
