"""A server on this machine that takes messages as the chat services do, keeps them, and answers as it is told."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

FINE = {
    "qyapi.weixin.qq.com": {"errcode": 0, "errmsg": "ok"},
    "oapi.dingtalk.com": {"errcode": 0, "errmsg": "ok"},
    "open.feishu.cn": {"code": 0, "msg": "success", "data": {}, "StatusCode": 0, "StatusMessage": "success"},
    "open.larksuite.com": {"code": 0, "msg": "success", "data": {}},
}


@dataclass
class Message:
    """What came: the host it was meant for, path, query and body."""

    host: str
    path: str
    query: dict[str, str]
    body: dict[str, Any]


@dataclass
class Chat:
    """`answers`: (status, JSON) for the next messages; after them all is fine."""

    address: str
    came: list[Message] = field(default_factory=list)
    answers: list[tuple[int, Any]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)


@contextmanager
def chat_server() -> Iterator[Chat]:
    """The server, on a free port, until the end."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            parts = urlsplit(self.path)
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            chat.came.append(Message(self.headers["Host"], parts.path, query, body))
            status, said = chat.answers.pop(0) if chat.answers else (200, FINE[self.headers["Host"]])
            data = said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response(status)
            for name, value in chat.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_arguments: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    chat = Chat(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield chat
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
