"""The organiser's page of what looks posted or registered twice."""

from __future__ import annotations

from flask import Blueprint

from marketplace.duplicates import models  # noqa: F401 - mapped with the room

blueprint = Blueprint("duplicates", __name__)
