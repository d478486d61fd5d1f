"""What an address may hold."""

from __future__ import annotations

from flask import Flask, abort, request
from werkzeug.routing import IntegerConverter


class RowId(IntegerConverter):
    """`<int:...>` in a rule: the id of a row, in as many digits as every database can look up.

    A longer number is no row's id, hence no page: asked for it, SQLite raises an overflow and Python refuses to
    read it from 4,300 digits on.
    """

    regex = "[0-9]{1,18}"


def install(app: Flask) -> None:
    """Use it in every rule, and refuse what no address holds; to be called before the rooms add theirs."""
    app.url_map.converters["int"] = RowId
    app.before_request(_refuse_nul)


def _refuse_nul() -> None:
    """PostgreSQL cannot even look for a text with a NUL: no page has one in its address."""
    if "\x00" in request.path:
        abort(404)
