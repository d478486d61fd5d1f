"""Terms of the trade, in plain words and in every language."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from catalogue.kinds import all_kinds
from marketplace.pages import glossary
from marketplace.settings import ROOT

FIELDS = {field.key for kind in all_kinds() for side in ("offer", "demand") for field in kind.fields(side)}
LANGUAGES = {"zh-Hans", "zh-Hant", "en"}
USED = re.compile(r'glossary\.(?:term|hint)\("([^"]+)"')


def test_every_term_is_whole() -> None:
    for term in glossary.terms().values():
        assert set(term.name) == set(term.text) == LANGUAGES, term.key
        assert all(term.name.values()), term.key
        assert all(term.text.values()), term.key
        assert term.group in glossary.GROUPS, term.key
        assert set(term.fields) <= FIELDS, term.key
        assert set(term.see) <= set(glossary.terms()) - {term.key}, term.key


def test_every_term_that_a_page_links_is_in_the_glossary() -> None:
    used = {
        key
        for path in (ROOT / "templates").rglob("*.html")
        if path.name != "term.html"
        for key in USED.findall(path.read_text(encoding="utf-8"))
    }
    assert used, "no page explains a term"
    assert used <= set(glossary.terms())


@pytest.mark.parametrize(("locale", "lang"), [("zh-CN", "zh-Hans"), ("zh-HK", "zh-Hant"), ("en", "en")])
def test_the_page_explains_every_term_in_the_readers_language(client: FlaskClient, locale: str, lang: str) -> None:
    page = client.get("/glossary", headers={"Accept-Language": locale}).text
    for term in glossary.terms().values():
        assert f'<dt id="{term.key}"' in page
        assert f"<dfn>{term.name[lang]}</dfn>" in page
        assert term.text[lang] in page.replace("&#39;", "'")
