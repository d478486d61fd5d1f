"""One action, one transaction: facts, audit rows and jobs are kept together or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from marketplace.extensions import db

AfterCommit = list[Callable[[], None]]


class DirtySession(RuntimeError):
    """The session holds changes that were made outside a transaction."""


@contextmanager
def transaction() -> Iterator[AfterCommit]:
    """Open a write transaction, or join the one that is open.

    What was read before is read anew inside it: the request's read ends here. Yields a list; what is
    appended runs after the commit, in order, and never undoes it.

    Raises:
        DirtySession: the session already holds changes; they would have been kept without being part of an action.
    """
    session = db.session()
    if (joined := session.info.get("after_commit")) is not None:
        yield joined
        return
    if session.new or session.dirty or session.deleted:
        raise DirtySession("changes were made outside a transaction")
    session.rollback()
    session.connection(execution_options={"write": True})
    after: AfterCommit = []
    session.info["after_commit"] = after
    try:
        yield after
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop("after_commit", None)
    for call in after:
        call()


def in_transaction() -> bool:
    """Whether an action's transaction is open."""
    return db.session().info.get("after_commit") is not None
