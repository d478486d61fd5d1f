"""Migrations: one line of them, from nothing to what the models say, with every row of every earlier schema kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask

from marketplace import create_app
from marketplace.extensions import db
from marketplace.sealing import MARK
from marketplace.settings import ROOT
from tests.marketplace.conftest import settings_for
from tests.marketplace.filling import ROWS, fill, pointing_nowhere, reflect, rows_of

SCRIPTS = ScriptDirectory(str(ROOT / "marketplace" / "migrations"))
REVISIONS = [script.revision for script in SCRIPTS.walk_revisions()][::-1]


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A database without a table, on each of the two in turn."""
    name = "sqlite_empty_url" if request.param == "sqlite" else "postgres_empty_url"
    return str(request.getfixturevalue(name))


@pytest.fixture
def engine(database_url: str, tmp_path: Path) -> Iterator[sa.Engine]:
    """The engine of an application over that database, whose context is pushed."""
    app: Flask = create_app(settings_for(database_url, tmp_path))
    with app.app_context():
        yield db.engine
        db.session.remove()
        db.engine.dispose()


def schema_of(engine: sa.Engine) -> dict[str, Any]:
    """Every table as the database tells it: columns, keys, checks and indices, each in an order of its own."""

    def plain(entry: Any) -> Any:
        if isinstance(entry, dict):
            return sorted((name, plain(value)) for name, value in entry.items() if name != "comment")
        return str(entry)

    inspector = sa.inspect(engine)
    ask = {
        "columns": inspector.get_columns,
        "foreign keys": inspector.get_foreign_keys,
        "unique": inspector.get_unique_constraints,
        "checks": inspector.get_check_constraints,
        "indices": inspector.get_indexes,
    }
    return {
        table: {what: sorted(map(plain, of(table))) for what, of in ask.items()}
        | {"primary key": plain(inspector.get_pk_constraint(table))}
        for table in inspector.get_table_names()
        if table != "alembic_version"
    }


def test_there_is_one_line_of_revisions_and_each_file_is_on_it() -> None:
    assert len(SCRIPTS.get_heads()) == 1
    assert len(SCRIPTS.get_bases()) == 1
    files = sorted(Path(SCRIPTS.versions).glob("*.py"))
    assert sorted(Path(SCRIPTS.get_revision(revision).path) for revision in REVISIONS) == files


def test_the_migrations_lead_from_nothing_to_the_models(engine: sa.Engine) -> None:
    flask_migrate.upgrade()
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert context.get_current_heads() == tuple(SCRIPTS.get_heads())
        assert compare_metadata(context, db.metadata) == []


def test_what_alembic_does_not_compare_is_as_the_models_say_too(engine: sa.Engine) -> None:
    """Checks, the rules of foreign keys and defaults: beside tables made from the models."""
    flask_migrate.upgrade()
    migrated = schema_of(engine)
    flask_migrate.downgrade(revision="base")
    db.create_all()
    assert migrated == schema_of(engine)


@pytest.mark.parametrize("revision", REVISIONS[:-1])
def test_a_filled_database_of_an_earlier_revision_keeps_every_row(engine: sa.Engine, revision: str) -> None:
    flask_migrate.upgrade(revision=revision)
    fill(engine)
    types = {(c.table.name, c.name): str(c.type) for t in reflect(engine).tables.values() for c in t.columns}
    before = rows_of(engine)
    assert {table: len(rows) for table, rows in before.items()} == dict.fromkeys(before, ROWS)

    flask_migrate.upgrade()

    after = rows_of(engine)
    # Where a column is still there and still of its type, its values are, too: a pointer that was emptied would show.
    same = {
        (c.table.name, c.name)
        for t in reflect(engine).tables.values()
        for c in t.columns
        if types.get((c.table.name, c.name)) == str(c.type)
    }

    def kept(rows: dict[str, Any]) -> dict[str, Any]:
        return {
            table: {key: {n: v for n, v in row.items() if (table, n) in same} for key, row in rows[table].items()}
            for table in before
        }

    assert kept(after) == kept(before)
    assert pointing_nowhere(engine) == []


def test_what_leads_into_a_group_is_sealed_on_the_way(engine: sa.Engine) -> None:
    flask_migrate.upgrade(revision="0022")
    fill(engine)
    flask_migrate.upgrade()
    with engine.connect() as connection:
        kept = connection.execute(sa.text("SELECT address, secret FROM robots")).all()
    assert [one.startswith(MARK) for row in kept for one in row] == [True] * 2 * ROWS


def test_a_filled_database_goes_back_to_nothing_and_up_again(engine: sa.Engine) -> None:
    flask_migrate.upgrade()
    newest = schema_of(engine)
    fill(engine)
    flask_migrate.downgrade(revision="base")
    assert sa.inspect(engine).get_table_names() == ["alembic_version"]
    flask_migrate.upgrade()
    assert schema_of(engine) == newest
