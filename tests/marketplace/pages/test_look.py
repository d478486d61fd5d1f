"""What holds for every template and the style sheet: policy, icons, weight, contrast."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from catalogue.kinds import all_kinds
from marketplace.pages import icons
from marketplace.settings import ROOT

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
STYLES = (ROOT / "static/css/site.css").read_text(encoding="utf-8")
SCRIPT = (ROOT / "static/js/site.js").read_text(encoding="utf-8")
TOKENS = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", STYLES))


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    channels = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_no_style_or_script_stands_in_a_page(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    found = re.findall(r'\sstyle=|\son[a-z]+="|<style|<script(?![^>]*\ssrc=)|javascript:', source)
    assert found == []


def test_every_icon_named_is_there() -> None:
    named = {kind.icon for kind in all_kinds()}
    for path in TEMPLATES:
        source = path.read_text(encoding="utf-8")
        named |= set(re.findall(r'\bicon(?:_name)?(?:\(|=)"([a-z0-9-]+)"', source))
    assert sorted(named - icons.names()) == []


def test_an_unknown_icon_is_drawn_as_a_box() -> None:
    assert icons.icon_svg("no-such-thing") == icons.icon_svg("box-seam")


def test_an_icon_is_hidden_unless_it_has_words() -> None:
    assert 'aria-hidden="true"' in icons.icon_svg("x-lg")
    assert 'role="img" aria-label="a &lt;b&gt;"' in icons.icon_svg("x-lg", "a <b>")


@pytest.mark.parametrize("path", ["/", "/offers", "/how-matching-works", "/no-such-page"])
def test_every_icon_of_a_page_is_drawn_once(client: FlaskClient, path: str) -> None:
    page = client.get(path).text
    drawn = re.findall(r'<symbol id="i-([a-z0-9-]+)"', page)
    assert set(re.findall(r'<use href="#i-([a-z0-9-]+)"/>', page)) <= set(drawn)
    assert len(drawn) == len(set(drawn)) > 0


def test_style_sheet_and_script_stay_small() -> None:
    assert len(STYLES.encode()) < 32_000
    assert len(SCRIPT.encode()) < 10_000


def test_nothing_is_loaded_from_elsewhere() -> None:
    assert re.findall(r"@import|url\(|https?://", STYLES) == []
    assert re.findall(r"https?://|eval\(|innerHTML", SCRIPT) == []


@pytest.mark.parametrize("ink", ["ink", "ink-soft", "accent", "accent-deep", "met", "unknown", "not-met"])
def test_words_have_a_contrast_of_seven_to_one(ink: str) -> None:
    own = {"met": "met-wash", "unknown": "unknown-wash", "not-met": "not-met-wash"}.get(ink, "accent-wash")
    grounds = {"white": "#ffffff", "grey": TOKENS["grey-wash"], "own": TOKENS[own]}
    assert {name: contrast(TOKENS[ink], ground) >= 7 for name, ground in grounds.items()} == {
        "white": True, "grey": True, "own": True,
    }  # fmt: skip


def test_words_on_the_accent_have_a_contrast_of_seven_to_one() -> None:
    assert contrast("#ffffff", TOKENS["accent"]) >= 7
