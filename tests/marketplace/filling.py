"""Rows for every table of a database, whatever its tables are, made from the schema that the database itself tells."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

ROWS = 3
FIRST_DAY = date(2026, 3, 1)
# What a column of this name holds where any value will not do for a migration that reads it.
KNOWN = {
    "content": {
        "kind": "equipment",
        "lang": "en",
        "texts": {"title": {"en": "Electric nursing bed"}, "summary": {"en": "Side rails, 200 kg."}},
        "facts": {"serves": ["HK"], "load_kg": 200},
    },
    "names": {"en": "An organisation", "zh-Hant": "一個機構"},
}
Row = dict[str, Any]


def reflect(engine: sa.Engine) -> sa.MetaData:
    """The tables that stand in the database, Alembic's own aside."""
    metadata = sa.MetaData()
    metadata.reflect(engine)
    version = metadata.tables.get("alembic_version")
    if version is not None:
        metadata.remove(version)
    return metadata


def fill(engine: sa.Engine) -> None:
    """Write `ROWS` rows into every table with every column filled; the n-th row points to the n-th row elsewhere."""
    metadata = reflect(engine)
    made: dict[str, list[Row]] = {}
    later: list[tuple[sa.Table, sa.Column[Any]]] = []
    with engine.begin() as connection:
        for table in _parents_first(metadata):
            inspector = sa.inspect(connection)
            checks = [check["sqltext"] for check in inspector.get_check_constraints(table.name)]
            choices, numbers = _choices(checks), _numbers(checks)
            waiting = [column for column in table.columns if _parents(column) - made.keys()]
            later += [(table, column) for column in waiting]
            columns = [column for column in table.columns if column not in waiting and not _given(column)]
            made[table.name] = [
                _insert(connection, table, {
                    c.name: numbers[c.name][number] if c.name in numbers else _value(c, number, made, choices)
                    for c in columns
                })
                for number in range(ROWS)
            ]
        for table, column in later:
            _point(connection, table, column, made)


def rows_of(engine: sa.Engine) -> dict[str, dict[tuple[Any, ...], Row]]:
    """Everything in the database: table, primary key, row."""
    with engine.connect() as connection:
        return {
            table.name: {
                tuple(row[column.name] for column in table.primary_key): dict(row)
                for row in connection.execute(sa.select(table)).mappings()
            }
            for table in reflect(engine).tables.values()
        }


def pointing_nowhere(engine: sa.Engine) -> list[str]:
    """The foreign keys that hold a value which no row of the table they name has."""
    found = []
    with engine.connect() as connection:
        for table in reflect(engine).tables.values():
            for key in table.foreign_keys:
                parent = key.column.table.alias("parent")
                found += [
                    f"{table.name}.{key.parent.name} = {value}"
                    for value in connection.scalars(
                        sa.select(key.parent)
                        .outerjoin(parent, parent.c[key.column.name] == key.parent)
                        .where(key.parent.is_not(None), parent.c[key.column.name].is_(None))
                    )
                ]
    return found


def _parents(column: sa.Column[Any]) -> set[str]:
    return {key.column.table.name for key in column.foreign_keys}


def _parents_first(metadata: sa.MetaData) -> list[sa.Table]:
    """Each table after those it points to; in a circle, after those it must point to, the others filled in later."""
    left = dict(sorted(metadata.tables.items()))
    ordered: list[sa.Table] = []
    while left:

        def waits(table: sa.Table, *, for_all: bool) -> bool:
            return any((_parents(c) - {table.name}) & left.keys() for c in table.columns if for_all or not c.nullable)

        ready = [table for table in left.values() if not waits(table, for_all=True)]
        ready = ready or [table for table in left.values() if not waits(table, for_all=False)][:1]
        assert ready, f"tables that must point to each other: {sorted(left)}"
        ordered += ready
        for table in ready:
            del left[table.name]
    return ordered


def _given(column: sa.Column[Any]) -> bool:
    """Whether the database numbers the rows in this column."""
    only_key = [c.name for c in column.table.primary_key] == [column.name]
    return only_key and isinstance(column.type, sa.Integer) and not column.foreign_keys


def _choices(checks: list[str]) -> dict[str, str]:
    """The first allowed word of each column whose check lists some."""
    return {
        match[1]: match[2]
        for text in checks
        if (match := re.search(r"(\w+)\W*(?:::\w+\s*)?(?:IN|= ANY)[^']*'([^']*)'", text))
    }


def _numbers(checks: list[str]) -> dict[str, list[int]]:
    """The allowed numbers of each column whose check lists some; at least `ROWS` of them."""
    return {
        match[1]: [int(number) for number in match[2].split(",")]
        for text in checks
        if (match := re.search(r"(\w+)\W*(?:IN|= ANY)\s*\(+(?:ARRAY\[)?([\d, ]+)", text))
    }


def _value(column: sa.Column[Any], number: int, made: dict[str, list[Row]], choices: dict[str, str]) -> Any:
    for key in column.foreign_keys:
        return made[key.column.table.name][number][key.column.name]
    if column.name in choices:
        return choices[column.name]
    kind = column.type
    # What ends must end after it begins.
    day = FIRST_DAY + timedelta(days=number + 100 * column.name.startswith(("end", "close", "expire", "until")))
    if isinstance(kind, sa.Boolean):
        return True
    if isinstance(kind, sa.Integer):
        return number + 1
    if isinstance(kind, sa.Float | sa.Numeric):
        return number + 0.5
    if isinstance(kind, sa.DateTime):
        moment = datetime(day.year, day.month, day.day, 9, 30, tzinfo=UTC)
        return moment if kind.timezone else moment.replace(tzinfo=None)
    if isinstance(kind, sa.Date):
        return day
    if isinstance(kind, sa.JSON):
        return KNOWN.get(column.name, {"row": number})
    if isinstance(kind, sa.String):
        return f"{number} of {column.table.name}.{column.name}"[: kind.length or 200]
    raise AssertionError(f"no value is known for {column.table.name}.{column.name}, a {kind}")


def _insert(connection: sa.Connection, table: sa.Table, values: Row) -> Row:
    key = connection.execute(sa.insert(table).values(values)).inserted_primary_key
    assert key is not None
    return values | dict(zip((column.name for column in table.primary_key), key, strict=True))


def _point(connection: sa.Connection, table: sa.Table, column: sa.Column[Any], made: dict[str, list[Row]]) -> None:
    [target] = {key.column for key in column.foreign_keys}
    for row, parent in zip(made[table.name], made[target.table.name], strict=True):
        one = sa.and_(*(key == row[key.name] for key in table.primary_key))
        connection.execute(sa.update(table).where(one).values({column.name: parent[target.name]}))
