"""The store of vectors: shared by processes, grown by a log, nearest by an exact pass."""

from __future__ import annotations

import numpy as np
import pytest

from search.semantic import vectors as vectors_module
from search.semantic.vectors import VectorStore

DIMENSION = 8


def key(number):
    return number.to_bytes(16, "big")


def vector(number):
    found = np.random.default_rng(number).normal(size=DIMENSION).astype(np.float32)
    return found / np.linalg.norm(found)


def entries(numbers):
    return [(key(n), f"offer-{n}", vector(n)) for n in numbers]


@pytest.fixture
def store(tmp_path):
    return VectorStore(tmp_path, "offers-model-1", DIMENSION)


def test_what_was_put_comes_back(store):
    store.add(entries([1, 2]))
    one, none, two = store.get([key(1), key(9), key(2)])
    assert none is None
    np.testing.assert_array_equal(one, vector(1))
    np.testing.assert_array_equal(two, vector(2))
    assert store.missing([key(9), key(1), key(9)]) == [key(9)]


def test_nothing_is_stored_twice(store):
    store.add(entries([1, 1]))
    store.add([(key(1), "other", vector(5))])
    assert len(store) == 1
    np.testing.assert_array_equal(store.get([key(1)])[0], vector(1))


def test_another_process_sees_it_at_once(store, tmp_path):
    other = VectorStore(tmp_path, "offers-model-1", DIMENSION)
    assert len(other) == 0
    store.add(entries([1]))
    assert len(other) == 1
    other.add(entries([2]))
    assert store.missing([key(1), key(2)]) == []


def test_a_long_log_is_merged_and_nothing_is_lost(store, tmp_path, monkeypatch):
    monkeypatch.setattr(vectors_module, "LONGEST_LOG", 3)
    reader = VectorStore(tmp_path, "offers-model-1", DIMENSION)
    for number in range(10):
        store.add(entries([number]))
        np.testing.assert_array_equal(reader.get([key(number)])[0], vector(number))
    assert (tmp_path / "offers-model-1.npy").exists()
    assert np.load(tmp_path / "offers-model-1.npy").dtype == np.float32
    assert store.missing([key(n) for n in range(10)]) == []
    again = VectorStore(tmp_path, "offers-model-1", DIMENSION)
    np.testing.assert_array_equal(again.get([key(0)])[0], vector(0))


def test_the_nearest_come_first_with_their_owners(store):
    store.add(entries(range(20)))
    found = store.nearest(vector(7), 3)
    likeness = sorted(((float(vector(n) @ vector(7)), n) for n in range(20)), reverse=True)[:3]
    assert [owner for owner, _key, _likeness in found] == [f"offer-{n}" for _l, n in likeness]
    assert found[0][1:] == (key(7), pytest.approx(1.0))
    assert len(store.nearest(vector(7), 100)) == 20


def test_an_empty_store_has_no_nearest(store):
    assert store.nearest(vector(1), 5) == []


def test_a_half_written_record_is_passed_over(store, tmp_path):
    store.add(entries([1]))
    with (tmp_path / "offers-model-1.log").open("ab") as file:
        file.write(b"half")
    assert VectorStore(tmp_path, "offers-model-1", DIMENSION).missing([key(1)]) == []
