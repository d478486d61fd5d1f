"""The pages of readings."""

from __future__ import annotations

from flask import Blueprint

from marketplace.reading import models  # noqa: F401 - the table

blueprint = Blueprint("reading", __name__)
