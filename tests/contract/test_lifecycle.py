"""An index is rebuilt, swapped and rolled back while other processes write, and ends exactly as the facts are."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from search import RebuildUnderway, Search, VerifyFailed, open_search, tombstone
from search.text import ANALYSIS_VERSION
from tests.contract import corpus
from tests.contract.conftest import TIMEOUT, address
from tests.contract.writers import Facts

ROOT = Path(__file__).parents[2]
WORDS = ("wheelchair", "bed", "hoist")


class Site:
    """An index, the facts behind it, and processes that change both."""

    def __init__(self, engine: str, folder: Path) -> None:
        self.url, self.prefix = address(engine, folder)
        self.search = open_search(self.url, prefix=self.prefix, timeout=TIMEOUT)
        self.database = folder / "facts.db"
        self.facts = Facts(self.database)
        self.facts.create()

    @contextmanager
    def writers(self, number: int = 2) -> Iterator[None]:
        command = [sys.executable, "-m", "tests.contract.writers", self.url, self.prefix, str(self.database)]
        running = [
            subprocess.Popen([*command, str(seed)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            for seed in range(number)
        ]
        for process in running:
            assert process.stdout is not None
            assert process.stdout.readline() == "writing\n"
        try:
            yield
        finally:
            for process in running:
                process.communicate(input="", timeout=60)
        assert [process.returncode for process in running] == [0] * number

    def wait_for_changes(self, number: int = 8) -> None:
        """Returns when others have changed so much more."""
        wanted, deadline = self.facts.changes() + number, time.monotonic() + 60
        while self.facts.changes() < wanted:
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def assert_exact(self) -> None:
        """The index holds every listing under its last revision, and finds by its words exactly what it should."""
        report = self.search.verify("offers", self.facts.expected())
        assert report.ok, report
        held = {item.id: item.revision for item in self.search.engine.held("offers")}
        assert held == self.facts.expected()
        for word in WORDS:
            hits = self.search.find(corpus.request(word, size=100)).hits
            assert sorted(hit.id for hit in hits) == self.facts.ids_with(word)


@pytest.fixture
def site(engine_name: str, tmp_path: Path) -> Iterator[Site]:
    site = Site(engine_name, tmp_path)
    site.search.put("offers", site.facts.documents())
    yield site
    site.search.drop()
    site.search.close()


def test_rebuilt_while_processes_write_it_ends_exactly_as_the_facts(site: Site) -> None:
    with site.writers(), site.search.rebuild("offers") as new:
        documents = site.facts.documents()
        for start in range(0, len(documents), 10):
            site.wait_for_changes()  # some of what was read above is stale by now
            new.put(documents[start : start + 10])
        new.verify(site.facts.expected())
        new.swap()
        site.wait_for_changes()
    site.assert_exact()
    assert roles(site.search) == ["live", "previous"]


def test_rolled_back_while_processes_write_it_ends_exactly_as_the_facts(site: Site) -> None:
    with site.search.rebuild("offers") as new:
        new.put(site.facts.documents())
        new.swap()
    first = site.search.status()["collections"]["offers"]["indexes"]
    with site.writers():
        site.wait_for_changes(30)
        site.search.rollback("offers")
        site.wait_for_changes()
    site.assert_exact()
    second = site.search.status()["collections"]["offers"]["indexes"]
    assert [index["name"] for index in second] == [index["name"] for index in reversed(first)]


def test_an_abandoned_rebuild_leaves_the_serving_index_alone(site: Site) -> None:
    with site.writers():
        with site.search.rebuild("offers") as new:
            new.put(site.facts.documents()[:50])
            site.wait_for_changes()
        with pytest.raises(ZeroDivisionError), site.search.rebuild("offers"):
            raise ZeroDivisionError
    site.assert_exact()
    assert roles(site.search) == ["live"]


def roles(search: Search) -> list[str]:
    return [index["role"] for index in search.status()["collections"]["offers"]["indexes"]]


def test_only_one_rebuild_at_a_time(empty: Search) -> None:
    with empty.rebuild("offers"):
        with pytest.raises(RebuildUnderway):
            empty.rebuild("offers")
        assert roles(empty) == ["live", "next"]
    with empty.rebuild("demands"), empty.rebuild("offers"):
        pass
    assert roles(empty) == ["live"]


def test_an_index_that_does_not_hold_what_it_should_is_not_verified(empty: Search) -> None:
    empty.put("offers", [corpus.offer("one", {"en": "Chair"}, revision=2)])
    with empty.rebuild("offers") as new:
        with pytest.raises(VerifyFailed) as failed:
            new.verify({"one": 2}, patience=0.1)
        assert failed.value.report.missing == 1
        new.put([corpus.offer("one", {"en": "Chair"}, revision=2)])
        assert new.verify({"one": 2}).ok
        new.swap()
    assert empty.find(corpus.request("chair")).total == 1


def test_while_it_is_built_writes_go_to_both_and_reads_to_the_old(empty: Search) -> None:
    empty.put("offers", [corpus.offer("old", {"en": "Old chair"})])
    with empty.rebuild("offers") as new:
        empty.put("offers", [corpus.offer("both", {"en": "New chair"}), tombstone(id="old", revision=2)])
        assert {item.id: item.deleted for item in empty.engine.held("offers", "next")} == {"both": False, "old": True}
        assert new.put([corpus.offer("old", {"en": "Old chair"})]).refused == 1
        new.put([corpus.offer("only", {"en": "Only chair"})])
        assert [hit.id for hit in empty.find(corpus.request("chair")).hits] == ["both"]
        new.swap()
    assert sorted(hit.id for hit in empty.find(corpus.request("chair")).hits) == ["both", "only"]


def test_without_an_earlier_index_there_is_nothing_to_roll_back_to(empty: Search) -> None:
    with pytest.raises(LookupError):
        empty.rollback("offers")
    assert roles(empty) == ["live"]


def test_status_says_what_serves_and_whether_it_is_of_this_analysis(empty: Search) -> None:
    empty.put("offers", [corpus.offer("one", {"en": "Chair"}), tombstone(id="two", revision=1)])
    status = empty.status()["collections"]["offers"]
    (index,) = status["indexes"]
    assert (status["documents"], status["deleted"], status["current"]) == (1, 1, True)
    assert (index["role"], index["analysis_version"]) == ("live", ANALYSIS_VERSION)
    assert status["statistics"]["documents"] == 1
