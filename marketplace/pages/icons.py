"""Icons for templates: Bootstrap Icons, written into the page so that none needs a request or a font."""

from __future__ import annotations

import re
from functools import cache

from markupsafe import Markup

from marketplace.settings import ROOT

FOLDER = ROOT / "static" / "vendor" / "bootstrap-icons" / "icons"
_INNER = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


@cache
def _shapes(name: str) -> str:
    path = FOLDER / f"{name}.svg"
    found = _INNER.search(path.read_text(encoding="utf-8")) if path.is_file() and path.parent == FOLDER else None
    if found is None:
        raise KeyError(f"no icon {name!r} in {FOLDER}")
    return re.sub(r">\s+<", "><", found.group(1).strip())


def icon_svg(name: str, label: str | None = None) -> Markup:
    """The icon as an SVG element; hidden from screen readers unless `label` says what it means.

    Raises KeyError when its file is not in the folder.
    """
    shapes = Markup(_shapes(name))  # noqa: S704 - our own files
    if label:
        return Markup('<svg class="icon" viewBox="0 0 16 16" role="img" aria-label="{}">{}</svg>').format(label, shapes)
    return Markup('<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">{}</svg>').format(shapes)
