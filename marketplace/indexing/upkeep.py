"""Upkeep of the index: what an older analysis, schema or encoder made is made anew while it goes on serving."""

from __future__ import annotations

from flask import current_app

from marketplace.indexing import service
from search import RebuildUnderway

JOB = "keep_index_current"


def outdated() -> tuple[str, ...]:
    """Kinds whose serving index is of another analysis or schema than this program.

    Raises:
        search.SearchUnavailable: the engine does not answer.
    """
    collections = service.search().status()["collections"]
    return tuple(kind for kind, collection in service.KINDS.items() if not collections[collection]["current"])


def keep_current() -> None:
    """Rebuild what is outdated, and make the vectors that encoders in use lack. What is there serves meanwhile."""
    for kind in outdated():
        try:
            report = service.rebuild(kind)
        except RebuildUnderway:
            continue  # somebody is at it
        current_app.logger.info("index rebuilt", extra={"kind": kind, **report})
    for kind in service.KINDS:
        made = service.learn_lacking(kind)
        if made:
            current_app.logger.info("vectors made", extra={"kind": kind, "made": made})
