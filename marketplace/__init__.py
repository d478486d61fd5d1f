"""The Flask application of the marketplace. `create_app` is the one door."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from marketplace.settings import Settings


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application from `settings`, or from the environment when none are given.

    Raises:
        UnsafeSettings: a setting is missing or unsafe for the environment it names.
    """
    # Imported here: both stand above this package's other rooms, which are imported through it.
    from marketplace.cli import commands
    from marketplace.wiring.application import build

    app = build(settings)
    commands.install(app)
    return app
