"""What the verbs of readings guarantee beyond their pages."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from marketplace import clock
from marketplace.actor import Actor
from marketplace.errors import AlreadyDone, Invalid, NotAllowed, NotFound, TooMany
from marketplace.extensions import db
from marketplace.files.models import StoredFile
from marketplace.reading import service
from marketplace.reading.models import FAILED, READY, Reading
from tests.marketplace import factories as make
from tests.marketplace.reading import documents

TEXT = "采购轮椅20台，预算人民币2万元。"


def start(actor: Actor, **more: Any) -> Reading:
    return service.start(actor=actor, side="demand", lang="zh-Hans", **({"text": TEXT} | more))


def test_one_submission_is_handed_in_once(app: Flask) -> None:
    _organisation, actor = make.make_organisation(kind="institution")
    first = start(actor, submission_id="one").id
    with pytest.raises(AlreadyDone) as done:
        start(actor, submission_id="one")
    assert done.value.result == first


def test_a_job_done_twice_reads_once(app: Flask) -> None:
    _organisation, actor = make.make_organisation(kind="institution")
    reading = start(actor)
    make.run_jobs()
    db.session.refresh(reading)
    found, at = reading.found, reading.done_at
    service.handle(type("Again", (), {"subject": str(reading.id)})())
    db.session.refresh(reading)
    assert (reading.state, reading.found, reading.done_at) == (READY, found, at)


def test_who_only_reads_hands_nothing_in_and_sees_nothing(app: Flask) -> None:
    _organisation, actor = make.make_organisation(kind="institution")
    reading_id = start(actor).id
    viewer = replace(actor, roles=frozenset({"viewer", "approved"}))
    with pytest.raises(NotAllowed):
        start(viewer)
    with pytest.raises(NotFound):
        service.find(actor=viewer, reading_id=reading_id)
    with pytest.raises(NotFound):
        service.make_demand(actor=viewer, reading_id=reading_id, raw={})
    with pytest.raises(NotFound):
        service.discard(actor=viewer, reading_id=reading_id)


def test_too_many_in_a_minute_are_refused(app: Flask) -> None:
    _organisation, actor = make.make_organisation(kind="institution")
    for _ in range(6):
        start(actor)
    with pytest.raises(TooMany):
        start(actor)


@pytest.mark.parametrize("text", ["", " \n ", "长" * 400_000])
def test_nothing_and_too_much_are_refused(app: Flask, text: str) -> None:
    _organisation, actor = make.make_organisation(kind="institution")
    with pytest.raises(Invalid):
        start(actor, text=text)
    assert db.session.query(Reading).count() == 0


def test_what_nobody_used_is_forgotten_with_its_file(app: Flask) -> None:
    _organisation, actor = make.make_organisation(kind="institution")
    upload = (io.BytesIO(documents.word([TEXT])), "a.docx")
    start(actor, text="", upload=upload, keep=True)
    assert service.forget_old() == 0
    with clock.frozen(clock.now() + timedelta(days=8)):
        assert service.forget_old() == 1
    assert (db.session.query(Reading).count(), db.session.query(StoredFile).count()) == (0, 0)


def test_a_text_without_words_fails_with_a_reason(app: Flask) -> None:
    _organisation, actor = make.make_organisation(kind="institution")
    reading = start(actor, text="", upload=(io.BytesIO(documents.word([])), "a.docx"))
    make.run_jobs()
    db.session.refresh(reading)
    assert (reading.state, reading.found) == (FAILED, {"notes": [{"note": "nothing", "params": {}}]})
