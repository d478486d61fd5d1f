"""Older revisions are refused, deletions leave tombstones, nothing comes back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from search import Search, UnknownCollection, WriteReport, tombstone
from tests.contract import corpus


def titles(search: Search, text: str = "") -> list[str]:
    hits = search.find(corpus.request(text)).hits
    return [hit.highlights["title"].text for hit in hits]


def version(revision: int) -> dict:
    return corpus.offer("one", {"en": f"Chair number {revision}"}, revision=revision)


def test_an_older_revision_is_refused_and_that_is_no_error(empty: Search) -> None:
    assert empty.put("offers", [version(5)]) == WriteReport(written=1, refused=0)
    assert empty.put("offers", [version(4)]) == WriteReport(written=0, refused=1)
    assert titles(empty) == ["Chair number 5"]
    assert empty.put("offers", [version(6)]) == WriteReport(written=1, refused=0)
    assert titles(empty) == ["Chair number 6"]


def test_the_same_revision_is_written_again(empty: Search) -> None:
    empty.put("offers", [version(5)])
    again = corpus.offer("one", {"en": "Stool"}, revision=5)
    assert empty.put("offers", [again]) == WriteReport(written=1, refused=0)
    assert titles(empty) == ["Stool"]
    assert titles(empty, "chair") == []


def test_a_tombstone_hides_and_keeps_late_writers_out(empty: Search) -> None:
    empty.put("offers", [version(5)])
    assert empty.put("offers", [tombstone(id="one", revision=6)]) == WriteReport(written=1, refused=0)
    assert (titles(empty), titles(empty, "chair")) == ([], [])
    assert empty.put("offers", [version(5)]) == WriteReport(written=0, refused=1)
    assert titles(empty) == []
    assert empty.put("offers", [version(7)]) == WriteReport(written=1, refused=0)
    assert titles(empty, "chair") == ["Chair number 7"]


def test_a_tombstone_without_a_document_keeps_late_writers_out_too(empty: Search) -> None:
    empty.put("offers", [tombstone(id="one", revision=6)])
    assert empty.put("offers", [version(5)]) == WriteReport(written=0, refused=1)
    assert titles(empty) == []


def test_purging_drops_old_tombstones_and_nothing_else(empty: Search) -> None:
    empty.put("offers", [version(5), corpus.offer("two", {"en": "Table"}), tombstone(id="three", revision=2)])
    empty.put("offers", [tombstone(id="one", revision=6)])
    assert empty.purge_deleted(datetime.now(UTC) - timedelta(days=30)) == 0
    assert empty.status()["collections"]["offers"]["deleted"] == 2
    assert empty.purge_deleted(datetime.now(UTC) + timedelta(minutes=1)) == 2
    assert empty.status()["collections"]["offers"]["deleted"] == 0
    assert titles(empty) == ["Table"]


def test_verify_names_what_is_missing_surplus_or_stale(empty: Search) -> None:
    empty.put("offers", [version(5), corpus.offer("two", {"en": "Table"}), tombstone(id="three", revision=2)])
    report = empty.verify("offers", {"one": 5, "two": 1, "three": 2})
    assert report.as_dict() == {
        "expected": 3, "held": 3, "missing": 0, "surplus": 0, "stale": 0, "samples": (), "ok": True,
    }  # fmt: skip
    wrong = empty.verify("offers", {"one": 6, "four": 1, "three": 2})
    assert wrong.as_dict() == {
        "expected": 3, "held": 3, "missing": 1, "surplus": 1, "stale": 1,
        "samples": ("four", "two", "one"), "ok": False,
    }  # fmt: skip
    assert empty.verify("offers", {"one": 5, "two": 1}).ok  # a tombstone too many does no harm


def test_a_long_text_is_indexed_whole(empty: Search) -> None:
    summary = "护理床与轮椅。" * 3000 + "水獭"
    empty.put("offers", [corpus.offer("long", {"zh-Hans": "长文"}, summary={"zh-Hans": summary})])
    hits = empty.find(corpus.request("水獭")).hits
    assert [hit.id for hit in hits] == ["long"]


def test_a_batch_may_be_empty_but_not_of_an_unknown_collection(empty: Search) -> None:
    assert empty.put("offers", []) == WriteReport()
    with pytest.raises(UnknownCollection):
        empty.put("people", [version(1)])
