"""Suppliers: the offers of each one together, led by its best, so that nobody fills a list by offering much."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

Row = TypeVar("Row")


@dataclass(frozen=True)
class Supplied(Generic[Row]):
    """What one supplier offers in a list: its `best` and the `rest`, in the list's order."""

    best: Row
    rest: tuple[Row, ...]


def by_supplier(rows: Iterable[Row], owner: Callable[[Row], object]) -> tuple[Supplied[Row], ...]:
    """The rows of each supplier together, suppliers in the order of their first row. `owner`: whose a row is; rows of
    nobody that is known stand alone."""
    found: dict[object, list[Row]] = {}
    for at, row in enumerate(rows):
        found.setdefault(owner(row) or ("nobody", at), []).append(row)
    return tuple(Supplied(own[0], tuple(own[1:])) for own in found.values())
