"""A broken, missing or hanging engine is SearchUnavailable, in time, and nothing else."""

from __future__ import annotations

import socket
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from search import Search, SearchUnavailable, Viewer, open_search
from search.engines.base import Clause, Selection
from tests.contract import corpus


@pytest.fixture
def hanging() -> Iterator[str]:
    """The address of a server that accepts and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=50) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture
def closed() -> str:
    """An address where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"http://127.0.0.1:{server.getsockname()[1]}"


def questions(search: Search) -> list:
    demand = corpus.demand("d", {"en": "Wheelchairs"})
    return [
        lambda: search.find(corpus.request("wheelchair", facets=("kind",))),
        lambda: search.match_demand(demand, now=corpus.NOW, viewer=Viewer()),
    ]


def test_a_hanging_cluster_is_given_up_within_the_time_of_a_page(hanging: str) -> None:
    search = open_search(hanging, prefix="x", timeout=0.3)
    for question in questions(search):
        begun = time.monotonic()
        with pytest.raises(SearchUnavailable):
            question()
        assert time.monotonic() - begun < 1.5
    search.close()


def test_a_cluster_that_is_down_is_unavailable_for_every_method(closed: str) -> None:
    search = open_search(closed, prefix="x", timeout=0.3)
    others = [
        lambda: search.put("offers", [corpus.offer("one", {"en": "Chair"})]),
        lambda: search.rebuild("offers"),
        lambda: search.rollback("offers"),
        lambda: search.verify("offers", {}),
        lambda: search.status(),
        lambda: search.refresh_statistics("offers"),
        lambda: search.purge_deleted(corpus.NOW),
    ]
    for question in questions(search) + others:
        with pytest.raises(SearchUnavailable):
            question()
    search.close()


def test_a_file_that_is_no_index_is_unavailable(tmp_path: Path) -> None:
    path = tmp_path / "search.db"
    path.write_bytes(b"this is not a database, and long enough to be sure of it" * 100)
    search = open_search(f"sqlite:///{path}")
    for question in [*questions(search), lambda: search.put("offers", []), lambda: search.status()]:
        with pytest.raises(SearchUnavailable):
            question()


def test_a_folder_that_cannot_be_made_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    search = open_search(f"sqlite:///{tmp_path}/file/search.db")
    with pytest.raises(SearchUnavailable):
        search.find(corpus.request("chair"))


def test_an_embedded_search_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    search = open_search(f"sqlite:///{tmp_path}/search.db", timeout=60)
    search.put("offers", [corpus.offer(f"x{number}", {"en": f"Chair {number}"}) for number in range(3000)])
    search.close()
    hurried = open_search(f"sqlite:///{tmp_path}/search.db", timeout=0.0001)
    with pytest.raises(SearchUnavailable):
        hurried.engine.select(Selection("offers", clauses=(Clause(words=("chair",)),), facets=("kind", "places")))
    hurried.close()


def test_a_writer_does_not_keep_readers_waiting(tmp_path: Path) -> None:
    search = open_search(f"sqlite:///{tmp_path}/search.db")
    search.put("offers", [corpus.offer("one", {"en": "Chair"})])
    writer = sqlite3.connect(tmp_path / "search.db", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    other = open_search(f"sqlite:///{tmp_path}/search.db")
    begun = time.monotonic()
    assert [hit.id for hit in other.find(corpus.request("chair")).hits] == ["one"]
    assert time.monotonic() - begun < 1
    writer.execute("ROLLBACK")
    writer.close()


@pytest.mark.parametrize("url", ["postgresql://x", "search.db", ""])
def test_an_address_without_an_engine_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="no engine"):
        open_search(url)
