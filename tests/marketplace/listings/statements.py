"""Counting SQL statements."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from marketplace.extensions import db


def statements_of(verb: Callable[[], Any]) -> tuple[Any, list[str]]:
    """What the verb returned and the statements it sent, transaction control left out."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.lstrip().upper().startswith(("BEGIN", "ROLLBACK", "COMMIT", "PRAGMA", "SAVEPOINT", "RELEASE")):
            sent.append(statement)

    engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        return verb(), sent
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
