"""Fixtures for all tests; what they need lives in `tests.support`.

Nothing here touches a developer's own database, index or mail: the application's settings are taken out of the
environment first.
"""

from __future__ import annotations

import os
from collections import Counter

import pytest

from marketplace.settings import Settings
from tests.support.parts import FIXTURE_MARKERS, PARTS, SKIP_PREFIX, need, why_missing

pytest_plugins = [
    "tests.support.database_fixtures",
    "tests.support.search_fixtures",
    "tests.support.browser_fixtures",
    "tests.support.site_fixtures",
    "tests.support.pace",
]


def pytest_configure(config: pytest.Config) -> None:
    for name in Settings.__dataclass_fields__:
        os.environ.pop(name.upper(), None)
    # Answers of words alone, whatever is installed here; a test of meaning asks for it.
    os.environ["SEARCH_SEMANTIC"] = "off"


@pytest.hookimpl(tryfirst=True)  # before -m chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        needed = {FIXTURE_MARKERS[name] for name in getattr(item, "fixturenames", ()) if name in FIXTURE_MARKERS}
        # A test over both databases is given as two; only the one that names PostgreSQL needs it.
        engine = getattr(item, "callspec", None) and item.callspec.params.get("database_url")  # type: ignore[attr-defined]
        if engine == "postgresql":
            needed.add("postgres")
        for marker in sorted(needed):
            item.add_marker(getattr(pytest.mark, marker))


@pytest.fixture(autouse=True)
def _real_parts(request: pytest.FixtureRequest) -> None:
    """Skip (or, where CI=true, fail) a marked test whose real part is missing."""
    for marker in PARTS:
        if request.node.get_closest_marker(marker):
            need(marker)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in the last lines which real parts this run did without, and why."""
    missed: Counter[str] = Counter()
    reports = [report for outcome in ("skipped", "failed", "error") for report in terminalreporter.getreports(outcome)]
    for report in reports:
        text = str(report.longrepr[2]) if isinstance(report.longrepr, tuple) else str(report.longrepr or "")
        for part in PARTS.values():
            if f"{SKIP_PREFIX}{part.name}" in text:
                missed[part.name] += 1
    if not missed:
        return
    terminalreporter.section("real parts that were not run", yellow=True)
    for part in PARTS.values():
        if missed[part.name]:
            terminalreporter.line(f"{part.name}: {missed[part.name]} tests not run: {why_missing(part.marker)}")
