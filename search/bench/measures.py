"""What measurements have in common: an engine of their own, percentiles, memory."""

from __future__ import annotations

import argparse
import json
import os
import secrets
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from search import Search, SearchUnavailable, open_search
from search.bench.files import MalformedLine


def add_engine_arguments(parser: argparse.ArgumentParser) -> None:
    """`--engine`, and `--url` for an address."""
    parser.add_argument("--engine", choices=("sqlite", "elastic"), default="sqlite")
    parser.add_argument("--url", help="address of Elasticsearch, for --engine elastic")


def parsed(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> argparse.Namespace:
    """The arguments of a command with `add_engine_arguments`; ends it where Elasticsearch has no address."""
    chosen = parser.parse_args(arguments)
    if chosen.engine == "elastic" and not chosen.url:
        parser.error("--engine elastic needs --url")
    return chosen


def reported(measure: Callable[[], dict[str, Any]], table: Callable[[dict[str, Any]], str]) -> int:
    """Measure, and print the table and the closing line; 1 after a malformed line or a failed engine."""
    try:
        figures = measure()
    except (MalformedLine, OSError, SearchUnavailable) as error:
        say(str(error))
        return 1
    sys.stdout.write(table(figures) + "\n" + json.dumps(figures, ensure_ascii=False) + "\n")
    return 0


@contextmanager
def setting(name: str, value: str) -> Iterator[None]:
    """A variable of the environment for a while; afterwards it is what it was."""
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        os.environ.pop(name, None)
        if before is not None:
            os.environ[name] = before


def say(text: str) -> None:
    """A line of progress, to standard error."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201


@contextmanager
def engine_of_our_own(engine: str, url: str | None) -> Iterator[Search]:
    """An empty engine that is gone afterwards. Raises ValueError for elastic without an address."""
    if engine == "sqlite":
        with tempfile.TemporaryDirectory(prefix="search-bench-") as folder:
            search = open_search(f"sqlite:///{Path(folder) / 'search.db'}", timeout=60)
            try:
                yield search
            finally:
                search.close()
        return
    if not url:
        raise ValueError("--engine elastic needs --url")
    search = open_search(url, prefix=f"bench-{secrets.token_hex(5)}", timeout=60)
    try:
        yield search
    finally:
        search.drop()
        search.close()


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` (0..1) of the values do not exceed; 0 for none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def memory_mb() -> float:
    """Resident memory of this process at its highest, in MB (10^6 bytes)."""
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(used * (1 if sys.platform == "darwin" else 1024) / 1e6, 1)
