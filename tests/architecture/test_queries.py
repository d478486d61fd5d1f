"""What means something else on SQLite than on PostgreSQL stays in marketplace/types.py."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.sources import calls, parsed, place, python_files

# Naive or local times, decimal numbers that one of the two keeps as floats, and comparisons that ignore case on one
# of the two databases only.
RAW_TYPES = {"DateTime", "Numeric", "DECIMAL", "TIMESTAMP", "ARRAY", "JSONB"}
LIKE_CALLS = {
    "like",
    "ilike",
    "not_like",
    "not_ilike",
    "notlike",
    "notilike",
    "regexp_match",
    "icontains",
    "istartswith",
    "iendswith",
}
LIKE_WORD = re.compile(r"\b(I?LIKE|GLOB|SIMILAR TO)\b")
TYPES = "types.py"


def application_files() -> list[Path]:
    return [path for path in python_files("marketplace") if path.name != TYPES or path.parent.name != "marketplace"]


def raw_types(path: Path) -> Iterator[str]:
    """Uses of a raw column type, by name or as an attribute of a module."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Attribute) and node.attr in RAW_TYPES and isinstance(node.value, ast.Name):
            yield f"{place(path, node)}: {node.value.id}.{node.attr}"
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy"):
            for name in node.names:
                if name.name in RAW_TYPES:
                    yield f"{place(path, node)}: {name.name}"


def likes(path: Path) -> Iterator[str]:
    """LIKE, as a method or inside a statement given as text."""
    for call, name in calls(path):
        if name in LIKE_CALLS:
            yield f"{place(path, call)}: .{name}()"
        elif (
            name == "text"
            and call.args
            and isinstance(call.args[0], ast.Constant)
            and LIKE_WORD.search(str(call.args[0].value))
        ):
            yield f"{place(path, call)}: LIKE in SQL"


def orders_without_a_tie_breaker(path: Path) -> Iterator[str]:
    """order_by whose last key is not an id: rows that are equal come in any order, another on each database and each
    page.
    """
    for call, name in calls(path):
        if name != "order_by" or not call.args:
            continue
        last = ast.unparse(call.args[-1])
        if last in {"None"} or call.args[-1].__class__ is ast.Starred:
            continue
        if not re.search(r"(\bid\b|_id\b|\bposition\b|\bkey\b|\bnumber\b|\bcode\b)", last):
            yield f"{place(path, call)}: order_by({', '.join(ast.unparse(argument) for argument in call.args)})"


@pytest.mark.parametrize("check", [raw_types, likes, orders_without_a_tie_breaker])
def test_the_application_is_free_of_it(check) -> None:  # type: ignore[no-untyped-def]
    assert [found for path in application_files() for found in check(path)] == []


def test_the_checks_see_what_they_look_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sample = tmp_path / "sample.py"
    sample.write_text(
        "import sqlalchemy as sa\n"
        "from sqlalchemy import Numeric\n"
        "when = sa.Column(sa.DateTime)\n"
        "a = query.where(name.ilike('x%'))\n"
        "b = sa.text('SELECT 1 WHERE a LIKE :b')\n"
        "c = query.order_by(Offer.title)\n"
        "d = query.order_by(Offer.title, Offer.id.desc())\n"
    )
    monkeypatch.setattr("tests.architecture.sources.ROOT", tmp_path)
    assert list(raw_types(sample)) == ["sample.py:2: Numeric", "sample.py:3: sa.DateTime"]
    assert sorted(likes(sample)) == ["sample.py:4: .ilike()", "sample.py:5: LIKE in SQL"]
    assert list(orders_without_a_tie_breaker(sample)) == ["sample.py:6: order_by(Offer.title)"]
