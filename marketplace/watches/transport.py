"""Send to a webhook: https to the services' own hosts alone, no redirect followed, no private address spoken to."""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from urllib.parse import urlsplit

from flask import current_app

from marketplace.watches.webhooks import SERVICES

SECONDS = 10.0
# An answer is a few words of JSON; more is not read.
LARGEST_ANSWER = 64 * 1024


class Unreachable(RuntimeError):
    """No answer came: no name, no connection, no time, or an address that nobody should be led to."""


class _Vetted(http.client.HTTPSConnection):
    """A connection to a name that is looked up once, and to none of whose addresses that are not public."""

    def connect(self) -> None:
        self.sock = ssl.create_default_context().wrap_socket(_open(self.host, self.port), server_hostname=self.host)


def public_addresses(host: str, port: int) -> list[str]:
    """The public addresses of a host. Raises Unreachable when any of its addresses is not public."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable(f"no address: {type(error).__name__}") from error
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses or not all(ipaddress.ip_address(one).is_global for one in addresses):
        raise Unreachable("not a public address")
    return addresses


def _open(host: str, port: int) -> socket.socket:
    failure: OSError | None = None
    for address in public_addresses(host, port):
        try:
            return socket.create_connection((address, port), timeout=SECONDS)
        except OSError as error:
            failure = error
    raise Unreachable(f"no connection: {type(failure).__name__}")


def post(address: str, body: bytes) -> tuple[int, bytes]:
    """(status, beginning of the answer) of a POST of JSON.

    Raises Unreachable; ValueError for an address that is none of the services'.
    """
    parts = urlsplit(address)
    host = parts.hostname or ""
    if parts.scheme != "https" or not any(host in service.hosts for service in SERVICES.values()):
        raise ValueError("not the address of a robot")
    connection = _connection(host, parts.port or 443)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    headers = {"Content-Type": "application/json; charset=utf-8", "Host": host}
    try:
        connection.request("POST", path, body=body, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read(LARGEST_ANSWER)
    except (OSError, http.client.HTTPException) as error:
        raise Unreachable(f"no answer: {type(error).__name__}") from error
    finally:
        connection.close()


def _connection(host: str, port: int) -> http.client.HTTPConnection:
    """To the host; where the settings put a server of one's own in its place (never in production), to that."""
    stand_in = current_app.config["SETTINGS"].robot_stand_in
    if stand_in:
        parts = urlsplit(stand_in)
        return http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=SECONDS)
    return _Vetted(host, port, timeout=SECONDS)
