"""The pages of watches."""

from __future__ import annotations

from flask import Blueprint

from marketplace.watches import models  # noqa: F401

blueprint = Blueprint("watches", __name__)
