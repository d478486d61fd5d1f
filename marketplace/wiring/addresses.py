"""Ids in addresses."""

from __future__ import annotations

from flask import Flask
from werkzeug.routing import IntegerConverter


class RowId(IntegerConverter):
    """`<int:...>` in a rule: the id of a row, in as many digits as every database can look up.

    A longer number is no row's id, hence no page: asked for it, SQLite raises an overflow and Python refuses to
    read it from 4,300 digits on.
    """

    regex = "[0-9]{1,18}"


def install(app: Flask) -> None:
    """Use it in every rule; to be called before the rooms add theirs."""
    app.url_map.converters["int"] = RowId
