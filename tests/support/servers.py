# ruff: noqa: T201 - a program at the terminal
"""One Elasticsearch and one PostgreSQL for a whole test run, however many lanes it has.

    python -m tests.support.servers run -- COMMAND ...   start them, run the command with their addresses, end them
    python -m tests.support.servers up                   start them, print the lines to export, wait for Ctrl-C

An address given in SEARCH_URL (or SEARCH_TEST_URL) or POSTGRES_TEST_URL is used instead of a server of our own. A
server that cannot be had is no error here: the tests are told why, and skip or fail by `tests.support.parts`.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from types import FrameType

from tests.support import elasticsearch_server, postgresql_server
from tests.support.launch import Server, ServerFailed


class _Ended(Exception):
    """Somebody asked this process to stop."""


def _end(number: int, _frame: FrameType | None) -> None:
    raise _Ended(number)


class Servers:
    """The servers of one run: `variables` holds what their tests need to know. A context manager."""

    def __init__(self) -> None:
        self.variables: dict[str, str] = {}
        self._running: list[Server] = []

    def __enter__(self) -> Servers:
        waiting = []
        given = {
            "SEARCH_TEST": os.environ.get("SEARCH_TEST_URL") or os.environ.get("SEARCH_URL"),
            "POSTGRES_TEST": os.environ.get("POSTGRES_TEST_URL"),
        }
        try:
            for prefix, kind in (("SEARCH_TEST", elasticsearch_server), ("POSTGRES_TEST", postgresql_server)):
                address = given[prefix]
                if address:
                    self.variables[f"{prefix}_URL"] = address
                    continue
                try:
                    server, url = kind.start()
                except ServerFailed as error:
                    self._missing(prefix, error)
                else:
                    self._running.append(server)
                    waiting.append((prefix, kind, server, url))
            for prefix, kind, server, url in waiting:
                try:
                    kind.wait(server, url)
                except ServerFailed as error:
                    self._missing(prefix, error)
                else:
                    self.variables[f"{prefix}_URL"] = url
        except BaseException:
            self.stop()
            raise
        return self

    def _missing(self, prefix: str, error: ServerFailed) -> None:
        print(f"servers: {error}", file=sys.stderr)
        self.variables[f"{prefix}_MISSING"] = str(error).splitlines()[0]

    def __exit__(self, *_exception: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End every server that this run started."""
        while self._running:
            self._running.pop().stop()


def _run(servers: Servers, command: list[str]) -> int:
    child = subprocess.Popen(command, env={**os.environ, **servers.variables})
    try:
        return child.wait()
    except (_Ended, KeyboardInterrupt):
        # Ctrl-C reached the child already, a SIGTERM to us did not.
        if child.poll() is None:
            child.send_signal(signal.SIGINT)
        try:
            child.wait(30)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        return 130


def main(arguments: list[str]) -> int:
    """Entry point; returns the exit code of the command, or 2 for a wrong call."""
    if arguments[:1] == ["up"] and len(arguments) == 1:
        command = None
    elif arguments[:2] == ["run", "--"] and len(arguments) > 2:
        command = arguments[2:]
    else:
        print(__doc__, file=sys.stderr)
        return 2
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end)
    begun = time.monotonic()
    try:
        with Servers() as servers:
            print(f"servers: ready after {time.monotonic() - begun:.1f} s", file=sys.stderr)
            if command is not None:
                return _run(servers, command)
            for name, value in servers.variables.items():
                print(f"export {name}='{value}'", flush=True)
            while True:
                signal.pause()
    except (_Ended, KeyboardInterrupt):
        return 0 if command is None else 130


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
