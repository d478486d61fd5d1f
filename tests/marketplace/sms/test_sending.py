"""Messages as jobs: sent once, given up or tried again as the gateway's answer says, and never written down."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from marketplace import clock, create_app
from marketplace.extensions import db
from marketplace.outbox import worker
from marketplace.outbox.models import Job
from marketplace.settings import Settings
from marketplace.sms import service as sms
from marketplace.sms.models import TextMessage
from marketplace.sms.numbers import parse
from marketplace.transaction import transaction
from tests.marketplace.conftest import settings_for
from tests.support.gateway import Gateway

PHONE = parse("91234567", "HK")


@pytest.fixture
def server() -> Iterator[Gateway]:
    with Gateway() as running:
        yield running


@pytest.fixture
def settings(database_url: str, tmp_path: Path, server: Gateway) -> Settings:
    return settings_for(database_url, tmp_path, sms_url=f"http://{server.address}/send")


def ask(key: str = "hello:1", **changes: object) -> None:
    with transaction():
        sms.send(to=PHONE, locale="en", template="number_changed", context={}, dedupe_key=key,
                 **changes)  # type: ignore[arg-type]


def states() -> list[tuple[bool, bool, str, str]]:
    db.session.rollback()
    rows = db.session.scalars(sa.select(TextMessage).order_by(TextMessage.id))
    return [(row.sent_at is not None, row.failed_at is not None, row.problem, row.detail) for row in rows]


def test_a_message_asked_for_twice_is_sent_once(app: Flask, server: Gateway) -> None:
    ask()
    ask()
    worker.drain()
    ask()
    worker.drain()
    assert [one.body["id"] for one in server.received] == ["hello:1"]
    assert states() == [(True, False, "", "")]


def test_what_passes_by_itself_is_tried_again(app: Flask, server: Gateway) -> None:
    server.status = 429
    ask()
    worker.drain()
    assert states() == [(False, False, "rate_limited", "HTTP 429")]
    server.status = 200
    with clock.frozen(clock.now() + timedelta(minutes=1)):
        worker.drain()
    assert states() == [(True, False, "", "")]


def test_a_bad_number_is_given_up_at_once_and_shown(app: Flask, server: Gateway) -> None:
    server.status = 422
    ask()
    worker.drain()
    assert states() == [(False, True, "invalid_number", "HTTP 422")]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Job)) == 0


def test_what_is_too_late_is_not_sent(app: Flask, server: Gateway) -> None:
    ask(useless_at=clock.now() + timedelta(minutes=10))
    with clock.frozen(clock.now() + timedelta(minutes=11)):
        worker.drain()
    assert (server.received, states()) == ([], [(False, True, "late", "")])


def test_no_code_stands_in_a_log_a_job_or_a_table(app: Flask, server: Gateway, caplog: pytest.LogCaptureFixture,
                                                  settings: Settings) -> None:
    from marketplace.accounts import codes

    server.status = 503
    logging.getLogger("marketplace").propagate = True
    try:
        codes.send_code(to=PHONE, purpose="sign_in", locale="en", address="127.0.0.1")
        worker.drain()
    finally:
        logging.getLogger("marketplace").propagate = False
    code = server.received[0].body["params"]["code"]
    rows = [
        [str(value) for row in db.session.execute(sa.select(table)) for value in row]
        for table in db.metadata.tables.values()
    ]
    assert len(code) == 6
    assert "job failed" in caplog.text
    assert code not in caplog.text + json.dumps(rows)


def test_without_a_gateway_nothing_offers_codes_by_text_message(database_url: str, tmp_path: Path) -> None:
    app = create_app(settings_for(database_url, tmp_path, sms_url="off"))
    with app.app_context():
        client = app.test_client()
        assert "/sign-in/number" not in client.get("/sign-in").text
        assert client.get("/sign-in/number").status_code == 404
        db.session.remove()
        db.engine.dispose()
