"""The embedded index with many hands on it: threads, forked children, and writers beside readers."""

from __future__ import annotations

import multiprocessing
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from search import open_search
from tests.contract import corpus


def test_threads_share_a_search(tmp_path: Path) -> None:
    search = open_search(f"sqlite:///{tmp_path}/search.db", timeout=30)

    def work(number: int) -> int:
        search.put("offers", [corpus.offer(f"x{number:02d}", {"en": "Chair"})])
        return search.find(corpus.request("chair")).total

    with ThreadPoolExecutor(8) as pool:
        totals = list(pool.map(work, range(40)))
    assert all(1 <= total <= 40 for total in totals)
    assert search.find(corpus.request("chair")).total == 40
    search.close()


def _write_and_count(address: str, first: int) -> None:
    search = open_search(address, timeout=30)
    for number in range(first, first + 10):
        search.put("offers", [corpus.offer(f"x{number:02d}", {"en": "Chair"})])
    search.close()


def test_processes_share_an_index_from_its_creation_on(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/search.db"
    context = multiprocessing.get_context("spawn")
    children = [context.Process(target=_write_and_count, args=(address, first)) for first in (0, 10, 20)]
    for child in children:
        child.start()
    for child in children:
        child.join(120)
    assert [child.exitcode for child in children] == [0, 0, 0]
    search = open_search(address)
    assert search.find(corpus.request("chair")).total == 30
    assert search.status()["collections"]["offers"]["documents"] == 30
    search.close()


def test_a_search_that_was_opened_before_a_fork_serves_parent_and_child(tmp_path: Path) -> None:
    search = open_search(f"sqlite:///{tmp_path}/search.db", timeout=30)
    search.put("offers", [corpus.offer("one", {"en": "Chair"})])
    child = os.fork()
    if not child:
        status = 1
        try:
            search.put("offers", [corpus.offer("two", {"en": "Chair"})])
            status = 0 if search.find(corpus.request("chair")).total == 2 else 2
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert search.find(corpus.request("chair")).total == 2
    search.close()
