"""Write jobs, claim them under a lease, and say how far behind each lane is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask, current_app

from marketplace import clock
from marketplace.extensions import affected, db, upserting
from marketplace.outbox.models import LANES, Job, PeriodicRun
from marketplace.transaction import in_transaction, transaction

MAX_ATTEMPTS = 8
LEASE = {"fast": timedelta(minutes=2), "heavy": timedelta(minutes=30)}
Handler = Callable[[Job], None]


class OutsideTransaction(RuntimeError):
    """A job was asked for outside an action: it could outlive facts that were never kept."""


def enqueue(
    name: str,
    *,
    subject: str = "",
    payload: dict[str, Any] | None = None,
    lane: str = "fast",
    run_at: datetime | None = None,
    dedupe_key: str | None = None,
) -> None:
    """Write a job into the open transaction; a waiting one with the same `dedupe_key` stands for both.

    Raises:
        OutsideTransaction: no transaction is open.
    """
    if not in_transaction():
        raise OutsideTransaction(name)
    now = clock.now()
    row = {
        "name": name,
        "subject": subject,
        "payload": payload or {},
        "lane": lane,
        "dedupe_key": dedupe_key,
        "created_at": now,
        "run_at": run_at or now,
        "attempts": 0,
    }
    insert = upserting(Job).values(**row)
    db.session.execute(insert.on_conflict_do_nothing(index_elements=["dedupe_key"]))


def enqueue_once(key: str, *, name: str, lane: str = "fast") -> bool:
    """Write the job `name` unless it was ever written under `key`; True when this call wrote it."""
    taken = (
        upserting(PeriodicRun)
        .values(key=key, due_at=clock.now())
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(PeriodicRun.key)
    )
    if db.session.execute(taken).first() is None:  # the count of rows is not known on every driver
        return False
    enqueue(name, subject=key, lane=lane)
    return True


def discard(names: Iterable[str]) -> int:
    """Take waiting jobs of these names back, in the open transaction; returns how many."""
    return affected(sa.delete(Job).where(Job.name.in_(list(names)), Job.lease_until.is_(None)))


def claim(lane: str, *, limit: int = 1, names: Iterable[str] | None = None, subject: str | None = None) -> list[Job]:
    """Take up to `limit` due jobs of `lane` under a lease; nobody else gets them until it ends.

    A job whose lease ran out (its worker died) is due again. Returned rows are detached.
    """
    now = clock.now()
    due = sa.select(Job.id).where(
        Job.lane == lane,
        Job.failed_at.is_(None),
        Job.run_at <= now,
        sa.or_(Job.lease_until.is_(None), Job.lease_until < now),
    )
    if names is not None:
        due = due.where(Job.name.in_(list(names)))
    if subject is not None:
        due = due.where(Job.subject == subject)
    due = due.order_by(Job.run_at, Job.id).limit(limit).with_for_update(skip_locked=True)
    with transaction():
        ids = db.session.scalars(
            sa.update(Job)
            .where(Job.id.in_(due))
            .values(lease_until=now + LEASE[lane], attempts=Job.attempts + 1, dedupe_key=None)
            .returning(Job.id)
            .execution_options(synchronize_session=False)
        ).all()
        jobs = (
            list(
                db.session.scalars(
                    sa.select(Job)
                    .where(Job.id.in_(ids))
                    .order_by(Job.run_at, Job.id)
                    .execution_options(populate_existing=True)
                )
            )
            if ids
            else []
        )
        for job in jobs:
            db.session.expunge(job)
    return jobs


def finish(job: Job) -> None:
    """The job is done: its row goes. A row whose lease passed to another worker stays with that one."""
    with transaction():
        db.session.execute(sa.delete(Job).where(Job.id == job.id, Job.attempts == job.attempts))


def fail(job: Job, error: str) -> None:
    """The job failed: try again later, twice as late each time, or give up after `MAX_ATTEMPTS` and show it."""
    now = clock.now()
    values: dict[str, Any] = {"lease_until": None, "last_error": error[:2000]}
    if job.attempts >= MAX_ATTEMPTS:
        values["failed_at"] = now
    else:
        values["run_at"] = now + timedelta(seconds=5 * 2 ** (job.attempts - 1))
    with transaction():
        db.session.execute(sa.update(Job).where(Job.id == job.id, Job.attempts == job.attempts).values(**values))


def retry(job_id: int) -> bool:
    """Put a job that was given up back into its lane. False when there is none."""
    with transaction():
        done = affected(
            sa.update(Job)
            .where(Job.id == job_id, Job.failed_at.is_not(None))
            .values(failed_at=None, run_at=clock.now(), attempts=0, lease_until=None)
        )
    return bool(done)


def register(app: Flask, name: str, handler: Handler) -> None:
    """Tie a job's name to the function that does it; the function must be safe to run twice."""
    app.extensions.setdefault("job_handlers", {})[name] = handler


def run(job: Job) -> bool:
    """Do one claimed job outside any transaction; True when it is done, False when it will be tried again."""
    log = current_app.logger
    handler = current_app.extensions.get("job_handlers", {}).get(job.name)
    try:
        if handler is None:
            raise LookupError(f"no handler for {job.name}")
        db.session.rollback()
        handler(job)
    except Exception as error:
        db.session.rollback()
        log.exception("job failed", extra={"job": job.id, "job_name": job.name, "subject": job.subject})
        fail(job, f"{type(error).__name__}: {error}")
        return False
    finish(job)
    return True


def lag(lane: str) -> float:
    """How long the oldest due job of `lane` has waited, in seconds; 0.0 when none waits."""
    now = clock.now()
    oldest = db.session.scalar(
        sa.select(sa.func.min(Job.run_at)).where(Job.lane == lane, Job.failed_at.is_(None), Job.run_at <= now)
    )
    return 0.0 if oldest is None else max(0.0, (now - oldest).total_seconds())


def counts() -> dict[str, dict[str, int]]:
    """Jobs waiting and given up, by lane."""
    found = {lane: {"waiting": 0, "failed": 0} for lane in LANES}
    rows = db.session.execute(
        sa.select(Job.lane, Job.failed_at.is_not(None), sa.func.count()).group_by(Job.lane, Job.failed_at.is_not(None))
    )
    for lane, failed, number in rows:
        found[lane]["failed" if failed else "waiting"] = number
    return found


def failed_jobs(limit: int = 100) -> list[Job]:
    """The jobs that were given up, newest first."""
    return list(
        db.session.scalars(
            sa.select(Job)
            .where(Job.failed_at.is_not(None))
            .order_by(Job.failed_at.desc().nulls_last(), Job.id.desc())
            .limit(limit)
        )
    )


def is_waiting(name: str, *, subject: str) -> bool:
    """Whether a job of this name and subject waits, runs, or will be tried again."""
    return (
        db.session.scalar(
            sa.select(sa.exists().where(Job.name == name, Job.subject == subject, Job.failed_at.is_(None)))
        )
        or False
    )
