"""A browser without pages: cookies, forms as they stand on the page, no redirects followed."""

from __future__ import annotations

import http.client
import secrets
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from http.cookiejar import CookieJar


class NoAnswer(Exception):
    """The server went away before it had answered: whether it did what was asked is unknown."""


@dataclass(frozen=True)
class Reply:
    """An answer: `location` is where a redirect leads."""

    status: int
    text: str
    location: str


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_arguments: object, **_more: object) -> None:
        return None


class _Form(HTMLParser):
    """The values of the controls of the first form whose action begins as wanted."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self._action, self._inside, self._done = action, False, False
        self.values: dict[str, str] = {}
        self._select: str | None = None
        self._textarea: str | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "form" and not self._done:
            self._inside = given.get("action", "").startswith(self._action) and given.get("method") == "post"
        if not self._inside:
            return
        name = given.get("name", "")
        if tag == "input" and name and given.get("type") not in ("file", "submit"):
            if given.get("type") not in ("checkbox", "radio") or "checked" in given:
                self.values[name] = given.get("value", "")
        elif tag == "textarea":
            self._textarea = name
            self.values[name] = ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and (self._select not in self.values or "selected" in given):
            self.values[self._select] = given.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._inside and self._textarea:
            self.values[self._textarea] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._inside:
            self._inside, self._done = False, True
        elif tag == "textarea":
            self._textarea = None
        elif tag == "select":
            self._select = None


class Client:
    """Speaks to the site at `url`; each has cookies of its own. Not for several threads at once."""

    def __init__(self, url: str, *, language: str = "en", timeout: float = 60.0) -> None:
        self._url, self._timeout = url, timeout
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(CookieJar()), _NoRedirects, urllib.request.ProxyHandler({})
        )
        self._opener.addheaders = [("Accept-Language", language)]

    def get(self, path: str) -> Reply:
        """The answer to a GET. Raises NoAnswer."""
        return self._ask(urllib.request.Request(self._url + path))

    def form(self, path: str, *, action: str = "") -> dict[str, str]:
        """What the first posting form of a page (with an action that begins so) would send as it stands.

        Raises NoAnswer, and AssertionError for a page without one.
        """
        reply = self.get(path)
        form = _Form(action)
        form.feed(reply.text)
        assert "csrf_token" in form.values, f"{reply.status} without a form: {reply.text[:2000]}"
        return form.values

    def post(self, path: str, fields: Mapping[str, str], files: Mapping[str, tuple[str, bytes]] | None = None) -> Reply:
        """The answer to a POST of fields and files (field: name and content). Raises NoAnswer."""
        if not files:
            return self._ask(urllib.request.Request(self._url + path, urllib.parse.urlencode(fields).encode()))
        boundary = secrets.token_hex(16)
        parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
                 for name, value in fields.items()]  # fmt: skip
        for name, (filename, content) in files.items():
            head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n'
            parts += [head.encode() + b"Content-Type: application/octet-stream\r\n\r\n", content, b"\r\n"]
        parts.append(f"--{boundary}--\r\n".encode())
        request = urllib.request.Request(self._url + path, b"".join(parts))
        request.add_header("Content-Type", f"multipart/form-data; boundary={boundary}")
        return self._ask(request)

    def _ask(self, request: urllib.request.Request) -> Reply:
        try:
            with self._opener.open(request, timeout=self._timeout) as answer:
                return Reply(answer.status, answer.read().decode(), "")
        except urllib.error.HTTPError as answer:
            try:
                return Reply(answer.code, answer.read().decode(), answer.headers.get("Location", ""))
            except (http.client.HTTPException, OSError) as error:
                raise NoAnswer from error
        except (http.client.HTTPException, OSError) as error:
            raise NoAnswer from error
