"""The blueprint that all pages of matches hang on."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("matches", __name__)
