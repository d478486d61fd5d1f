"""Set the project up: `python3 -m tools.prepare run` for using it, `test` for its whole test suite, `test-python` for
the quick one.

What is there already is left alone, so this is quick the second time.
"""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from tools import debian, elasticsearch_archive, environment

FONT_PATHS = Path(__file__).resolve().parent.parent / "marketplace" / "matchmaking" / "font_paths.txt"
FONT = "fonts-wqy-microhei"


def _has_java() -> bool:
    java = shutil.which("java")
    if not java:
        return False
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(\d+)', said)
    return bool(version and int(version[1]) >= 17)


def _has_chinese_font() -> bool:
    if not shutil.which("fc-list"):
        return False
    return bool(subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True, text=True, check=False).stdout.strip())


def _has_font_file() -> bool:
    """Whether pictures of timetables can be drawn: a font at one of the places where the site looks."""
    given = os.environ.get("FONT_FILE", "")
    lines = FONT_PATHS.read_text().splitlines()
    return any(Path(one).is_file() for one in [given, *lines] if one and not one.startswith("#"))


def _has_browser() -> bool:
    return any(
        shutil.which(name) for name in ("chromium", "chromium-headless-shell", "google-chrome", "google-chrome-stable")
    )


def _has_library(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def _needs_archive() -> bool:
    given = os.environ.get("SEARCH_URL") or os.environ.get("SEARCH_TEST_URL")
    return not given


def missing_for_search() -> list[str]:
    """Debian packages that a real Elasticsearch still needs: Java to run it and Maven to fetch it."""
    if not _needs_archive():
        return []
    packages = [] if _has_java() else ["default-jre-headless"]
    if not shutil.which("mvn") and elasticsearch_archive.unpacked_server() is None:
        packages.append("maven")
    return packages


def missing_for_tests() -> list[str]:
    """Debian packages that the other real parts of the suite still need: PostgreSQL, Chromium, a font with Han
    characters.
    """
    packages = []
    if not list(Path("/usr/lib/postgresql").glob("*/bin/initdb")) and not shutil.which("initdb"):
        packages.append("postgresql")
    if not _has_browser():
        packages.append("chromium")
    if not _has_library("libatomic.so.1"):
        packages.append("libatomic1")  # Playwright's driver is a Node.js that links it
    if not (_has_chinese_font() and _has_font_file()):
        packages += [FONT, "fontconfig"]
    return packages


def _timed(what: str, step: Callable[[], object]) -> None:
    begun = time.monotonic()
    if step():
        print(f"setup: {what} done in {time.monotonic() - begun:.0f} s", flush=True)


def prepare_run() -> None:
    """All that `make demo` needs: the virtual environment. A font for pictures is installed where we may; without it
    the site offers the page to print.
    """
    _timed("Python environment", lambda: environment.prepare("run"))
    if not _has_font_file():
        _timed("font", lambda: _install([FONT], "timetables are drawn as pictures with Chinese characters"))


def prepare_test_python() -> None:
    """What the quick tests and the linters need: the virtual environment with the test requirements."""
    _timed("Python environment", lambda: environment.prepare("test"))


def _fetch_search_server() -> bool:
    if not _needs_archive() or not (shutil.which("mvn") or elasticsearch_archive.unpacked_server()):
        return False
    try:
        return elasticsearch_archive.prepare()
    except OSError as error:
        # Its tests say that they were not run, and why; in CI that fails them.
        print(f"setup: no Elasticsearch: {error}", file=sys.stderr)
        return False


def prepare_test() -> None:
    """All that the suite needs. A real part that cannot be had is named and left to the tests to report."""
    first = [] if environment.PYTHON.exists() or _venv_complete() else ["python3-venv"]
    first += missing_for_search()
    last = missing_for_tests()
    if (first or last) and debian.superuser() is None:
        # One line to copy for everything; then go on with what is here.
        _install(first + last, "the whole suite needs more than is installed here")
        first, last = [], []
    # Two threads: one is in the package manager while the other waits for the Python packages or for Maven.
    with ThreadPoolExecutor(2) as threads:
        if first:
            _timed("system packages", lambda: _install(first, "to make the environment and run Elasticsearch"))
        python: Future[None] = threads.submit(_timed, "Python environment", lambda: environment.prepare("test"))
        search = threads.submit(_timed, "Elasticsearch", _fetch_search_server)
        if last:
            _timed("system packages", lambda: _install(last, "the suite runs on a real database and a real browser"))
        python.result()
        search.result()


def _venv_complete() -> bool:
    return subprocess.run([sys.executable, "-c", "import ensurepip"], capture_output=True, check=False).returncode == 0


def _install(packages: list[str], why: str) -> bool:
    try:
        debian.install(packages, why)
    except debian.CannotInstall as error:
        print(f"setup: {error}", file=sys.stderr)
        return False
    return True


def main(arguments: list[str]) -> int:
    """Entry point; returns 0, 1 when something essential is missing, 2 for a wrong call."""
    steps = {"run": prepare_run, "test": prepare_test, "test-python": prepare_test_python}
    if len(arguments) != 1 or arguments[0] not in steps:
        print(__doc__, file=sys.stderr)
        return 2
    begun = time.monotonic()
    try:
        steps[arguments[0]]()
    except debian.CannotInstall as error:
        print(f"setup: {error}", file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as error:
        print(f"setup: {' '.join(map(str, error.cmd[:4]))} ... failed with {error.returncode}", file=sys.stderr)
        return 1
    if time.monotonic() - begun > 2:
        print(f"setup: complete after {time.monotonic() - begun:.0f} s", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
