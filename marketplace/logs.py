"""Logs as one JSON object a line, each with the request it belongs to."""

from __future__ import annotations

import logging
import sys
import time
import uuid

from flask import Flask, Response, g, has_request_context, request
from pythonjsonlogger.json import JsonFormatter

log = logging.getLogger("marketplace")


class _WithRequest(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        if has_request_context():
            record.request_id = g.get("request_id")
            record.path = request.path
        return True


def install(app: Flask, level: str) -> None:
    """Log to standard error as JSON and give each request an id, answered as X-Request-Id."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        JsonFormatter("%(asctime)s %(levelname)s %(name)s %(message)s", rename_fields={"asctime": "at"})
    )
    handler.addFilter(_WithRequest())
    log.handlers[:] = [handler]
    log.setLevel(level)
    log.propagate = False

    @app.before_request
    def begin() -> None:
        g.request_id = uuid.uuid4().hex[:16]
        g.began = time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.get("request_id", "")
        if request.endpoint not in ("static", "health"):
            took = (time.perf_counter() - g.get("began", time.perf_counter())) * 1000
            log.info(
                "request",
                extra={
                    "method": request.method,
                    "status": response.status_code,
                    "ms": round(took, 1),
                    "endpoint": request.endpoint,
                },
            )
        return response
