"""What rooms above show on an event's page: sessions, offers, demands."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, current_app
from markupsafe import Markup

from marketplace.actor import Actor
from marketplace.events.models import Event

Panel = Callable[[Event, Actor], str]


def register_panel(app: Flask, place: str, panel: Panel) -> None:
    """Have `panel` asked for a piece of a page: `place` is "public" (the event's page) or "organiser"."""
    app.extensions.setdefault("event_panels", {}).setdefault(place, []).append(panel)


def render(place: str, event: Event, actor: Actor) -> list[Markup]:
    """The pieces for one page. A panel renders a template, so what it returns is already safe."""
    pieces = (panel(event, actor) for panel in current_app.extensions.get("event_panels", {}).get(place, []))
    return [Markup(piece) for piece in pieces if piece]  # noqa: S704 - panels return rendered templates
