"""The table of document frequencies."""

from __future__ import annotations

from search.engines.base import Bag
from search.statistics import Statistics, count
from search.streams import join, stream


def bag(title: list[str], body: list[str]) -> Bag:
    return Bag(stream(title), stream(title), stream(title + body), join([stream(title), stream(body)]), "")


def test_documents_are_counted_once_a_term_and_gaps_not_at_all() -> None:
    table = count([bag(["a"], ["b", "b"]), bag(["a", "c"], ["d"])])
    assert (table.documents, table.average_title, table.average_body) == (2, 1.5, 1.5)
    assert dict(table.counts) == {"a": 2, "b": 1, "c": 1, "d": 1}


def test_the_version_follows_from_what_was_counted() -> None:
    one, same, other = (count([bag(["a"], [word])]) for word in ("b", "b", "c"))
    assert one.version == same.version != other.version


def test_it_survives_being_stored() -> None:
    table = count([bag(["轮椅"], ["c:wheelchair"])])
    assert Statistics.from_bytes(table.to_bytes()) == table


def test_rare_terms_tell_more_and_every_term_tells_something() -> None:
    table = Statistics("1", 10, 1.0, 1.0, {"rare": 1, "all": 10, "too-many": 12})
    assert table.idf("rare") == table.idf("unheard-of") > table.idf("all") >= table.idf("too-many") > 0


def test_it_is_outgrown_by_a_quarter() -> None:
    table = Statistics("1", 100)
    assert [table.is_stale(number) for number in (75, 100, 125, 74, 126)] == [False, False, False, True, True]
    assert Statistics().is_stale(1)
    assert not Statistics().is_stale(0)
