"""What the organiser sees of text messages: codes in a demonstration, and elsewhere how each went and no more."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from marketplace import create_app
from marketplace.accounts import codes
from marketplace.extensions import db
from marketplace.outbox import worker
from marketplace.sms.numbers import parse
from tests.marketplace import factories as make
from tests.marketplace.conftest import settings_for
from tests.support.gateway import Gateway

PHONE = parse("91234567", "HK")


def page(app: Flask) -> str:
    codes.send_code(to=PHONE, purpose="sign_in", locale="en", address="127.0.0.1")
    worker.drain()
    client = make.sign_in(app.test_client(), make.make_user(organiser=True))
    return client.get("/organiser/texts").text


def test_in_a_demonstration_the_codes_stand_at_the_desk(app: Flask) -> None:
    shown = page(app)
    assert "is your code for Silver Marketplace." in shown
    assert "+85291234567" in shown
    assert 'href="/organiser/texts"' in shown


@pytest.mark.parametrize(
    ("status", "words"),
    [(200, "sent"), (422, "the gateway says: no such number"), (404, "the gateway lacks the template"),
     (429, "too many, it is tried again")],
)
def test_elsewhere_it_is_said_how_each_went(database_url: str, tmp_path: Path, status: int, words: str) -> None:
    with Gateway() as gateway:
        gateway.status = status
        app = create_app(settings_for(database_url, tmp_path, sms_url=f"http://{gateway.address}/"))
        with app.app_context():
            shown = page(app)
            code = gateway.received[0].body["params"]["code"]
            db.session.remove()
            db.engine.dispose()
    assert words in shown
    assert "+852 91••••67" in shown
    assert [secret for secret in (code, "91234567") if secret in shown] == []
