"""The embedded engine's statement begins with the words, whatever SQLite thinks of it, and joins nothing in a loop."""

from __future__ import annotations

from pathlib import Path

import pytest

from search import open_search
from search.asking import ask
from search.engines import sqlite_sql
from search.engines.sqlite import SqliteEngine
from search.engines.sqlite_tables import by_role
from search.finder import selection_of
from search.schema import schema
from tests.contract import corpus


def plan(tmp_path: Path, text: str, **options: object) -> list[str]:
    search = open_search(f"sqlite:///{tmp_path}/search.db", timeout=30)
    search.put("offers", corpus.OFFERS)
    engine = search.engine
    assert isinstance(engine, SqliteEngine)
    request = corpus.request(text, **options)
    selection = selection_of(request, ask(text, "en", engine.statistics("offers")))
    with engine.connections.read() as connection:
        tables = by_role(connection, "offers")["live"]
        statement, parameters = sqlite_sql.select(selection, tables, schema("offers"))
        steps = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)]
    search.close()
    return steps


@pytest.mark.parametrize("filters", [{}, {"kind": ("equipment",)}, {"place": ("CN-44",), "rental": ("true",)}])
def test_documents_are_looked_up_by_number_and_never_scanned(tmp_path: Path, filters: dict) -> None:
    steps = plan(tmp_path, "轮椅 床", filters=filters, facets=("kind", "place", "languages"))
    assert any("VIRTUAL TABLE INDEX" in step for step in steps)
    assert not [step for step in steps if step.startswith("SCAN d")]
    assert [step for step in steps if "SEARCH d USING INTEGER PRIMARY KEY" in step]


def test_codes_are_counted_by_document(tmp_path: Path) -> None:
    steps = plan(tmp_path, "轮椅", facets=("languages",))
    assert [step for step in steps if step.startswith("SEARCH c USING") and "(doc=? AND field=?)" in step]


def test_what_was_found_is_worked_out_once(tmp_path: Path) -> None:
    steps = plan(tmp_path, "轮椅", facets=("kind", "languages"))
    assert steps.count("MATERIALIZE h") == 1
    assert steps.count("MATERIALIZE t") == 1
    assert not [step for step in steps if "LEFT-JOIN" in step]
