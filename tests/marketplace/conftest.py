"""The application over a database of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace import create_app
from marketplace.extensions import db
from marketplace.settings import Settings


def settings_for(database_url: str, folder: Path, **changes: object) -> Settings:
    """Settings of a test's application: everything it writes stays in `folder`."""
    values: dict[str, object] = {
        "environment": "test",
        "database_url": database_url,
        "search_url": f"sqlite:///{folder / 'search.db'}",
        "files_dir": folder / "files",
        "mail_url": f"folder://{folder / 'mails'}",
        "sms_url": f"folder://{folder / 'texts'}",
        "public_url": "http://market.example",
        "log_level": "ERROR",
        "search_timeout": 10.0,
    }
    return Settings(**{**values, **changes})  # type: ignore[arg-type]


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings over a migrated database; every test runs once on SQLite and once on PostgreSQL."""
    return settings_for(database_url, tmp_path)


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The application with an empty database, its context pushed."""
    app = create_app(settings)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without cookies that reads English."""
    client = app.test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client
