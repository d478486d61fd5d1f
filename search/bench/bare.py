"""What each engine is made of, used without our layer: the least that the same question and the same writing cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, cast

from search import FindRequest, Search
from search.asking import ask
from search.engines import elastic_bodies, sqlite_sql, sqlite_tables
from search.engines.base import Entry
from search.engines.elastic import ElasticEngine, write_with_helper
from search.engines.sqlite import SqliteEngine
from search.finder import find_parts, selection_of
from search.schema import schema


class Bare(Protocol):
    """Questions are made beforehand, so that only asking them is timed."""

    def write(self, entries: Sequence[Entry]) -> None:
        """Writes to an index of its own."""

    def question(self, request: FindRequest) -> Any:
        """The question of a request, ready to be asked."""

    def ask(self, question: Any) -> None:
        """Asks and reads the answer."""


class BareSqlite:
    """One FTS5 statement, ranked by bm25: words and filters, twenty rows; no facets, no total, no marks.

    Writing is one INSERT a document into a table of streams.
    """

    def __init__(self, search: Search) -> None:
        self._search = search
        self._engine = cast(SqliteEngine, search.engine)
        with self._engine.connections.write() as connection:
            connection.execute(
                "CREATE VIRTUAL TABLE bare USING fts5 (title_words, title_chars, words, chars, exact, "
                f'tokenize = "{sqlite_tables.TOKENIZER}")'
            )

    def write(self, entries: Sequence[Entry]) -> None:
        """One transaction for each five hundred."""
        for start in range(0, len(entries), 500):
            with self._engine.connections.write() as connection:
                connection.executemany(
                    "INSERT INTO bare VALUES (?, ?, ?, ?, ?)", [entry.bag for entry in entries[start : start + 500]]
                )

    def question(self, request: FindRequest) -> Any:
        """The statement and its parameters."""
        asked = ask(request.text, request.lang, self._engine.statistics(request.collection))
        selection = selection_of(request, asked)
        declared = schema(request.collection)
        with self._engine.connections.read() as connection:
            tables = sqlite_tables.by_role(connection, request.collection)["live"]
        parameters = sqlite_sql.Parameters()
        words = parameters.add(sqlite_sql.expression(selection))
        conditions = [
            sqlite_sql.condition_sql(condition, tables, declared, parameters)
            for condition in selection.filter.conditions.values()
        ]
        found = f"SELECT rowid, bm25({tables.text}, 3, 3, 1, 1, 1) FROM {tables.text} WHERE {tables.text} MATCH {words}"
        statement = (
            f"WITH f(doc, score) AS MATERIALIZED ({found}) "
            f"SELECT d.id, f.score FROM f CROSS JOIN {tables.docs} d ON d.doc = f.doc "
            f"WHERE {' AND '.join(conditions)} ORDER BY f.score, d.id LIMIT 20"
        )
        return statement, parameters.values

    def ask(self, question: Any) -> None:
        """Runs the statement."""
        with self._engine.connections.read() as connection:
            connection.execute(*question).fetchall()


class BareElastic:
    """The very bodies that our layer sends, sent by the client; writing by the client's own bulk helper."""

    def __init__(self, search: Search) -> None:
        self._search = search
        self._engine = cast(ElasticEngine, search.engine)
        self._index = self._engine.names.alias("offers") + "-bare"
        declared = schema("offers")
        body = elastic_bodies.index(declared, analysis_version="", created_at="")
        self._engine.client.options(request_timeout=30).indices.create(index=self._index, **body)

    def write(self, entries: Sequence[Entry]) -> None:
        """Bodies as they are, five hundred a request."""
        write_with_helper(self._engine.client, self._index, [elastic_bodies.source(entry, 0) for entry in entries])

    def question(self, request: FindRequest) -> Any:
        """The body of the search, and the ids whose documents are read for the page."""
        result, _spent = find_parts(self._engine, request)
        asked = ask(request.text, request.lang, self._engine.statistics(request.collection))
        return elastic_bodies.select(selection_of(request, asked)), [hit.id for hit in result.hits]

    def ask(self, question: Any) -> None:
        """Both requests of a page."""
        body, ids = question
        index = self._engine.names.alias("offers")
        self._engine.client.search(index=index, body=body)
        if ids:
            self._engine.client.mget(index=index, ids=ids, source_includes=["document", "deleted"])
