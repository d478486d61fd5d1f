"""A real HTTP server on the loopback interface that plays a gateway of text messages and keeps what it is sent."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl


class Received:
    """One request: its headers (lower case), its raw body, and what the body says."""

    def __init__(self, headers: dict[str, str], raw: bytes) -> None:
        self.headers, self.raw = headers, raw
        is_form = headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
        self.body: dict[str, Any] = dict(parse_qsl(raw.decode())) if is_form else json.loads(raw)


class Gateway:
    """`address` is host and port, `received` what came, `status` and `answer` what is answered. A context manager."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.status = 200
        self.answer: Any = {"id": "kept"}
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                headers = {name.lower(): value for name, value in self.headers.items()}
                gateway.received.append(Received(headers, raw))
                body = json.dumps(gateway.answer).encode()
                self.send_response(gateway.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                """Nothing: a test prints what it needs."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Gateway:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
