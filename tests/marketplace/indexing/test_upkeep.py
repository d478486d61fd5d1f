"""An index of another analysis is said, goes on serving, and is made anew in the background; so are vectors."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.indexing import service as indexing
from marketplace.indexing import upkeep
from search.semantic import installed
from tests.marketplace import factories as make


@pytest.fixture
def offer(app: Flask):
    _supplier, actor = make.make_organisation(kind="supplier")
    made = make.make_offer(actor, content=make.offer_content("Electric nursing bed"))
    make.run_jobs()
    return made


def age(app: Flask) -> None:
    """Makes the serving index one of an older program."""
    engine = indexing.search().engine
    with engine.connections.write() as connection:
        connection.execute("UPDATE indexes SET analysis_version = 'older' WHERE collection = 'offers'")


def test_an_old_index_is_said_serves_on_and_is_rebuilt(app: Flask, client: FlaskClient, offer) -> None:
    assert client.get("/ready").json["search"]["notices"] == []
    age(app)
    answer = client.get("/ready").json["search"]
    assert answer["ok"] is True
    assert answer["notices"] == ["the index of offers is of another analysis or schema and is being made anew"]
    assert f'href="/offers/{offer.id}"' in client.get("/offers", query_string={"q": "nursing bed"}).text
    assert upkeep.outdated() == ("offer",)
    upkeep.keep_current()
    assert upkeep.outdated() == ()
    assert client.get("/ready").json["search"]["notices"] == []
    assert f'href="/offers/{offer.id}"' in client.get("/offers", query_string={"q": "nursing bed"}).text


def test_a_rebuild_of_somebody_else_is_left_to_them(app: Flask, offer) -> None:
    age(app)
    with indexing.search().rebuild("offers"):
        upkeep.keep_current()
        assert upkeep.outdated() == ("offer",)


@pytest.mark.skipif("use" not in installed(), reason="the extra `semantic` is not installed")
def test_vectors_that_a_new_encoder_lacks_are_made(app: Flask, offer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEARCH_SEMANTIC", "use")
    ids = [str(offer.id)]
    assert indexing.search().lacks_vectors("offers", ids)
    upkeep.keep_current()
    assert not indexing.search().lacks_vectors("offers", ids)
    assert indexing.learn_lacking("offer") == 0
