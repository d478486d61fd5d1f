"""Fetch one of the site's own files as its reader would: the same address, the same policy, whatever room it is of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import current_app, request
from werkzeug.http import parse_options_header

from marketplace.accounts.models import User
from marketplace.errors import NotFound
from marketplace.extensions import db

FLAG = "marketplace.inner"
# A page that shows pages would go round in circles.
OWN = ("/view/", "/pass/", "/m/")


@dataclass(frozen=True)
class Fetched:
    """What an address answered: `location` where it leads elsewhere, else the file."""

    status: int
    media_type: str
    content: bytes
    name: str
    location: str = ""


def fetch(
    path: str, *, user_id: int | None = None, organisation_id: int | None = None, as_reader: bool = False
) -> Fetched:
    """Ask the site itself for `path`: `as_reader` with the cookies of this request, else as that user.

    Raises NotFound for the pages that show files themselves, and for a user who is no more.
    """
    if not path.startswith("/") or path.startswith(("//", *OWN)):
        raise NotFound
    environ: dict[str, Any] = {FLAG: True, "REMOTE_ADDR": request.remote_addr or ""}
    headers = {"Accept-Language": request.headers.get("Accept-Language", ""), "User-Agent": "own page"}
    if as_reader:
        headers["Cookie"] = request.headers.get("Cookie", "")
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    with app.app_context():
        if user_id is not None:
            user = db.session.get(User, user_id)
            if user is None:
                raise NotFound
            user.chosen_organisation_id = organisation_id
            environ["marketplace.user"] = user
        with app.test_request_context(path, base_url=request.host_url, headers=headers, environ_overrides=environ):
            # Read out of the address once more by now: "%76iew" is such a page, too.
            if request.path.startswith(("//", *OWN)):
                raise NotFound
            response = app.full_dispatch_request()
            response.direct_passthrough = False
            _disposition, options = parse_options_header(response.headers.get("Content-Disposition"))
            found = Fetched(response.status_code, response.mimetype or "", response.get_data(),
                            options.get("filename") or path.partition("?")[0].rsplit("/", 1)[-1],
                            response.headers.get("Location", ""))
            response.close()
    return found
