"""The linter finds nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.architecture.sources import ROOT


def test_ruff_finds_nothing() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("ruff")), "check", "--no-cache", "--output-format", "concise", "."],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
