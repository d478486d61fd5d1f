"""The running site and a real mailbox."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.mailbox import Mailbox
from tests.support.site import Site


@pytest.fixture
def smtp() -> Iterator[Mailbox]:
    """A real SMTP server for this test alone; give `smtp.url` to the application as MAIL_URL."""
    with Mailbox() as mailbox:
        yield mailbox


@pytest.fixture
def start_site(tmp_path: Path) -> Iterator[Callable[..., Site]]:
    """Start sites: `start_site(database_url, search_url=..., worker=..., settings={...})`. They end with the test."""
    with ExitStack() as sites:
        count = 0

        def start(database_url: str, **options: object) -> Site:
            nonlocal count
            count += 1
            return sites.enter_context(Site(tmp_path / f"site-{count}", database_url, **options))  # type: ignore[arg-type]

        yield start


@pytest.fixture(scope="module")
def live_server(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One site with an empty SQLite database and an embedded index for all tests of a module, worker included."""
    folder = tmp_path_factory.mktemp("site")
    database = folder / "market.db"
    shutil.copyfile(sqlite_template, database)
    with Site(folder, f"sqlite:///{database}") as site:
        yield site
