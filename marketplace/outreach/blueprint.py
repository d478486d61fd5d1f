"""One blueprint for the pages of this room."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("outreach", __name__)
