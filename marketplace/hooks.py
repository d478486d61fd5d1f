"""How a lower room affects a higher one: it calls a named hook, and only the wiring subscribes.

Subscribers run at once, in the caller's transaction; one that fails undoes the whole action.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import current_app

Subscriber = Callable[..., None]


def subscribe(app: Any, name: str, subscriber: Subscriber) -> None:
    """Have `subscriber` run whenever `name` is called in `app`."""
    app.extensions.setdefault("hooks", {}).setdefault(name, []).append(subscriber)


def call(name: str, **facts: Any) -> None:
    """Run what is subscribed to `name` with `facts` (ids and plain values), in the order of subscription."""
    for subscriber in current_app.extensions.get("hooks", {}).get(name, []):
        subscriber(**facts)
