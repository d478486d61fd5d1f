"""The site as its users meet it: gunicorn and the worker as processes of their own, with a database, index and files
of their own.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from tests.support.launch import Server, answers, free_port

ROOT = Path(__file__).resolve().parents[2]


class Site:
    """Web server (and worker) on a free loopback port; `url` is its address. A context manager.

    Args:
        folder: an empty folder for files, mails and logs.
        database_url: a migrated database.
        search_url: the engine; an embedded index in `folder` when absent.
        worker: whether jobs are worked off.
        settings: further settings, by the names of their environment variables.
    """

    def __init__(
        self,
        folder: Path,
        database_url: str,
        *,
        search_url: str | None = None,
        worker: bool = True,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.folder = folder
        self.environment = {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "ENVIRONMENT": "test",
            "DATABASE_URL": database_url,
            "SEARCH_URL": search_url or f"sqlite:///{folder / 'search.db'}",
            "FILES_DIR": str(folder / "files"),
            "MAIL_URL": f"folder://{folder / 'mails'}",
            "PUBLIC_URL": self.url,
            **(settings or {}),
        }
        self._with_worker = worker
        self._servers: dict[str, Server] = {}
        self._port = port

    def start_web(self) -> Server:
        """Start the web server and wait until it answers. Raises ServerFailed with its last lines."""
        command = [
            sys.executable,
            "-m",
            "gunicorn",
            "--worker-class",
            "gthread",
            "--workers",
            "1",
            "--threads",
            "8",
            "--bind",
            f"127.0.0.1:{self._port}",
            "--worker-tmp-dir",
            str(self.folder),
            "--no-control-socket",
            "marketplace.wsgi:app",
        ]
        server = self._start("web", command)
        server.wait_until(lambda: answers(f"{self.url}/health"), timeout=60)
        return server

    def start_worker(self) -> Server:
        """Start the worker."""
        return self._start("worker", [sys.executable, "-m", "flask", "--app", "marketplace", "worker"])

    def _start(self, name: str, command: list[str]) -> Server:
        server = Server(
            command,
            name=name,
            folder=self.folder,
            cwd=ROOT,
            environment=self.environment,
            stop_signal=signal.SIGTERM,
            grace=10.0,
            remove_folder=False,
        )
        self._servers[name] = server
        return server

    def flask(self, *arguments: str) -> str:
        """Run a command of the site against its database and return what it printed. Raises AssertionError when it
        fails.
        """
        done = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "marketplace", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def server(self, name: str) -> Server:
        """The process called `web` or `worker`. Raises KeyError when it was not started."""
        return self._servers[name]

    def log(self, name: str) -> str:
        """What `web` or `worker` has written so far."""
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def __enter__(self) -> Site:
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            self.start_web()
            if self._with_worker:
                self.start_worker()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """End both processes."""
        for server in self._servers.values():
            server.stop()
        self._servers.clear()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
