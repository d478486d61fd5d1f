"""The room's addresses hang here."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("messages", __name__)
