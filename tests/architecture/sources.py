"""The project's own source files, read for the tests of this folder."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("catalogue", "search", "scheduling", "marketplace")


@cache
def tracked_files() -> tuple[Path, ...]:
    """Every file that is committed or about to be, as absolute paths; what .gitignore names is left out."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return tuple(ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file())


def python_files(*folders: str) -> list[Path]:
    """The tracked Python files below the folders, migrations left out: they are written by a tool and never changed."""
    wanted = [ROOT / folder for folder in folders]
    return [
        path
        for path in tracked_files()
        if path.suffix == ".py"
        and any(path.is_relative_to(folder) for folder in wanted)
        and "versions" not in path.parts
    ]


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def calls(path: Path) -> Iterator[tuple[ast.Call, str]]:
    """Each call in a file with the last part of the called name: `sa.select(x).order_by(y)` gives `order_by` and
    `select`.
    """
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Call):
            function = node.func
            if isinstance(function, ast.Attribute):
                yield node, function.attr
            elif isinstance(function, ast.Name):
                yield node, function.id


def place(path: Path, node: ast.AST) -> str:
    """`folder/file.py:line` of a node."""
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
