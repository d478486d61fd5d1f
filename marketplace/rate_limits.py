"""Rate limits kept in the database: every worker and every machine counts together.

In-memory counters let four workers pass four times the limit.
"""

from __future__ import annotations

import time
from typing import Any, ClassVar

import sqlalchemy as sa
from flask import current_app
from limits import parse
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.errors import TooMany
from marketplace.extensions import db, upserting


class RateCounter(db.Model):
    """How often a key was hit in the window that ends at `expires_at` (seconds since 1970)."""

    __tablename__ = "rate_counters"

    key: Mapped[str] = mapped_column(sa.String(300), primary_key=True)
    hits: Mapped[int] = mapped_column()
    expires_at: Mapped[float] = mapped_column(sa.Float, index=True)


class TableStorage(Storage):
    """A storage of the `limits` library over the table `rate_counters`.

    It writes on a connection of its own: a hit counts even where the action it guards is undone.
    """

    STORAGE_SCHEME: ClassVar[list[str]] = ["table"]

    def __init__(self, uri: str = "table://", wrap_exceptions: bool = False, **options: Any) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions, **options)

    @property
    def base_exceptions(self) -> type[Exception]:
        return sa.exc.SQLAlchemyError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        now = time.time()
        with db.engine.connect().execution_options(write=True) as connection, connection.begin():
            over = RateCounter.expires_at <= now
            statement = (
                upserting(RateCounter)
                .values(key=key, hits=amount, expires_at=now + expiry)
                .on_conflict_do_update(
                    index_elements=["key"],
                    set_={
                        "hits": sa.case((over, amount), else_=RateCounter.hits + amount),
                        "expires_at": sa.case((over, now + expiry), else_=RateCounter.expires_at),
                    },
                )
                .returning(RateCounter.hits)
            )
            return int(connection.execute(statement).scalar_one())

    def get(self, key: str) -> int:
        with db.engine.connect() as connection:
            row = connection.execute(
                sa.select(RateCounter.hits).where(RateCounter.key == key, RateCounter.expires_at > time.time())
            ).first()
        return int(row[0]) if row else 0

    def get_expiry(self, key: str) -> float:
        with db.engine.connect() as connection:
            row = connection.execute(sa.select(RateCounter.expires_at).where(RateCounter.key == key)).first()
        return float(row[0]) if row else time.time()

    def check(self) -> bool:
        with db.engine.connect() as connection:
            connection.execute(sa.select(1))
        return True

    def reset(self) -> int | None:
        with db.engine.connect().execution_options(write=True) as connection, connection.begin():
            return connection.execute(sa.delete(RateCounter)).rowcount

    def clear(self, key: str) -> None:
        with db.engine.connect().execution_options(write=True) as connection, connection.begin():
            connection.execute(sa.delete(RateCounter).where(RateCounter.key == key))


def limit(key: str, rate: str) -> None:
    """Count a hit on `key` against `rate`, as "5/minute".

    Raises:
        TooMany: the rate is exceeded.
    """
    if not current_app.config["SETTINGS"].rate_limits:
        return
    # An open read would keep SQLite's writer waiting for itself on one thread.
    db.session.rollback()
    limiter = FixedWindowRateLimiter(TableStorage())
    item = parse(rate)
    if not limiter.hit(item, key):
        ends, _left = limiter.get_window_stats(item, key)[:2]
        raise TooMany(max(1, int(ends - time.time())))


def forget_expired() -> int:
    """Delete counters whose window has passed; returns how many."""
    with db.engine.connect().execution_options(write=True) as connection, connection.begin():
        return connection.execute(sa.delete(RateCounter).where(RateCounter.expires_at < time.time())).rowcount
