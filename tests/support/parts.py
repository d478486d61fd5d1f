"""The real parts that some tests need, where their addresses come from, and what happens when one is missing.

A missing part skips its tests with the reason on a developer's machine and fails them where CI=true, so that a green
run in CI has always spoken to the real thing.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass

import pytest

SKIP_PREFIX = "not run: "


def _from_environment(variable: str) -> Callable[[], str | None]:
    return lambda: os.environ.get(variable) or None


def _find_chromium() -> str | None:
    given = os.environ.get("CHROMIUM")
    if given:
        return given
    # Ubuntu's chromium-browser is a stand-in that asks for a snap; only real browsers are listed.
    for name in ("chromium", "chromium-headless-shell", "google-chrome", "google-chrome-stable"):
        found = shutil.which(name)
        if found:
            return found
    return None


@dataclass(frozen=True)
class Part:
    """One real part: `marker` on its tests, `name` for people, `variable` that says why it is missing, `find` for its
    address.
    """

    marker: str
    name: str
    variable: str
    find: Callable[[], str | None]


PARTS: dict[str, Part] = {
    part.marker: part
    for part in (
        Part("elastic", "Elasticsearch", "SEARCH_TEST_MISSING", _from_environment("SEARCH_TEST_URL")),
        Part("postgres", "PostgreSQL", "POSTGRES_TEST_MISSING", _from_environment("POSTGRES_TEST_URL")),
        Part("browser", "Chromium", "CHROMIUM_MISSING", _find_chromium),
    )
}

# A test that asks for one of these fixtures gets the marker, so that nobody has to write it twice.
FIXTURE_MARKERS = {
    "elastic_url": "elastic",
    "elastic_prefix": "elastic",
    "postgres_server": "postgres",
    "postgres_empty_url": "postgres",
    "postgres_template": "postgres",
    "postgres_url": "postgres",
    "chromium": "browser",
    "browser": "browser",
    "page": "browser",
}


def in_ci() -> bool:
    """Whether a missing part is a failure."""
    return os.environ.get("CI", "").lower() in {"1", "true", "yes"}


def why_missing(marker: str) -> str | None:
    """The reason why the part behind a marker cannot be used, or None when it can.

    Raises KeyError for a marker that names no part.
    """
    part = PARTS[marker]
    if part.find():
        return None
    return os.environ.get(part.variable) or "not started here: use `make test`, or `make servers` in another terminal"


def need(marker: str) -> str:
    """The address (or path) of a part. Skips the test when it is missing, or fails it where CI=true."""
    part = PARTS[marker]
    found = part.find()
    if found:
        return found
    message = f"{SKIP_PREFIX}{part.name}: {why_missing(marker)}"
    if in_ci():
        pytest.fail(message, pytrace=False)
    pytest.skip(message)
