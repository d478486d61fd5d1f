"""An empty search over each engine, and one filled with the small corpus that the tests of finding share."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from search import Search, open_search
from tests.contract import corpus
from tests.support.parts import need

ENGINES = ["sqlite", pytest.param("elastic", marks=pytest.mark.elastic)]
# Patient: these tests are about answers, and the machine may be busy.
TIMEOUT = 30.0


def address(engine: str, folder: Path) -> tuple[str, str]:
    """Address and prefix of an engine that nobody else uses."""
    if engine == "sqlite":
        return f"sqlite:///{folder / 'search.db'}", ""
    return need("elastic"), f"contract-{secrets.token_hex(5)}"


def opened(engine: str, folder: Path) -> Iterator[Search]:
    url, prefix = address(engine, folder)
    search = open_search(url, prefix=prefix, timeout=TIMEOUT)
    yield search
    search.drop()
    search.close()


@pytest.fixture(params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def empty(engine_name: str, tmp_path: Path) -> Iterator[Search]:
    yield from opened(engine_name, tmp_path)


@pytest.fixture(scope="module", params=ENGINES)
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Search]:
    for search in opened(request.param, tmp_path_factory.mktemp("contract")):
        search.put("offers", corpus.OFFERS)
        search.put("demands", corpus.DEMANDS)
        yield search


@pytest.fixture
def found(filled: Search) -> Callable[..., list[str]]:
    """Ids found among the offers, in order."""

    def find(text: str = "", **options: object) -> list[str]:
        return [hit.id for hit in filled.find(corpus.request(text, **options)).hits]

    return find
