"""What a draft looks like that is published already: asked of a room above before it is published."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app

from marketplace.actor import Actor
from marketplace.listings.content import Content


@dataclass(frozen=True)
class Lookalike:
    """A published listing. `title`, `names` (of its organisation): by language; `why`: "model" or "title"."""

    id: int
    title: dict[str, str]
    lang: str | None
    why: str
    names: dict[str, str]
    is_own: bool


# Given the desk's name, the listing, its organisation, the content and who looks.
Finder = Callable[[str, Any, Any, Content, Actor], list[Lookalike]]


def fill(app: Flask, finder: Finder) -> None:
    """Have `finder` asked."""
    app.extensions["lookalikes"] = finder


def find(name: str, listing: Any, owner: Any, content: Content, actor: Actor) -> list[Lookalike]:
    """What looks the same, as the actor may know it; nothing where no room says."""
    finder: Finder | None = current_app.extensions.get("lookalikes")
    return [] if finder is None else finder(name, listing, owner, content, actor)
