"""Connections to the embedded index: one a thread, given up after a fork, every error of SQLite turned into our own."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from search.engines.deadline import Deadline
from search.requests import SearchUnavailable

# How long a writer waits for another one. Reads never wait in WAL mode.
WRITE_WAIT_SECONDS = 30.0
# Virtual-machine steps between two looks at the clock: a few milliseconds.
_STEPS = 20_000


class Connections:
    """Connections to one file. `timeout`: seconds that a read may take."""

    def __init__(self, path: str, *, timeout: float) -> None:
        self.path = path
        self.timeout = timeout
        self._local = threading.local()
        self._deadline = Deadline()
        self._lock = threading.Lock()
        self._opened: list[sqlite3.Connection] = []
        self._process = os.getpid()

    def _connection(self) -> sqlite3.Connection:
        if self._process != os.getpid():
            # A connection must not be carried over a fork; the parent goes on using it.
            self._local, self._opened, self._process = threading.local(), [], os.getpid()
        connection = getattr(self._local, "connection", None)
        if connection is None:
            Path(self.path).parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(
                self.path,
                timeout=WRITE_WAIT_SECONDS,
                isolation_level=None,
                check_same_thread=False,
                cached_statements=256,
            )
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA temp_store = MEMORY")
            connection.execute("PRAGMA cache_size = -65536")
            self._local.connection = connection
            with self._lock:
                self._opened.append(connection)
        return connection

    def limited(self) -> AbstractContextManager[None]:
        """All reads inside share one timeout."""
        return self._deadline.limited(self.timeout)

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """One snapshot for all statements inside.

        Raises SearchUnavailable after `timeout` seconds or on any error of SQLite.
        """
        with _translated():
            connection = self._connection()
            if connection.in_transaction:
                yield connection  # inside a write or another read: the same snapshot
                return
            deadline = time.monotonic() + self._deadline.remaining(self.timeout)
            connection.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS)
            try:
                connection.execute("BEGIN")
                yield connection
            finally:
                connection.set_progress_handler(None, 0)
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """A transaction that takes the file's only write lock at once. Raises SearchUnavailable as `read` does."""
        with _translated():
            connection = self._connection()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def close(self) -> None:
        """Closes every connection of this process; one that is needed again is opened again."""
        with self._lock:
            for connection in self._opened:
                connection.close()
            self._opened = []
            self._local = threading.local()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise SearchUnavailable(f"embedded index: {error}") from error
