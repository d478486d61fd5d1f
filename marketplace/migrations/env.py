"""Alembic's environment: migrations run with foreign keys off on SQLite and end with a foreign-key check."""

from __future__ import annotations

from alembic import context
from flask import current_app

database = current_app.extensions["migrate"].db
target_metadata = database.metadata


def include_object(_object, name, type_, _reflected, _compare_to):
    """SQLite's own tables are not ours to migrate."""
    return not (type_ == "table" and name.startswith("sqlite_"))


def render_item(kind, item, _context):
    """Migrations outlive the application's types: they name the plain ones beneath."""
    if kind == "type" and type(item).__module__ in ("marketplace.types", "marketplace.sealing"):
        plain = {"UTCDateTime": "sa.DateTime(timezone=True)", "JSONValue": "sa.JSON()", "SealedText": "sa.Text()"}
        return plain.get(type(item).__name__) or f"sa.String(length={item.impl.length})"
    return False


def run() -> None:
    """Migrate the database of the application."""
    engine = database.engine
    with engine.connect().execution_options(write=True) as connection:
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:
            # Rebuilding a table with foreign keys on would delete the rows that point to it.
            raw = connection.connection.driver_connection
            raw.execute("PRAGMA foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=target_metadata,
            render_as_batch=True,
            compare_type=True,
            include_object=include_object,
            render_item=render_item,
            transaction_per_migration=False,
        )
        with connection.begin(), context.begin_transaction():
            context.run_migrations()
            if sqlite and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()):
                raise RuntimeError(f"rows that point nowhere after the migration: {broken[:10]}")
        if sqlite:
            raw.execute("PRAGMA foreign_keys=ON")


run()
