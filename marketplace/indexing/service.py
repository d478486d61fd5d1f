"""Raise a document's revision with its facts, index it afterwards, rebuild, and know when the engine is away."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from flask import Flask, current_app, has_request_context

import search as searching
from marketplace.actor import Actor
from marketplace.extensions import db, upserting
from marketplace.indexing.models import DocumentRevision
from marketplace.outbox import service as outbox
from marketplace.outbox.models import Job

JOB = "index_document"
KINDS = {"offer": "offers", "demand": "demands"}
AWAY_SECONDS = 30.0
# Nobody waits for a job: better that it takes long than that it is tried eight times and given up.
JOB_SECONDS = 60.0
# Makes the documents of rows: ids in, one dict each out (a tombstone where the row may not be found).
Maker = Callable[[Sequence[int], dict[int, int]], list[dict[str, Any]]]


class Away(RuntimeError):
    """The engine did not answer in time a moment ago; the database answers meanwhile."""


def register_maker(app: Flask, kind: str, maker: Maker, all_ids: Callable[[], Sequence[int]]) -> None:
    """Tie a kind of document ("offer", "demand") to what makes it and to what lists all its ids."""
    app.extensions.setdefault("document_makers", {})[kind] = (maker, all_ids)


def search() -> searching.Search:
    """The open engine of this process: a page waits for it as long as the settings say, a job or a command longer."""
    settings = current_app.config["SETTINGS"]
    waits = has_request_context()
    engines: dict[bool, searching.Search] = current_app.extensions.setdefault("search", {})
    if waits not in engines:
        engines[waits] = searching.open_search(
            settings.search_url,
            prefix=settings.search_prefix,
            timeout=settings.search_timeout if waits else max(settings.search_timeout, JOB_SECONDS),
        )
    return engines[waits]


def viewer_of(actor: Actor) -> searching.Viewer:
    """Who looks, as the search knows it: what a value's owner shows only to approved organisations follows from it."""
    role = "organiser" if actor.is_organiser else "member" if actor.is_verified else "public"
    organisation_id = None if actor.organisation_id is None else str(actor.organisation_id)
    return searching.Viewer(organisation_id=organisation_id, role=role, sides=actor.sides)


def ask(question: Callable[[searching.Search], Any]) -> Any:
    """Ask the engine; after one failure it is left alone for 30 s.

    Raises:
        Away: the engine is down or over its time, or was so within the last 30 s.
    """
    until = current_app.extensions.get("search_away_until", 0.0)
    if time.monotonic() < until:
        raise Away
    try:
        return question(search())
    except searching.SearchUnavailable as error:
        current_app.extensions["search_away_until"] = time.monotonic() + AWAY_SECONDS
        current_app.logger.warning("search engine away", extra={"reason": str(error)})
        raise Away from error


def touch(kind: str, subject_id: int) -> None:
    """Raise the revision of a document and write its index job, in the open transaction."""
    db.session.execute(
        upserting(DocumentRevision)
        .values(kind=kind, subject_id=subject_id, revision=1)
        .on_conflict_do_update(index_elements=["kind", "subject_id"], set_={"revision": DocumentRevision.revision + 1})
    )
    outbox.enqueue(JOB, subject=f"{kind}:{subject_id}", dedupe_key=f"{JOB}:{kind}:{subject_id}")


def run_own_jobs(kind: str, subject_id: int) -> None:
    """Try a request's own index job at once, so that its author finds what was just published.

    It never fails the request: what is left waits for the worker.
    """
    for job in outbox.claim("fast", names=[JOB], subject=f"{kind}:{subject_id}"):
        outbox.run(job)


def documents(kind: str, ids: Sequence[int]) -> list[dict[str, Any]]:
    """The documents of rows, each with its revision: both are read in one snapshot."""
    maker, _all = current_app.extensions["document_makers"][kind]
    db.session.rollback()
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    revisions = {
        row.subject_id: row.revision
        for row in db.session.scalars(
            sa.select(DocumentRevision).where(DocumentRevision.kind == kind, DocumentRevision.subject_id.in_(list(ids)))
        )
    }
    made = maker(ids, revisions)
    db.session.rollback()
    return made


def handle(job: Job) -> None:
    """Index the document that a job names, as it stands now."""
    kind, _, subject_id = job.subject.partition(":")
    made = documents(kind, [int(subject_id)])
    search().put(KINDS[kind], made)
    search().learn(KINDS[kind], made)


def _batches(ids: Sequence[int], size: int = 200) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


def rebuild(kind: str, *, progress: Callable[[int, int], None] = lambda done, total: None) -> dict[str, Any]:
    """Build a new index of `kind` beside the serving one, verify it, and swap. Writers go on meanwhile.

    Returns the verification report. On any error the new index is dropped and the old one serves on.
    """
    _maker, all_ids = current_app.extensions["document_makers"][kind]
    engine = search()
    building = engine.rebuild(KINDS[kind])
    try:
        ids = all_ids()
        for done, batch in enumerate(_batches(ids)):
            building.put(documents(kind, batch))
            progress(min(len(ids), (done + 1) * 200), len(ids))
        report = building.verify(expected(kind))
        building.swap()
    except BaseException:
        building.abandon()
        raise
    return report.as_dict()


def learn_lacking(kind: str) -> int:
    """Make the vectors of every document that has none of an encoder in use; how many. Listings are only read if some
    are lacking, as after a change of encoder."""
    _maker, all_ids = current_app.extensions["document_makers"][kind]
    ids = all_ids()
    if not search().lacks_vectors(KINDS[kind], [str(one) for one in ids]):
        return 0
    return sum(search().learn(KINDS[kind], documents(kind, batch)) for batch in _batches(ids))


def expected(kind: str) -> dict[str, int]:
    """What the index of `kind` must hold: document id to the revision now in the database."""
    db.session.rollback()
    rows = db.session.execute(
        sa.select(DocumentRevision.subject_id, DocumentRevision.revision).where(DocumentRevision.kind == kind)
    )
    found = {str(subject_id): revision for subject_id, revision in rows}
    db.session.rollback()
    return found


def rollback_index(kind: str) -> None:
    """Serve the index before the last swap again, after sending it what changed since."""
    engine = search()
    engine.rollback(KINDS[kind])
    _maker, all_ids = current_app.extensions["document_makers"][kind]
    for batch in _batches(all_ids()):
        engine.put(KINDS[kind], documents(kind, batch))
