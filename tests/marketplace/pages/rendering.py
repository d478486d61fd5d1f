"""Render a piece of a template as a page would, in a chosen language."""

from __future__ import annotations

from typing import Any

from flask import Flask, render_template_string


def render(app: Flask, source: str, *, locale: str = "en", path: str = "/", **context: Any) -> str:
    """`source` with the macros of the site in reach: forms, listing, match, reasons, facets, money, paging."""
    imports = "".join(
        f'{{% import "macros/{name}.html" as {name} with context %}}'
        for name in ("forms", "listing", "match", "reasons", "facets", "money", "paging")
    )
    with app.test_request_context(path, headers={"Cookie": f"locale={locale}"}):
        return " ".join(render_template_string(imports + source, **context).split())
