"""Hand something in, read it in a worker, and make drafts of what was read."""

from __future__ import annotations

import io
import tempfile
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa

from marketplace import clock, rate_limits
from marketplace.actor import Actor
from marketplace.audit import service as audit
from marketplace.demands import service as demands
from marketplace.demands.need_words import CURRENCY_OF_PLACE
from marketplace.errors import AlreadyDone, ErrorCode, Invalid
from marketplace.extensions import db
from marketplace.files import cleaning, storage
from marketplace.files import service as files
from marketplace.files.models import StoredFile
from marketplace.files.sniffing import suffix_of
from marketplace.listings.content import REGION
from marketplace.offers import service as offers
from marketplace.organisations.models import Organisation
from marketplace.outbox import service as outbox
from marketplace.outbox.models import Job
from marketplace.reading import child, intake, policy
from marketplace.reading.models import FAILED, READY, USED, WAITING, Reading
from marketplace.transaction import transaction

JOB = "read_document"
RATES = ("6/minute", "60/day")
FORGOTTEN_AFTER = timedelta(days=7)
# After these nothing was read, and the reader is told so instead of being shown an empty page.
FATAL = ("encrypted", "corrupt", "bomb", "scan", "memory", "nothing", "time")


def start(
    *,
    actor: Actor,
    side: str,
    lang: str,
    text: str = "",
    upload: tuple[IO[bytes], str] | None = None,
    keep: bool = False,
    submission_id: str | None = None,
) -> Reading:
    """Hand in a text or an upload (stream, name) and have a worker read it.

    Raises:
        NotAllowed: the actor cannot draft for an organisation.
        TooMany: more than `RATES`.
        Invalid: "text" (required, text_too_long), or "file" as `intake.receive` says.
        AlreadyDone: this submission was handed in before; with the reading's id.
    """
    policy.require_create(actor)
    known = _of_submission(submission_id)
    if known is not None:
        raise AlreadyDone(known)
    for rate in RATES:
        rate_limits.limit(f"reading:{actor.organisation_id}", rate)
    if upload is None and not text.strip():
        raise Invalid({"text": ErrorCode("nothing_given")})
    if len(text.encode()) > intake.MOST_TEXT:
        raise Invalid({"text": ErrorCode("text_too_long", {"most": 1})})
    file = None if upload is None else intake.receive(actor=actor, side=side, stream=upload[0], filename=upload[1])
    with transaction():
        reading = Reading(
            organisation_id=actor.organisation_id,
            user_id=actor.user_id,
            side=side,
            state=WAITING,
            name=file.name if file else "",
            text="" if file else text,
            lang=lang,
            keep=bool(keep and file),
            file_id=file.id if file else None,
            found={},
            made=[],
            submission_id=submission_id[:80] if submission_id else None,
            created_at=clock.now(),
        )
        db.session.add(reading)
        db.session.flush()  # the job names it
        audit.record(actor=actor, action="reading.started", subject_kind="reading", subject_id=reading.id)
        outbox.enqueue(JOB, subject=str(reading.id), lane="heavy", dedupe_key=f"{JOB}:{reading.id}")
    return reading


def _of_submission(submission_id: str | None) -> int | None:
    if not submission_id:
        return None
    return db.session.scalar(sa.select(Reading.id).where(Reading.submission_id == submission_id[:80]))


def find(*, actor: Actor, reading_id: int) -> Reading:
    """The reading, for those who may use it. Raises NotFound."""
    return policy.require_use(actor, db.session.get(Reading, reading_id))


def handle(job: Job) -> None:
    """Read one; a second run finds it read and does nothing."""
    reading = db.session.get(Reading, int(job.subject))
    if reading is None or reading.state != WAITING:
        return
    request = {
        "side": reading.side,
        "lang": reading.lang,
        "today": reading.created_at.astimezone(REGION).date().isoformat(),
    }
    organisation = db.session.get(Organisation, reading.organisation_id)
    local = CURRENCY_OF_PLACE.get((organisation.place_id or "").partition("-")[0]) if organisation else None
    file = db.session.get(StoredFile, reading.file_id) if reading.file_id else None
    actor = Actor(
        user_id=reading.user_id, organisation_id=reading.organisation_id, roles=frozenset({"editor"}), kind="member"
    )
    text, path = reading.text, _path(file)
    suffix = suffix_of(file.name) if file else ""
    db.session.rollback()  # nothing is held while the children work
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        lines, notes = _extracted(text, path, suffix, folder if request["side"] == "offer" else None)
        content = [line for line in lines if "text" in line or "table" in line]
        found: dict[str, Any] = {}
        if content:
            left = max(2.0, child.SECONDS - (time.monotonic() - began))
            answer = child.run("interpret", {**request, "lines": lines, "local": local}, seconds=left)
            found = next((line for line in answer.lines if "note" not in line), {})
            notes += [line for line in answer.lines if "note" in line]
            if not found:
                notes.append({"note": "time" if answer.ended == "time" else "memory", "params": {}})
        elif not any(note["note"] in FATAL for note in notes):
            notes.append({"note": "nothing", "params": {}})
        _keep_pictures(actor, found)
    found["notes"] = notes
    with transaction():
        reading = db.session.scalar(sa.select(Reading).where(Reading.id == int(job.subject)).with_for_update())
        if reading is None or reading.state != WAITING:
            return
        reading.state = READY if found.get("content") or found.get("products") else FAILED
        reading.found, reading.done_at = found, clock.now()


