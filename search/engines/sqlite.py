"""The embedded engine: SQLite's FTS5 in a file of its own. Any number of processes may read and write it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any

from search.engines import sqlite_sql as sql
from search.engines import sqlite_tables as tables_of
from search.engines.base import Bag, Entry, Filter, Found, Held, IndexInfo, Selection, Stored, WriteReport
from search.engines.candidates import PATHS, Counting, outlined
from search.engines.sieve import MOST_CLAUSES, whole_weight
from search.engines.sqlite_candidates import heaviest
from search.engines.sqlite_connections import Connections
from search.engines.sqlite_tables import Tables
from search.engines.sqlite_writing import STREAMS, write
from search.requests import RebuildUnderway
from search.schema import COLLECTIONS, schema
from search.statistics import Statistics

_CHUNK = 500

_OUTLINE = f"json_extract(document, {', '.join(repr(path) for path in PATHS)})"


def _outline(written: str) -> dict[str, Any]:
    return outlined(*json.loads(written))


class SqliteEngine:
    """`path`: the file, made if it is missing.

    `timeout`: seconds that a search may take; versions are those of new indexes.
    """

    name = "sqlite"

    def __init__(self, path: str, *, timeout: float, analysis_version: str) -> None:
        self.connections = Connections(path, timeout=timeout)
        self._analysis_version = analysis_version
        self._tables: dict[str, Statistics] = {}
        self._ready = False

    # Indexes

    def _prepare(self) -> None:
        """Creates what is missing: the registry, the live index of each collection, columns of a newer schema."""
        if self._ready:
            return
        # Only looked at first: a reader must not wait for whoever is writing.
        with self.connections.read() as connection:
            complete = tables_of.is_complete(connection)
        if not complete:
            with self.connections.write() as connection:
                tables_of.complete(connection, self._analysis_version)
        self._ready = True

    def limited(self) -> AbstractContextManager[None]:
        """All questions inside share one timeout."""
        return self.connections.limited()

    def _live(self, connection: sqlite3.Connection, collection: str) -> Tables:
        return tables_of.by_role(connection, collection)["live"]

    def analysis_version(self, collection: str) -> str:
        """The analysis version of the live index."""
        self._prepare()
        with self.connections.read() as connection:
            return self._live(connection, collection).analysis_version

    def indexes(self, collection: str) -> tuple[IndexInfo, ...]:
        """The indexes of a collection."""
        self._prepare()
        with self.connections.read() as connection:
            rows = connection.execute(
                "SELECT name, role, analysis_version, schema_version, created_at FROM indexes WHERE collection = ? "
                "ORDER BY CASE role WHEN 'live' THEN 0 WHEN 'next' THEN 1 ELSE 2 END",
                (collection,),
            ).fetchall()
            infos = []
            for name, role, analysis, declared, created_at in rows:
                documents, deleted = connection.execute(
                    f"SELECT COUNT(*) - COUNT(deleted_at), COUNT(deleted_at) FROM {Tables(name).docs}"
                ).fetchone()
                infos.append(IndexInfo(name, role, analysis, declared, created_at, documents, deleted))
        return tuple(infos)

    def begin(self, collection: str, *, analysis_version: str, schema_version: str) -> str:
        """Creates the next index. Raises RebuildUnderway if there is one."""
        self._prepare()
        with self.connections.write() as connection:
            if "next" in tables_of.by_role(connection, collection):
                raise RebuildUnderway(collection)
            return tables_of.create(connection, schema(collection), "next", analysis_version).name

    def swap(self, collection: str) -> None:
        """Next becomes live, live becomes previous, in one transaction. Raises LookupError without a next index."""
        with self.connections.write() as connection:
            roles = tables_of.by_role(connection, collection)
            if "next" not in roles:
                raise LookupError(f"no index of {collection} is being built")
            if "previous" in roles:
                tables_of.drop(connection, roles["previous"])
            for role, tables in (("previous", roles["live"]), ("live", roles["next"])):
                connection.execute("UPDATE indexes SET role = ? WHERE name = ?", (role, tables.name))

    def abandon(self, collection: str) -> None:
        """Drops the next index, if there is one."""
        with self.connections.write() as connection:
            roles = tables_of.by_role(connection, collection)
            if "next" in roles:
                tables_of.drop(connection, roles["next"])

    def restore(self, collection: str) -> None:
        """Previous becomes next. Raises LookupError without a previous index, RebuildUnderway if one is being built."""
        self._prepare()
        with self.connections.write() as connection:
            roles = tables_of.by_role(connection, collection)
            if "previous" not in roles:
                raise LookupError(f"no earlier index of {collection} is kept")
            if "next" in roles:
                raise RebuildUnderway(collection)
            connection.execute("UPDATE indexes SET role = 'next' WHERE name = ?", (roles["previous"].name,))

    # Writing

    def write(self, collection: str, entries: Sequence[Entry], *, role: str | None = None) -> WriteReport:
        """Writes in one transaction to every index that takes writes, or to that of one role."""
        self._prepare()
        with self.connections.write() as connection:
            roles = tables_of.by_role(connection, collection)
            targets = [roles[name] for name in ((role,) if role else ("live", "next")) if name in roles]
            if not targets:
                raise LookupError(f"no index of {collection} in the role {role}")
            reports = [write(connection, tables, schema(collection), entries) for tables in targets]
        return reports[0]

    def settle(self, collection: str, *, role: str | None = None) -> None:
        """Nothing to do: what was committed is found."""

    def purge_deleted(self, collection: str, before: int) -> int:
        """Drops old tombstones from every index of the collection; how many the live one had."""
        self._prepare()
        with self.connections.write() as connection:
            purged = {
                role: connection.execute(f"DELETE FROM {tables.docs} WHERE deleted_at < ?", (before,)).rowcount
                for role, tables in tables_of.by_role(connection, collection).items()
            }
        return purged["live"]

    # Finding

    def select(self, selection: Selection) -> Found:
        """Finds, filters, counts in one statement."""
        self._prepare()
        declared = schema(selection.collection)
        with self.connections.read() as connection:
            tables = self._live(connection, selection.collection)
            total = 0
            facets: dict[str, dict[str, int]] = {facet: {} for facet in selection.facets}
            rows: list[tuple[int, str]] = []
            statement, parameters = sql.select(selection, tables, declared)
            for part, value, number in connection.execute(statement, parameters):
                if part == sql.SLICE:
                    rows.append((number, value))
                elif part == sql.TOTAL:
                    total = number
                else:
                    facets[part][value] = number
            bags = self._bags_of(connection, tables, rows) if selection.bags else {}
            fresh_until = self._fresh_until(connection, tables, rows) if selection.bags else {}
        return Found(total, facets, tuple(id for _doc, id in rows), bags, fresh_until)

    def _fresh_until(
        self, connection: sqlite3.Connection, tables: Tables, rows: Sequence[tuple[int, str]]
    ) -> dict[str, int]:
        marks = ", ".join("?" * len(rows))
        statement = f"SELECT id, fresh_until FROM {tables.docs} WHERE doc IN ({marks}) AND fresh_until IS NOT NULL"
        return dict(connection.execute(statement, [doc for doc, _id in rows]).fetchall())

    def _bags_of(
        self, connection: sqlite3.Connection, tables: Tables, rows: Sequence[tuple[int, str]]
    ) -> dict[str, Bag]:
        marks = ", ".join("?" * len(rows))
        found = connection.execute(
            f"SELECT rowid, {STREAMS} FROM {tables.text} WHERE rowid IN ({marks})", [doc for doc, _id in rows]
        )
        by_doc = {doc: Bag(*streams) for doc, *streams in found}
        return {id: by_doc[doc] for doc, id in rows}

    def first_found(self, selections: Sequence[Selection]) -> int | None:
        """The first selection that finds anything."""
        self._prepare()
        with self.connections.read() as connection:
            for at, selection in enumerate(selections):
                tables = self._live(connection, selection.collection)
                statement, parameters = sql.existence(selection, tables, schema(selection.collection))
                if connection.execute(statement, parameters).fetchone()[0]:
                    return at
        return None

    def candidates(
        self,
        collection: str,
        terms: Sequence[tuple[str, float]],
        filter: Filter,
        limit: int = 300,
        *,
        outlines: bool = False,
    ) -> list[Stored]:
        """Documents that hold any of the terms; see the Protocol."""
        self._prepare()
        asked = sorted(dict(terms).items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_CLAUSES]
        if not asked:
            return []
        with self.connections.read() as connection:
            tables = self._live(connection, collection)
            weighed = [(term, whole_weight(weight)) for term, weight in asked]
            rows = heaviest(connection, weighed, filter, limit, tables, schema(collection))
            marks = ", ".join("?" * len(rows))
            document_sql = _OUTLINE if outlines else "document"
            read = connection.execute(
                f"SELECT t.rowid, title_words, words, {document_sql} FROM {tables.text} t JOIN {tables.documents} d "
                f"ON d.doc = t.rowid WHERE t.rowid IN ({marks})",
                [doc for doc, _weight, _id in rows],
            )
            parsed = _outline if outlines else json.loads
            found = {doc: (parsed(document), title, words) for doc, title, words, document in read}
        counting = Counting([term for term, _weight in asked])
        return [counting.stored(id, *found[doc], weight, outlined=outlines) for doc, weight, id in rows]

    def documents(self, collection: str, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Live documents by id."""
        self._prepare()
        with self.connections.read() as connection:
            return self._documents(connection, self._live(connection, collection), ids)

    def _documents(
        self, connection: sqlite3.Connection, tables: Tables, ids: Sequence[str]
    ) -> dict[str, dict[str, Any]]:
        marks = ", ".join("?" * len(ids))
        rows = connection.execute(
            f"SELECT id, document FROM {tables.docs} JOIN {tables.documents} USING (doc) WHERE id IN ({marks})",
            list(ids),
        )
        return {id: json.loads(document) for id, document in rows}

    # Counting and listing

    def statistics(self, collection: str) -> Statistics:
        """The table in force, read again only when it has changed."""
        self._prepare()
        with self.connections.read() as connection:
            row = connection.execute("SELECT version FROM statistics WHERE collection = ?", (collection,)).fetchone()
            if row is None:
                return Statistics()
            known = self._tables.get(collection)
            if known is None or known.version != row[0]:
                (data,) = connection.execute(
                    "SELECT data FROM statistics WHERE collection = ?", (collection,)
                ).fetchone()
                known = self._tables[collection] = Statistics.from_bytes(data)
            return known

    def save_statistics(self, collection: str, statistics: Statistics) -> None:
        """Puts a table in force."""
        self._prepare()
        with self.connections.write() as connection:
            connection.execute(
                "INSERT INTO statistics VALUES (?, ?, ?) ON CONFLICT (collection) "
                "DO UPDATE SET version = excluded.version, data = excluded.data",
                (collection, statistics.version, statistics.to_bytes()),
            )

    def frequencies(self, collection: str, terms: Sequence[str]) -> tuple[int, dict[str, int]]:
        """Documents, and how many of them hold each term."""
        statistics = self.statistics(collection)
        return statistics.documents, {term: statistics.counts.get(term, 0) for term in terms}

    def count(self, collection: str) -> int:
        """How many documents the live index holds."""
        self._prepare()
        with self.connections.read() as connection:
            tables = self._live(connection, collection)
            return connection.execute(f"SELECT COUNT(*) - COUNT(deleted_at) FROM {tables.docs}").fetchone()[0]

    def _pages(self, collection: str, role: str, statement: str) -> Iterator[tuple[Any, ...]]:
        """Rows of a statement that begins with id and continues after `:after`, a snapshot a page, so that no
        reader holds the log.
        """
        self._prepare()
        after = ""
        while True:
            with self.connections.read() as connection:
                tables = tables_of.by_role(connection, collection).get(role)
                if tables is None:
                    return
                names = {"docs": tables.docs, "text": tables.text, "documents": tables.documents}
                page = {"after": after, "limit": _CHUNK}
                rows = connection.execute(statement.format(**names), page).fetchall()
            yield from rows
            if len(rows) < _CHUNK:
                return
            after = rows[-1][0]

    def bags(self, collection: str) -> Iterator[Bag]:
        """The streams of every live document."""
        statement = (
            f"SELECT d.id, {STREAMS} FROM {{docs}} d JOIN {{text}} f ON f.rowid = d.doc "
            "WHERE d.id > :after AND d.deleted_at IS NULL ORDER BY d.id LIMIT :limit"
        ).replace(STREAMS, ", ".join(f"f.{name}" for name in Bag._fields))
        for _id, *streams in self._pages(collection, "live", statement):
            yield Bag(*streams)

    def held(self, collection: str, role: str = "live") -> Iterator[Held]:
        """What an index holds."""
        statement = "SELECT id, revision, deleted_at FROM {docs} WHERE id > :after ORDER BY id LIMIT :limit"
        for id, revision, deleted_at in self._pages(collection, role, statement):
            yield Held(id, revision, deleted_at is not None)

    def all_documents(self, collection: str, role: str = "live") -> Iterator[dict[str, Any]]:
        """Every document of an index."""
        statement = (
            "SELECT id, revision, document FROM {docs} LEFT JOIN {documents} USING (doc) "
            "WHERE id > :after ORDER BY id LIMIT :limit"
        )
        for id, revision, document in self._pages(collection, role, statement):
            yield json.loads(document) if document else {"id": id, "revision": revision, "deleted": True}

    def drop(self) -> None:
        """Drops every index."""
        self._prepare()
        with self.connections.write() as connection:
            for collection in COLLECTIONS:
                for tables in tables_of.by_role(connection, collection).values():
                    tables_of.drop(connection, tables)
            connection.execute("DELETE FROM statistics")
        self._ready = False

    def close(self) -> None:
        """Closes the file."""
        self.connections.close()
