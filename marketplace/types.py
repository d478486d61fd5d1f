"""Column types that mean the same on SQLite and PostgreSQL."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

# SQLite numbers rows by itself only in a column declared INTEGER.
BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


class UTCDateTime(TypeDecorator[datetime]):
    """A moment: aware going in, aware in UTC coming out, on both databases.

    Raises ValueError for a naive time, since nobody could say which moment it means.
    """

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without its zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class JSONValue(TypeDecorator[Any]):
    """Any JSON value. Nothing inside it is ever asked for in SQL: the two databases differ there."""

    impl = sa.JSON(none_as_null=True)
    cache_ok = True


class FoldedText(TypeDecorator[str]):
    """Text kept in its folded form (`fold_key`), for a unique twin beside what was written."""

    impl = sa.String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        # Folding may lengthen a text (one ligature of Arabic becomes eighteen letters): PostgreSQL refuses what
        # is longer than its column.
        return None if value is None else fold_key(value)[: self.impl.length]


def fold_key(text: str) -> str:
    """`text` as a key: NFKC, case folded, white space collapsed and trimmed."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


@dataclass(frozen=True)
class Money:
    """An amount in whole minor units of an ISO 4217 currency."""

    minor: int
    currency: str

    @classmethod
    def from_json(cls, value: dict[str, Any] | None) -> Money | None:
        return None if value is None else cls(int(value["minor"]), str(value["currency"]))

    def as_json(self) -> dict[str, Any]:
        return {"minor": self.minor, "currency": self.currency}


def primary_key() -> Mapped[int]:
    """A whole number that the database gives."""
    return mapped_column(BigId, primary_key=True, autoincrement=True)