def _path(file: StoredFile | None) -> Path | None:
    variant = file.variant("original") if file else None
    return storage.path_of(files.folder(), variant.sha256) if variant else None


def _extracted(
    text: str, path: Path | None, suffix: str, folder: str | None
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    if path is None:
        return [{"text": text, "where": {}}], []
    answer = child.run(
        "extract", {"path": str(path.absolute()), "suffix": suffix, "folder": folder}, seconds=child.EXTRACT_SECONDS
    )
    notes = [line for line in answer.lines if "note" in line]
    lines = [line for line in answer.lines if "text" in line or "table" in line or "picture" in line]
    if answer.ended != "whole" and not notes:
        total = next((line["total"] for line in answer.lines if "total" in line), 0)
        pages = {line["where"]["page"] for line in lines if line.get("where", {}).get("page")}
        if pages:
            notes.append({"note": "pages", "params": {"read": max(pages), "of": total}})
        else:
            code = {"time": "time", "memory": "memory"}.get(answer.ended, "corrupt")
            notes.append({"note": "part" if lines else code, "params": {}})
    return lines, notes


def _keep_pictures(actor: Actor, found: dict[str, Any]) -> None:
    """Each product's pictures through the files room, which checks them and takes out what the camera noted."""
    known: dict[str, int | None] = {}
    for product in found.get("products", []):
        ids = []
        for path in product["pictures"]:
            if path not in known:
                try:
                    stored = files.store(
                        actor=actor,
                        stream=io.BytesIO(Path(path).read_bytes()),
                        filename=Path(path).name,
                        purpose="picture",
                    )
                    known[path] = stored.id
                except Invalid:
                    known[path] = None  # a line, a logo of few pixels, a damaged one
            if known[path] is not None:
                ids.append(known[path])
        product["pictures"] = ids


def make_demand(*, actor: Actor, reading_id: int, raw: Mapping[str, Any]) -> int:
    """The id of a draft demand that says `raw`, made once of a reading.

    Raises NotFound, NotAllowed, Invalid.
    """
    return _make(actor, reading_id, [raw], demands.create_demand)[0]


def make_offers(*, actor: Actor, reading_id: int, raws: list[Mapping[str, Any]]) -> list[int]:
    """The ids of draft offers, one for each of `raws`, made once of a reading.

    Raises NotFound, NotAllowed, Invalid.
    """
    return _make(actor, reading_id, raws, offers.create_offer)


def _make(actor: Actor, reading_id: int, raws: list[Mapping[str, Any]], create: Any) -> list[int]:
    with transaction() as after_commit:
        reading = policy.require_use(
            actor, db.session.scalar(sa.select(Reading).where(Reading.id == reading_id).with_for_update())
        )
        if reading.state == USED:
            return list(reading.made)
        made = []
        for number, raw in enumerate(raws):
            try:
                made.append(create(actor=actor, raw=raw, submission_id=f"reading-{reading.id}-{number}").id)
            except AlreadyDone as done:
                made.append(done.result)
        reading.state, reading.made, reading.text = USED, made, ""
        reading.found = {"notes": []}
        audit.record(actor=actor, action="reading.used", subject_kind="reading", subject_id=reading.id)
        if not reading.keep:
            _drop_file(reading, after_commit)
    return made


def discard(*, actor: Actor, reading_id: int) -> None:
    """Delete a reading with its text and file. Raises NotFound."""
    with transaction() as after_commit:
        reading = policy.require_use(
            actor, db.session.scalar(sa.select(Reading).where(Reading.id == reading_id).with_for_update())
        )
        _drop_file(reading, after_commit)
        audit.record(actor=actor, action="reading.discarded", subject_kind="reading", subject_id=reading.id)
        db.session.delete(reading)


def _drop_file(reading: Reading, after_commit: list[Any]) -> None:
    """Delete the document now, row and bytes, not only when the sweep comes by."""
    file = db.session.get(StoredFile, reading.file_id) if reading.file_id else None
    reading.file_id = None
    if file is None:
        return
    digests = [variant.sha256 for variant in file.variants]
    db.session.flush()
    db.session.delete(file)
    after_commit.append(lambda: [cleaning.remove_unnamed(digest) for digest in digests])


def kept_readings(*, organisation_id: int, side: str, listing_id: int) -> list[Reading]:
    """The readings whose document was kept with a draft, for its own editors."""
    rows = db.session.scalars(
        sa.select(Reading)
        .where(Reading.organisation_id == organisation_id, Reading.side == side, Reading.file_id.is_not(None))
        .order_by(Reading.id)
    )
    return [row for row in rows if listing_id in row.made]


def open_readings(actor: Actor, limit: int = 10) -> list[Reading]:
    """What the organisation handed in and has not made drafts of, newest first."""
    if not actor.may_edit:
        return []
    return list(
        db.session.scalars(
            sa.select(Reading)
            .where(Reading.organisation_id == actor.organisation_id, Reading.state.in_((WAITING, READY)))
            .order_by(Reading.created_at.desc().nulls_last(), Reading.id.desc())
            .limit(limit)
        )
    )


def forget_old() -> int:
    """Delete what nobody made drafts of within a week, with its file; returns how many. Safe to run twice."""
    with transaction() as after_commit:
        old = db.session.scalars(
            sa.select(Reading)
            .where(Reading.created_at < clock.now() - FORGOTTEN_AFTER, Reading.state != USED)
            .order_by(Reading.id)
            .limit(500)
            .with_for_update()
        ).all()
        for reading in old:
            _drop_file(reading, after_commit)
            db.session.delete(reading)
    return len(old)
