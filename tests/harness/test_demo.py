"""`make demo` says at once what stands in its way."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tools import demo

ROOT = Path(__file__).resolve().parents[2]


def _demo(port: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "tools.demo"],
        cwd=ROOT,
        env={**os.environ, "PORT": port},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.returncode, done.stdout + done.stderr


def test_a_port_in_use_is_named_with_another_to_try() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert _demo(str(port)) == (1, f"demo: port {port} is in use. Try: make demo PORT={port + 1}\n")


@pytest.mark.parametrize("port", ["eight", "0", "70000", "-1"])
def test_what_is_no_port_is_refused(port: str) -> None:
    assert _demo(port) == (2, f"demo: PORT={port} is no port\n")


def test_the_demonstration_leaves_the_shells_own_database_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "INSTANCE", tmp_path)
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg://market@db.example.org/market")
    monkeypatch.setenv("SEARCH_URL", "http://search.example.org:9200")
    variables = demo.environment(8123)
    assert "DATABASE_URL" not in variables
    assert "SEARCH_URL" not in variables
    assert variables["ENVIRONMENT"] == "demo"
    assert variables["PUBLIC_URL"] == "http://127.0.0.1:8123"
    assert variables["WEB_BIND"] == "127.0.0.1:8123"
    assert variables["SECRET_KEY"] == demo.environment(8124)["SECRET_KEY"]
    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600
