"""Icons for templates: Bootstrap Icons, written into the page so that none needs a request or a font."""

from __future__ import annotations

import re
from functools import cache

from markupsafe import Markup

from marketplace.settings import ROOT

FOLDER = ROOT / "static" / "vendor" / "bootstrap-icons" / "icons"
_INNER = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


# Stands where a name has no file, as a kind of somebody's own may have; ours are checked by a test.
UNKNOWN = "box-seam"


def names() -> frozenset[str]:
    """The icons there are."""
    return frozenset(path.stem for path in FOLDER.glob("*.svg"))


@cache
def _shapes(name: str) -> str:
    path = FOLDER / f"{name if name in names() else UNKNOWN}.svg"
    found = _INNER.search(path.read_text(encoding="utf-8"))
    if found is None:
        raise ValueError(f"{path} is no icon")
    return re.sub(r">\s+<", "><", found.group(1).strip())


def icon_svg(name: str, label: str | None = None) -> Markup:
    """The icon as an SVG element; hidden from screen readers unless `label` says what it means."""
    shapes = Markup(_shapes(name))  # noqa: S704 - our own files
    if label:
        return Markup('<svg class="icon" viewBox="0 0 16 16" role="img" aria-label="{}">{}</svg>').format(label, shapes)
    return Markup('<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">{}</svg>').format(shapes)
