"""A process that keeps writing to an index: `python -m tests.contract.writers URL PREFIX DATABASE SEED`.

The facts stand in a small database, as on the site: a change is committed there with a higher revision, then the newest
row is read and put. The process ends when its standard input is closed.
"""

from __future__ import annotations

import random
import select
import sqlite3
import sys
from pathlib import Path
from typing import Any

from search import Search, open_search, tombstone
from tests.contract import corpus

LISTINGS = 90  # a search shows at most 100 at a time


class Facts:
    """Listings with their revisions; the truth that an index must end up with."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, timeout=30, isolation_level=None)

    def create(self) -> None:
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute(
            "CREATE TABLE listing (id TEXT PRIMARY KEY, revision INTEGER, word TEXT, gone INTEGER)"
        )
        for number in range(LISTINGS):
            self._connection.execute("INSERT INTO listing VALUES (?, 1, 'wheelchair', 0)", (f"x{number:03d}",))

    def change(self, id: str, chance: random.Random) -> None:
        word, gone = chance.choice(["wheelchair", "bed", "hoist"]), chance.random() < 0.3
        self._connection.execute(
            "UPDATE listing SET revision = revision + 1, word = ?, gone = ? WHERE id = ?", (word, gone, id)
        )

    def document(self, id: str) -> dict[str, Any]:
        row = self._connection.execute("SELECT id, revision, word, gone FROM listing WHERE id = ?", (id,)).fetchone()
        return made(*row)

    def documents(self) -> list[dict[str, Any]]:
        rows = self._connection.execute("SELECT id, revision, word, gone FROM listing ORDER BY id")
        return [made(*row) for row in rows]

    def changes(self) -> int:
        """How many changes there were so far."""
        return self._connection.execute("SELECT SUM(revision) FROM listing").fetchone()[0] - LISTINGS

    def expected(self) -> dict[str, int]:
        return dict(self._connection.execute("SELECT id, revision FROM listing"))

    def ids_with(self, word: str) -> list[str]:
        rows = self._connection.execute("SELECT id FROM listing WHERE word = ? AND NOT gone ORDER BY id", (word,))
        return [id for (id,) in rows]


def made(id: str, revision: int, word: str, gone: int) -> dict[str, Any]:
    """A row as the document that is put."""
    if gone:
        return tombstone(id=id, revision=revision)
    return corpus.offer(id, {"en": f"A {word} of revision {revision}"}, revision=revision)


def put_newest(search: Search, facts: Facts, id: str) -> None:
    search.put("offers", [facts.document(id)])


def main(url: str, prefix: str, database: str, seed: str) -> None:
    search, facts, chance = open_search(url, prefix=prefix, timeout=30), Facts(Path(database)), random.Random(int(seed))
    sys.stdout.write("writing\n")
    sys.stdout.flush()
    while not select.select([sys.stdin], [], [], 0)[0]:
        id = f"x{chance.randrange(LISTINGS):03d}"
        facts.change(id, chance)
        put_newest(search, facts, id)
    search.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
