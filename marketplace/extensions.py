"""Flask extensions, made once and tied to the application in the wiring."""

from __future__ import annotations

import sqlite3
from typing import Any

import sqlalchemy as sa
from flask_babel import Babel
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase

# Named before the first migration: a constraint without a name cannot be changed on SQLite.
NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Model(DeclarativeBase):
    metadata = sa.MetaData(naming_convention=NAMES)


db = SQLAlchemy(model_class=Model)
migrate = Migrate()
babel = Babel()
csrf = CSRFProtect()
login_manager = LoginManager()


@sa.event.listens_for(sa.Engine, "connect")
def prepare_connection(connection: Any, _record: Any) -> None:
    """Let SQLite keep its promises: foreign keys, write-ahead log, patience, and no transactions of its own."""
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # the driver must not begin for us: see begin_transaction
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=20000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@sa.event.listens_for(sa.Engine, "begin")
def begin_transaction(connection: sa.Connection) -> None:
    """Begin on SQLite: at once for writing where the connection says so, else deferred.

    A deferred transaction that reads first and writes later fails on a stale snapshot; immediate ones
    everywhere would make readers queue.
    """
    if connection.dialect.name == "sqlite":
        immediate = connection.get_execution_options().get("write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def upserting(model: Any) -> Any:
    """An INSERT of the database in use, which knows `on_conflict_do_nothing` and `on_conflict_do_update`."""
    dialect = postgresql if db.session.get_bind().dialect.name == "postgresql" else sqlite
    return dialect.insert(model)


def affected(statement: Any) -> int:
    """Run an INSERT, UPDATE or DELETE in the session and return how many rows it changed."""
    result = db.session.execute(statement)
    assert isinstance(result, sa.CursorResult)
    return result.rowcount
