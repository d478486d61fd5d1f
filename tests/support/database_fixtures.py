"""Databases for tests: each test that asks gets one of its own, migrated, copied from a template in milliseconds.

`database_url` runs a test on both databases. `sqlite_url` and `postgres_url` are for one of them, `sqlite_empty_url`
and
`postgres_empty_url` for tests of the migrations themselves. Tests may commit and use threads as they like.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.parts import need

ROOT = Path(__file__).resolve().parents[2]


def migrate(url: str, folder: Path) -> None:
    """Bring the database at `url` to the newest schema, as an operator would. Raises AssertionError with what was
    printed.
    """
    environment = {
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "ENVIRONMENT": "test",
        "DATABASE_URL": url,
        "SEARCH_URL": f"sqlite:///{folder / 'search.db'}",
        "FILES_DIR": str(folder / "files"),
        "MAIL_URL": f"folder://{folder / 'mails'}",
    }
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "marketplace", "db", "upgrade"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite database file that nobody writes to."""
    folder = tmp_path_factory.mktemp("sqlite-template")
    path = folder / "template.db"
    migrate(f"sqlite:///{path}", folder)
    import sqlite3

    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path


@pytest.fixture
def sqlite_empty_url(tmp_path: Path) -> str:
    """The address of an SQLite database that does not exist yet."""
    return f"sqlite:///{tmp_path / 'empty.db'}"


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The address of a migrated SQLite database for this test alone."""
    path = tmp_path / "market.db"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


def _administer(server: str, *statements: str) -> None:
    import psycopg

    with psycopg.connect(server.replace("postgresql+psycopg://", "postgresql://"), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)  # type: ignore[call-overload]  # names of our own making


def _beside(server: str, name: str) -> str:
    return f"{server.rpartition('/')[0]}/{name}"


def _make(server: str, name: str, template: str = "template0") -> str:
    _administer(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    return _beside(server, name)


def _drop(server: str, name: str) -> None:
    _administer(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def postgres_server() -> str:
    """The address of the server's `postgres` database, for making others beside it."""
    return need("postgres")


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of a migrated, empty PostgreSQL database that nobody connects to."""
    name = f"template_{secrets.token_hex(6)}"
    migrate(_make(postgres_server, name), tmp_path_factory.mktemp("postgres-template"))
    yield name
    _drop(postgres_server, name)


@pytest.fixture
def postgres_empty_url(postgres_server: str) -> Iterator[str]:
    """The address of a PostgreSQL database without a table, for this test alone."""
    name = f"empty_{secrets.token_hex(6)}"
    yield _make(postgres_server, name)
    _drop(postgres_server, name)


@pytest.fixture
def postgres_url(postgres_server: str, postgres_template: str) -> Iterator[str]:
    """The address of a migrated PostgreSQL database for this test alone."""
    name = f"test_{secrets.token_hex(6)}"
    yield _make(postgres_server, name, postgres_template)
    _drop(postgres_server, name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a migrated database for this test alone; the test runs once on SQLite and once on PostgreSQL."""
    return str(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url"))
