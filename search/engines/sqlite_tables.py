"""Tables of the embedded index.

Each index is four tables of its own in one file; one more says which index has which role.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime

from search.schema import COLLECTIONS, CodeField, Schema, schema

TOKENIZER = "unicode61 remove_diacritics 0 categories 'L* M* N* P* S* Co'"

_REGISTRY = """
CREATE TABLE IF NOT EXISTS indexes (
    name TEXT PRIMARY KEY, collection TEXT NOT NULL, role TEXT NOT NULL, analysis_version TEXT NOT NULL,
    schema_version TEXT NOT NULL, created_at TEXT NOT NULL, UNIQUE (collection, role));
CREATE TABLE IF NOT EXISTS statistics (collection TEXT PRIMARY KEY, version TEXT NOT NULL, data BLOB NOT NULL);
"""


@dataclass(frozen=True)
class Tables:
    """The tables of one index.

    `docs`, one row a document; `codes`, those of which it can have several; `text`, the streams.
    """

    name: str
    analysis_version: str = ""
    schema_version: str = ""

    @property
    def docs(self) -> str:
        """One row a document, live or deleted."""
        return f"{self.name}_docs"

    @property
    def documents(self) -> str:
        """The documents themselves, as JSON."""
        return f"{self.name}_documents"

    @property
    def codes(self) -> str:
        """(field, value, doc) of code fields with several values."""
        return f"{self.name}_codes"

    @property
    def text(self) -> str:
        """The FTS5 table; its rowid is `docs.doc`."""
        return f"{self.name}_text"


def column(field: CodeField) -> str:
    """The column of a code field that has at most one value."""
    return f"code_{field.name}"


def _columns(declared: Schema) -> list[tuple[str, str]]:
    codes = [(column(field), "TEXT") for field in declared.single]
    return codes + [(field.name, "INTEGER") for field in declared.numbers]


def is_complete(connection: sqlite3.Connection) -> bool:
    """Whether the file has everything that `complete` would make."""
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'indexes'").fetchone():
        return False
    for collection in COLLECTIONS:
        roles = by_role(connection, collection)
        if "live" not in roles or any(_missing(connection, tables, schema(collection)) for tables in roles.values()):
            return False
    return True


def complete(connection: sqlite3.Connection, analysis_version: str) -> None:
    """Creates the registry and live indexes that are missing, and columns of a newer schema.

    What an index of an older schema holds has no value in the new columns until it is written again.
    """
    for statement in _REGISTRY.split(";"):
        connection.execute(statement)
    for collection in COLLECTIONS:
        roles = by_role(connection, collection)
        if "live" not in roles:
            create(connection, schema(collection), "live", analysis_version)
        for tables in roles.values():
            for name, kind in _missing(connection, tables, schema(collection)):
                connection.execute(f"ALTER TABLE {tables.docs} ADD COLUMN {name} {kind}")


def _missing(connection: sqlite3.Connection, tables: Tables, declared: Schema) -> list[tuple[str, str]]:
    if tables.schema_version == declared.version:
        return []
    there = {row[1] for row in connection.execute(f"PRAGMA table_info({tables.docs})")}
    return [(name, kind) for name, kind in _columns(declared) if name not in there]


def by_role(connection: sqlite3.Connection, collection: str) -> dict[str, Tables]:
    """The indexes of a collection by role."""
    rows = connection.execute(
        "SELECT role, name, analysis_version, schema_version FROM indexes WHERE collection = ?", (collection,)
    )
    return {role: Tables(name, analysis, schema) for role, name, analysis, schema in rows}


def create(connection: sqlite3.Connection, declared: Schema, role: str, analysis_version: str) -> Tables:
    """Creates the tables of an index in a role that is free."""
    (number,) = connection.execute(
        "SELECT COALESCE(MAX(CAST(SUBSTR(name, LENGTH(collection) + 2) AS INTEGER)), 0) + 1 "
        "FROM indexes WHERE collection = ?",
        (declared.collection,),
    ).fetchone()
    tables = Tables(f"{declared.collection}_{number}", analysis_version, declared.version)
    columns = [f"{name} {kind}" for name, kind in _columns(declared)]
    connection.execute(
        f"CREATE TABLE {tables.docs} (doc INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, revision INTEGER NOT NULL, "
        f"deleted_at INTEGER, {', '.join(columns)})"
    )
    # Apart, so that counting and filtering read small rows.
    connection.execute(f"CREATE TABLE {tables.documents} (doc INTEGER PRIMARY KEY, document TEXT NOT NULL)")
    connection.execute(
        f"CREATE TABLE {tables.codes} "
        "(field TEXT, value TEXT, doc INTEGER, PRIMARY KEY (field, value, doc)) WITHOUT ROWID"
    )
    connection.execute(f"CREATE INDEX {tables.codes}_by_doc ON {tables.codes} (doc, field, value)")
    connection.execute(
        f"CREATE VIRTUAL TABLE {tables.text} USING fts5 (title_words, title_chars, words, chars, exact, "
        f'tokenize = "{TOKENIZER}")'
    )
    connection.execute(
        "INSERT INTO indexes VALUES (?, ?, ?, ?, ?, ?)",
        (
            tables.name,
            declared.collection,
            role,
            analysis_version,
            declared.version,
            datetime.now(UTC).isoformat(timespec="seconds"),
        ),
    )
    return tables


def drop(connection: sqlite3.Connection, tables: Tables) -> None:
    """Drops an index and its place in the registry."""
    for table in (tables.text, tables.codes, tables.documents, tables.docs):
        connection.execute(f"DROP TABLE IF EXISTS {table}")
    connection.execute("DELETE FROM indexes WHERE name = ?", (tables.name,))
