"""Servers end with the run that started them, whatever ended the run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.launch import Server, ServerFailed, free_port, server_folder

ROOT = Path(__file__).resolve().parents[2]


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    return state != "Z"


def _gone_within(pid: int, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if not _is_running(pid):
                return True
        except FileNotFoundError:
            return True
        time.sleep(0.05)
    return False


def test_a_server_that_ends_early_is_reported_with_its_last_words() -> None:
    folder = server_folder("early")
    server = Server(
        ["sh", "-c", "echo no disk; exit 3"], name="early", folder=folder, environment={"PATH": os.environ["PATH"]}
    )
    with pytest.raises(ServerFailed, match="early ended with 3\nno disk"):
        server.wait_until(lambda: False, timeout=10)
    server.stop()
    assert not folder.exists()


def test_a_server_that_never_answers_is_given_up_and_ended_with_its_children() -> None:
    folder = server_folder("silent")
    script = f"sleep 300 & echo $! > {folder}/child; wait"
    server = Server(
        ["sh", "-c", script], name="silent", folder=folder, environment={"PATH": os.environ["PATH"]}, grace=0.2
    )
    with pytest.raises(ServerFailed, match="silent did not answer within 1 s"):
        server.wait_until(lambda: False, timeout=1)
    child = int((folder / "child").read_text())
    assert _is_running(child)
    server.stop()
    assert _gone_within(child, 5)
    assert server.process.returncode is not None


def test_a_server_outlives_not_even_a_killed_parent(tmp_path: Path) -> None:
    program = (
        "import os, pathlib, sys, time\n"
        "from tests.support.launch import Server\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "server = Server(['sleep', '300'], name='orphan', folder=folder, environment={'PATH': os.environ['PATH']})\n"
        "print(server.process.pid, flush=True)\n"
        "time.sleep(300)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert _is_running(pid)
        parent.send_signal(signal.SIGKILL)
    assert _gone_within(pid, 5)


def test_what_a_killed_run_left_is_cleared_away_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.support.launch.SERVER_FOLDERS", tmp_path)
    with subprocess.Popen(["true"]) as ended:
        ended.wait()
    names = {
        "abandoned": f"silver-database-{ended.pid}-a",
        "young": f"silver-database-{ended.pid}-b",
        "in use": f"silver-database-{os.getpid()}-c",
        "another server's": f"silver-search-{ended.pid}-d",
    }
    long_ago = time.time() - 7200
    for kind, name in names.items():
        (tmp_path / name).mkdir()
        if kind != "young":
            os.utime(tmp_path / name, (long_ago, long_ago))
    made = server_folder("database")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        {*names.values(), made.name} - {names["abandoned"]}
    )


def test_free_ports_can_be_bound() -> None:
    ports = {free_port() for _ in range(20)}
    assert all(1024 <= port < 65536 for port in ports)
