"""Start a server for the tests, wait until it answers, end it by its pid whatever happens."""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1
SERVER_FOLDERS = Path("/var/tmp")
MEMORY = Path("/dev/shm")
ABANDONED = 3600.0  # seconds: a run that is just beginning is nobody's leftover


class ServerFailed(RuntimeError):
    """A server did not come up; the message ends with the last lines that it wrote."""


def free_port() -> int:
    """A TCP port on the loopback interface that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def unprivileged_user() -> int | None:
    """The uid to run servers under: None for whoever we are, `nobody` when we are root, which the servers refuse."""
    return pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None


def server_folder(name: str, *, memory: int = 0) -> Path:
    """A new folder for a server, owned by the servers' user; in memory where so many bytes of that are to be had.

    It lies outside the checkout, which may be below a home that only its owner may enter. Folders left behind by runs
    that were killed are removed first.
    """
    roomy = memory and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= memory and os.access(MEMORY, os.W_OK)
    place = MEMORY if roomy else SERVER_FOLDERS
    for left in (*SERVER_FOLDERS.glob(f"silver-{name}-*"), *MEMORY.glob(f"silver-{name}-*")):
        owner = left.name.split("-")[2]
        if owner.isdigit() and not Path("/proc", owner).exists() and time.time() - left.stat().st_mtime > ABANDONED:
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f"silver-{name}-{os.getpid()}-", dir=place))
    user = unprivileged_user()
    if user is not None:
        os.chown(folder, user, user)
    return folder


def answers(url: str, timeout: float = 2.0) -> bool:
    """Whether a GET of `url` is answered with a status below 400."""
    try:
        with urllib.request.urlopen(url, timeout=timeout) as reply:
            return int(reply.status) < 400
    except (urllib.error.URLError, OSError):
        return False


def _end_with_parent() -> None:
    # A parent that is killed cannot clean up; the kernel then ends its children. Linux only, silently nothing
    # elsewhere.
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Server:
    """One running server process with its folder and its log.

    `stop_signal` is the polite way to end it; after `grace` seconds its whole process group is killed.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        name: str,
        folder: Path,
        environment: Mapping[str, str],
        user: int | None = None,
        cwd: Path | None = None,
        stop_signal: int = signal.SIGTERM,
        grace: float = 20.0,
        remove_folder: bool = True,
    ) -> None:
        self.name = name
        self.folder = folder
        self.log = folder / f"{name}.log"
        self._stop_signal = stop_signal
        self._grace = grace
        self._remove_folder = remove_folder
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=cwd or folder,
                env=dict(environment),
                user=user,
                group=user,
                extra_groups=[] if user is not None else None,
                start_new_session=True,
                preexec_fn=_end_with_parent,
            )

    def tail(self, lines: int = 25) -> str:
        """The last lines of its log."""
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except OSError:
            return ""

    def wait_until(self, ready: Callable[[], bool], timeout: float) -> None:
        """Return once `ready()`; raise ServerFailed when the process ends first or `timeout` seconds pass."""
        end = time.monotonic() + timeout
        while not ready():
            if self.process.poll() is not None:
                raise ServerFailed(f"{self.name} ended with {self.process.returncode}\n{self.tail()}")
            if time.monotonic() > end:
                raise ServerFailed(f"{self.name} did not answer within {timeout:.0f} s\n{self.tail()}")
            time.sleep(0.1)

    def stop(self) -> None:
        """End the process and what it started, remove its folder. May be called twice."""
        if self.process.poll() is None:
            self.process.send_signal(self._stop_signal)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(self._grace)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)  # it leads its own group, so this reaches only what it started
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(5)
        if self._remove_folder:
            shutil.rmtree(self.folder, ignore_errors=True)
