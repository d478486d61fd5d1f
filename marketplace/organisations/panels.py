"""What rooms above show on an organisation's page: its offers, its demands."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, current_app
from markupsafe import Markup

from marketplace.actor import Actor

# Given the organisation's id and who looks: a piece of the page, or "" when there is nothing to show.
Panel = Callable[[int, Actor], str]


def register_panel(app: Flask, panel: Panel) -> None:
    """Have `panel` asked for a piece of every organisation's page; pieces stand in the order of registration."""
    app.extensions.setdefault("organisation_panels", []).append(panel)


def render(organisation_id: int, actor: Actor) -> list[Markup]:
    """The pieces for one page. A panel renders a template, so what it returns is already safe."""
    pieces = (panel(organisation_id, actor) for panel in current_app.extensions.get("organisation_panels", []))
    return [Markup(piece) for piece in pieces if piece]  # noqa: S704 - panels return rendered templates
