"""One action, one transaction."""

import threading

import pytest
import sqlalchemy as sa
from flask import Flask

from marketplace import clock
from marketplace.actor import Actor
from marketplace.audit import service as audit
from marketplace.audit.models import AuditEvent, AuditValue
from marketplace.extensions import db
from marketplace.indexing.models import DocumentRevision
from marketplace.indexing.service import touch
from marketplace.outbox.models import Job
from marketplace.outbox.service import OutsideTransaction, enqueue
from marketplace.transaction import DirtySession, transaction

ACTOR = Actor(user_id=7, organisation_id=3, roles=frozenset({"owner"}), kind="member")


def count(model: type) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model))


def test_facts_audit_and_jobs_are_kept_together(app: Flask) -> None:
    told = []
    with transaction() as after_commit:
        touch("offer", 5)
        audit.record(
            actor=ACTOR,
            action="offer.published",
            subject_kind="offer",
            subject_id=5,
            changes={"title": ("old", "new", "public")},
        )
        after_commit.append(lambda: told.append(count(Job)))
    assert (count(Job), count(AuditEvent), count(DocumentRevision), told) == (1, 1, 1, [1])


def test_nothing_is_kept_of_an_action_that_fails(app: Flask) -> None:
    told = []

    def action() -> None:
        with transaction() as after_commit:
            touch("offer", 5)
            audit.record(actor=ACTOR, action="x", subject_kind="offer", subject_id=5)
            after_commit.append(lambda: told.append(1))
            raise LookupError

    with pytest.raises(LookupError):
        action()
    assert (count(Job), count(AuditEvent), count(DocumentRevision), told) == (0, 0, 0, [])


def test_a_nested_action_is_part_of_the_outer_one(app: Flask) -> None:
    def outer() -> None:
        with transaction():
            with transaction():
                touch("offer", 5)
            raise LookupError

    with pytest.raises(LookupError):
        outer()
    assert count(Job) == 0


def test_changes_made_outside_an_action_are_refused(app: Flask) -> None:
    db.session.add(DocumentRevision(kind="offer", subject_id=1, revision=1))
    with pytest.raises(DirtySession), transaction():
        pass
    db.session.rollback()


def test_a_job_outside_an_action_is_refused(app: Flask) -> None:
    with pytest.raises(OutsideTransaction):
        enqueue("index_document")


def test_a_revision_raised_by_many_threads_counts_every_one(app: Flask) -> None:
    errors: list[BaseException] = []

    def raise_it() -> None:
        with app.app_context():
            try:
                for _ in range(10):
                    with transaction():
                        touch("offer", 1)
            except BaseException as error:
                errors.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=raise_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert db.session.scalar(sa.select(DocumentRevision.revision)) == 40


def test_personal_values_are_erased_and_the_row_stays(app: Flask) -> None:
    with transaction():
        audit.record(
            actor=ACTOR,
            action="organisation.changed",
            subject_kind="organisation",
            subject_id=3,
            changes={"phone": ("1", "2", "personal"), "names": ({"en": "A"}, {"en": "B"}, "public")},
        )
    assert audit.erase_personal(subject_kind="organisation", subject_id=3) == 1
    values = {v.field: (v.before, v.after, v.erased_at is not None) for v in db.session.scalars(sa.select(AuditValue))}
    assert values == {"phone": (None, None, True), "names": ({"en": "A"}, {"en": "B"}, False)}
    [event] = audit.history(subject_kind="organisation", subject_id=3)
    assert (event.action, event.fields, event.user_id) == ("organisation.changed", ["names", "phone"], 7)
    assert event.at <= clock.now()
