"""Search engines for tests."""

from __future__ import annotations

import json
import secrets
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.parts import need


@pytest.fixture(scope="session")
def elastic_url() -> str:
    """The address of a real Elasticsearch. Others use it at the same time: name indices with `elastic_prefix`."""
    return need("elastic").rstrip("/")


def _delete_indices(url: str, prefix: str) -> None:
    with urllib.request.urlopen(
        f"{url}/_cat/indices/{prefix}*?format=json&h=index&expand_wildcards=all", timeout=30
    ) as reply:
        names = [row["index"] for row in json.load(reply)]
    for name in names:  # by name: clusters may forbid a wildcard here
        urllib.request.urlopen(urllib.request.Request(f"{url}/{name}", method="DELETE"), timeout=30).close()


@pytest.fixture
def elastic_prefix(elastic_url: str) -> Iterator[str]:
    """A prefix for index names that no other test has; its indices are deleted after the test."""
    prefix = f"test-{secrets.token_hex(6)}"
    yield prefix
    _delete_indices(elastic_url, prefix)


@pytest.fixture
def embedded_search_url(tmp_path: Path) -> str:
    """The address of an embedded index for this test alone; its file does not exist yet."""
    return f"sqlite:///{tmp_path / 'search.db'}"
