"""Entries into the tables of one index of the embedded engine, inside a transaction that somebody else holds."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Sequence

from search.engines.base import Bag, Entry, WriteReport
from search.engines.sqlite_tables import Tables, column
from search.schema import Schema

STREAMS = ", ".join(Bag._fields)


def write(connection: sqlite3.Connection, tables: Tables, declared: Schema, entries: Sequence[Entry]) -> WriteReport:
    """Writes entries, each unless the index holds a higher revision."""
    singles, numbers = declared.single, declared.numbers
    columns = [*map(column, singles), *(field.name for field in numbers)]
    written = ["revision", "deleted_at", *columns]
    upsert = (
        f"INSERT INTO {tables.docs} (id, doc, {', '.join(written)}) VALUES ({', '.join('?' * (len(written) + 2))}) "
        f"ON CONFLICT (doc) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in written)}"
    )
    held = f"SELECT doc, revision, deleted_at FROM {tables.docs} WHERE id = ?"
    refused = 0
    for entry in entries:
        doc, revision, deleted_at = connection.execute(held, (entry.id,)).fetchone() or (None, -1, None)
        if revision > entry.revision:
            refused += 1
            continue
        if doc is not None and deleted_at is None:
            _clear(connection, tables, doc)
        values: list[str | int | None] = [(entry.codes.get(field.name) or (None,))[0] for field in singles]
        values += [entry.numbers.get(field.name) for field in numbers]
        gone = int(time.time()) if entry.deleted else None
        cursor = connection.execute(upsert, (entry.id, doc, entry.revision, gone, *values))
        if not entry.deleted:
            _fill(connection, tables, declared, entry, cursor.lastrowid if doc is None else doc)
    return WriteReport(len(entries) - refused, refused)


def _clear(connection: sqlite3.Connection, tables: Tables, doc: int) -> None:
    connection.execute(f"DELETE FROM {tables.text} WHERE rowid = ?", (doc,))
    connection.execute(f"DELETE FROM {tables.codes} WHERE doc = ?", (doc,))
    connection.execute(f"DELETE FROM {tables.documents} WHERE doc = ?", (doc,))


def _fill(connection: sqlite3.Connection, tables: Tables, declared: Schema, entry: Entry, doc: int | None) -> None:
    connection.execute(f"INSERT INTO {tables.text} (rowid, {STREAMS}) VALUES (?, ?, ?, ?, ?, ?)", (doc, *entry.bag))
    document = json.dumps(entry.document, ensure_ascii=False, separators=(",", ":"))
    connection.execute(f"INSERT INTO {tables.documents} VALUES (?, ?)", (doc, document))
    several = [
        (field.name, value, doc)
        for field in declared.codes
        if not field.single
        for value in entry.codes.get(field.name, ())
    ]
    connection.executemany(f"INSERT INTO {tables.codes} VALUES (?, ?, ?)", several)
