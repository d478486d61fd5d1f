"""/health says that the process answers, /ready that everything behind it does."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask, jsonify

from marketplace.extensions import db
from marketplace.indexing import service as indexing
from marketplace.outbox import service as outbox
from marketplace.outbox.models import LANES

# Above this the worker is not keeping up, or there is none.
MAX_LAG = {"fast": 120.0, "heavy": 3600.0}


def install(app: Flask) -> None:
    """Add the two addresses."""

    def health():
        return jsonify(status="ok")

    def ready():
        parts = {"database": _database(), "search": _search()}
        if parts["database"]["ok"]:
            parts["lanes"] = _lanes()
        fine = all(part["ok"] for part in parts.values())
        return jsonify(status="ready" if fine else "not ready", **parts), 200 if fine else 503

    app.add_url_rule("/health", "health", health)
    app.add_url_rule("/ready", "ready", ready)


def _database() -> dict[str, object]:
    try:
        db.session.execute(sa.text("SELECT 1"))
    except sa.exc.SQLAlchemyError as error:
        db.session.rollback()
        return {"ok": False, "error": type(error).__name__}
    return {"ok": True}


def _search() -> dict[str, object]:
    try:
        status = indexing.search().status()
    except Exception as error:
        return {"ok": False, "error": type(error).__name__}
    # An index of another analysis still answers: said, and made anew by the worker, but no reason not to be ready.
    old = sorted(name for name, one in status["collections"].items() if not one["current"])
    notices = [f"the index of {name} is of another analysis or schema and is being made anew" for name in old]
    return {"ok": True, "notices": notices, "status": status}


def _lanes() -> dict[str, object]:
    lags = {lane: round(outbox.lag(lane), 1) for lane in LANES}
    return {"ok": all(lags[lane] <= MAX_LAG[lane] for lane in LANES), "lag_seconds": lags}
