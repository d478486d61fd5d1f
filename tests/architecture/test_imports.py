"""The walls of the house: who may import whom (.importlinter)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.architecture.sources import ROOT

LINT = str(Path(sys.executable).with_name("lint-imports"))


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LINT, "--no-cache", "--no-logo", str(folder / ".importlinter")],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_import_contract_is_kept() -> None:
    done = _lint(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def _house(folder: Path, files: dict[str, str]) -> Path:
    """A small house with the same contracts."""
    folder.mkdir()
    (folder / ".importlinter").write_text((ROOT / ".importlinter").read_text())
    rooms = (
        "wsgi",
        "cli",
        "wiring",
        "audit",
        "outbox",
        "transaction",
        "actor",
        "forms",
        "hooks",
        "extensions",
        "types",
        "errors",
        "settings",
        "i18n",
        "clock",
        "logs",
    )
    names = [
        "catalogue",
        "search",
        "search/engines",
        "scheduling",
        "marketplace",
        *(f"marketplace/{room}" for room in rooms),
    ]
    for name in names:
        (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / name / "__init__.py").write_text("")
    (folder / "search/engines/elastic.py").write_text("import elasticsearch\n")
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def test_the_contracts_catch_each_kind_of_breach(tmp_path: Path) -> None:
    breaches = {
        "search knows the web framework": {"search/find.py": "import flask\n"},
        "catalogue knows the application": {"catalogue/kinds.py": "import marketplace.types\n"},
        "scheduling knows the catalogue": {"scheduling/problem.py": "import catalogue\n"},
        "a second client of the cluster": {"search/finder.py": "import elasticsearch\n"},
        "a lower room imports a higher one": {"marketplace/audit/service.py": "import marketplace.wiring\n"},
        "a room that was not placed": {"marketplace/attic/__init__.py": ""},
    }
    assert _lint(_house(tmp_path / "sound", {})).returncode == 0
    broken = {
        name: _lint(_house(tmp_path / str(number), files)).returncode
        for number, (name, files) in enumerate(breaches.items())
    }
    assert broken == dict.fromkeys(breaches, 1)
