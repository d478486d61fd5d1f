"""The block of what is close in meaning: below what the words found, marked, uncounted, only with an encoder."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from search.semantic import installed
from search.semantic.encoders import encoder
from tests.marketplace import factories as make

BLOCK = 'id="close-in-meaning"'


@pytest.fixture
def offer(app: Flask):
    _supplier, actor = make.make_organisation(kind="supplier")
    made = make.make_offer(actor, content=make.offer_content("Electric nursing bed"))
    make.make_offer(actor, publish=False, content=make.offer_content("Secret electric nursing bed"))
    return made


def test_without_an_encoder_there_is_no_block(client: FlaskClient, offer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEARCH_SEMANTIC", "off")
    make.run_jobs()
    assert BLOCK not in client.get("/offers", query_string={"q": "somewhere to sleep"}).text


@pytest.mark.skipif("use" not in installed(), reason="the extra `semantic` is not installed")
def test_what_the_words_do_not_find_stands_in_the_block(
    client: FlaskClient, offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEARCH_SEMANTIC", "use")
    encoder("use").load()
    make.run_jobs()
    page = client.get("/offers", query_string={"q": "somewhere comfortable to sleep"}).text
    assert "Nothing was found" in page
    above, _mark, below = page.partition(BLOCK)
    assert f'href="/offers/{offer.id}"' in below
    assert f'href="/offers/{offer.id}"' not in above
    assert "Secret" not in page
    page = client.get("/offers", query_string={"q": "nursing bed"}).text
    assert f'href="/offers/{offer.id}"' in page.partition(BLOCK)[0]
    assert BLOCK not in page  # nothing else is there
