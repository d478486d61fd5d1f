"""The virtual environment in .venv, made from a lock file and left alone while that file stays the same."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path

from tools import debian

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".venv"
PYTHON = FOLDER / "bin" / "python"
STAMP = FOLDER / ".locks.json"
OLDEST = (3, 11)


def lock_file(name: str) -> Path:
    """The lock file of a set of requirements: `run`, `test` (which holds all of `run`) or `semantic`."""
    return ROOT / "requirements" / f"{name}.txt"


def _fingerprint(name: str) -> str:
    return hashlib.sha256(lock_file(name).read_bytes()).hexdigest()


def _stamps() -> dict[str, str]:
    try:
        stamps = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return stamps if isinstance(stamps, dict) else {}


def is_current(name: str) -> bool:
    """Whether .venv works and holds exactly what the lock file says."""
    if _stamps().get(name) != _fingerprint(name) or not PYTHON.exists():
        return False
    return subprocess.run([str(PYTHON), "-c", "pass"], capture_output=True, check=False).returncode == 0


def _usable() -> bool:
    if not PYTHON.exists():
        return False
    # A system upgrade may have taken away the Python that the environment was made with, or given it an older pip.
    return subprocess.run([str(PYTHON), "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0


def _make() -> None:
    if sys.version_info < OLDEST:
        raise SystemExit(f"setup: Python {OLDEST[0]}.{OLDEST[1]} or newer is needed, this is {sys.version.split()[0]}")
    if importlib.util.find_spec("ensurepip") is None:
        # Debian takes ensurepip out of python3 and puts it into a package of its own.
        debian.install(["python3-venv"], "Python's venv module is missing")
    if FOLDER.exists():
        shutil.rmtree(FOLDER)
    done = subprocess.run([sys.executable, "-m", "venv", str(FOLDER)], capture_output=True, text=True, check=False)
    if done.returncode:
        debian.install(["python3-venv"], "Python's venv module is incomplete")
        shutil.rmtree(FOLDER, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", str(FOLDER)], check=True)


def prepare(name: str) -> bool:
    """Bring .venv up to the lock file `name`. Returns whether anything had to be done.

    Raises debian.CannotInstall when venv itself is missing and subprocess.CalledProcessError when pip fails.
    """
    if is_current(name):
        return False
    if not _usable():
        _make()
    print(f"setup: installing Python packages from requirements/{name}.txt", flush=True)
    STAMP.unlink(missing_ok=True)
    # The lock file names every package with its hash, so there is nothing to resolve; wheels only, so there is
    # nothing to build.
    subprocess.run(
        [
            str(PYTHON),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-input",
            "--require-hashes",
            "--no-deps",
            "--only-binary",
            ":all:",
            "--no-compile",
            "--requirement",
            str(lock_file(name)),
        ],
        check=True,
    )
    held = {"run", name} if name != "run" else {"run"}
    STAMP.write_text(json.dumps({each: _fingerprint(each) for each in sorted(held)}))
    return True
