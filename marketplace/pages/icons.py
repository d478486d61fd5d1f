"""Icons for templates: Bootstrap Icons, drawn once at the end of a page so that none needs a request or a font."""

from __future__ import annotations

import re
from functools import cache

from flask import has_request_context, request
from markupsafe import Markup

from marketplace.settings import ROOT

FOLDER = ROOT / "static" / "vendor" / "bootstrap-icons" / "icons"
_INNER = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


# Stands where a name has no file, as a kind of somebody's own may have; ours are checked by a test.
UNKNOWN = "box-seam"
_USED = "marketplace.icons"
_REFERRED = re.compile(r'<use href="#i-([a-z0-9-]+)"')


@cache
def names() -> frozenset[str]:
    """The icons there are."""
    return frozenset(path.stem for path in FOLDER.glob("*.svg"))


@cache
def _shapes(name: str) -> str:
    path = FOLDER / f"{name}.svg"
    found = _INNER.search(path.read_text(encoding="utf-8"))
    if found is None:
        raise ValueError(f"{path} is no icon")
    return re.sub(r">\s+<", "><", found.group(1).strip())


def icon_svg(name: str, label: str | None = None) -> Markup:
    """The icon as an SVG element; hidden from screen readers unless `label` says what it means.

    It points to a symbol that `icon_symbols` draws once for the whole page.
    """
    if name not in names():
        name = UNKNOWN
    if has_request_context():
        request.environ.setdefault(_USED, {})[name] = True
    use = Markup('<use href="#i-{}"/></svg>').format(name)
    if label:
        return Markup('<svg class="icon" viewBox="0 0 16 16" role="img" aria-label="{}">{}').format(label, use)
    return Markup('<svg class="icon" viewBox="0 0 16 16" aria-hidden="true">{}').format(use)


def use_icons_of(html: str) -> None:
    """Have the shapes drawn of all icons in mark-up that was made for an earlier page."""
    request.environ.setdefault(_USED, {}).update(dict.fromkeys(_REFERRED.findall(html), True))


def icon_symbols() -> Markup:
    """The shapes of every icon that this page has used so far; stands at its end."""
    used = request.environ.get(_USED, {})
    drawn = "".join(f'<symbol id="i-{name}" viewBox="0 0 16 16">{_shapes(name)}</symbol>' for name in used)
    return Markup(f'<svg class="d-none" aria-hidden="true">{drawn}</svg>') if drawn else Markup("")  # noqa: S704 - our files
