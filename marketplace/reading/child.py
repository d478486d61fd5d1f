"""A process of its own for each document: whatever a file does to its reader, it does it there, and not for long.

    python -m marketplace.reading.child STAGE     a JSON request on standard input, JSON lines on standard output

Two stages, "extract" (file to passages, tables and pictures) and "interpret" (passages to proposals), within ten
seconds together: what the first leaves is the second's. Lines that were written before a child is stopped count:
they are the pages that were read.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from typing import Any, NamedTuple

BYTES = 300 * 1024 * 1024  # of address space
SECONDS = 10.0  # for both stages
EXTRACT_SECONDS = 6.0
_WRITTEN_MOST = 64 * 1024 * 1024  # bytes of output; nobody reviews more


class Answer(NamedTuple):
    """`lines`: what the child wrote; `ended`: "whole", "time", "memory" or "broken"."""

    lines: list[dict[str, Any]]
    ended: str


def run(stage: str, request: dict[str, Any], *, seconds: float = SECONDS) -> Answer:
    """Have a child do a stage within its limits; it is stopped after `seconds`."""
    environment = {
        name: value for name, value in os.environ.items() if name in ("PATH", "PYTHONPATH", "LANG", "HOME", "TMPDIR")
    } | {"OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1", "PYTHONIOENCODING": "utf-8"}
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as handed:
        handed.write(json.dumps(request).encode())
        handed.seek(0)
        child = subprocess.Popen(  # noqa: S603 - ourselves, with a stage of ours
            [sys.executable, "-m", "marketplace.reading.child", stage],
            stdin=handed,
            stdout=out,
            stderr=subprocess.DEVNULL,
            env=environment,
            cwd=os.getcwd(),
        )
        try:
            code = child.wait(seconds)
            ended = {0: "whole", 3: "memory"}.get(code, "broken")
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
            ended = "time"
        out.seek(0)
        lines = list(_lines(out.read(_WRITTEN_MOST)))
    return Answer(lines, ended)


def _lines(written: bytes) -> Iterator[dict[str, Any]]:
    for line in written.split(b"\n"):
        try:
            one = json.loads(line)
        except ValueError:  # the child was stopped in the middle of it
            continue
        if isinstance(one, dict):
            yield one


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (10, 10))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_WRITTEN_MOST, _WRITTEN_MOST))


def main() -> None:
    """Do the stage that the command line names."""
    _limit()
    request = json.load(sys.stdin)
    try:
        if sys.argv[1] == "extract":
            from marketplace.reading.extraction import extract as stage
        else:
            from marketplace.reading.interpretation import interpret as stage
        for line in stage(request):
            sys.stdout.write(json.dumps(line) + "\n")
            sys.stdout.flush()
    except MemoryError:
        os._exit(3)


if __name__ == "__main__":
    main()
