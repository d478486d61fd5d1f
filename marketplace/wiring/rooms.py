"""Which rooms there are, and which room's hook another room listens to."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from flask import Flask

ROOMS = (
    "accounts",
    "organisations",
    "moderation",
    "notifications",
    "files",
    "rates",
    "events",
    "offers",
    "demands",
    "matches",
    "messages",
    "questions",
    "matchmaking",
    "outreach",
    "floor",
    "watches",
    "reading",
    "insights",
    "duplicates",
    "learning",
    "pages",
    "browse",
    "desk",
)


def install(app: Flask) -> None:
    """Register every room's addresses, commands and subscriptions."""
    for room in ROOMS:
        if find_spec(f"marketplace.{room}") and find_spec(f"marketplace.{room}.views"):
            app.register_blueprint(import_module(f"marketplace.{room}.views").blueprint)
