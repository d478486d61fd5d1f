"""The rows of a board as text, made one by one while the page is sent.

Thousands of cells are written here rather than in a template: a template's loop costs several times what it prints.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup, escape

Cell = dict[str, Any]   # a meeting as a plan keeps it: a, b, slot, zone, table


def labels_of(names: dict[str, Any], shown: Any) -> dict[str, str]:
    """Participations to their names, escaped once; `shown` picks the reader's text."""
    return {key: str(escape(shown(one.names))) for key, one in names.items()}


def by_table(
    plan: dict[str, Any], slots: list[tuple[int, str]], labels: dict[str, str], places: dict[tuple[str, int], str], *,
    root: str, pinned: set[tuple[str, str]], pin: str,
) -> tuple[list[str], Iterator[Markup]]:
    """The heads and the rows of a board with a column a table (or stand) that is used and a row a slot.

    `slots`: (index, time); `places`: column to its head; `root`: what the address of a pair begins with.
    """
    cells: dict[tuple[tuple[str, int], int], Cell] = {
        ((one["zone"], one["table"]), one["slot"]): one for one in plan["meetings"]}
    used = {place for place, _slot in cells}
    columns = [place for place in places if place in used] or list(places)[:12]

    def rows() -> Iterator[Markup]:
        for slot, time in slots:
            found = [f'<tr><th scope="row" class="nowrap">{time}</th>']
            for column in columns:
                one = cells.get((column, slot))
                if one is None:
                    found.append("<td></td>")
                    continue
                a, b = one["a"], one["b"]
                found.append(f'<td><a href="{root}{a}/{b}">{labels.get(a, a)} × {labels.get(b, b)}</a>'
                             f'{pin if (a, b) in pinned else ""}</td>')
            found.append("</tr>\n")
            yield Markup("".join(found))  # noqa: S704 - names are escaped in `labels_of`, the rest is ours

    return [places[one] for one in columns], rows()


def by_participant(
    plan: dict[str, Any], slots: list[tuple[int, str]], labels: dict[str, str], people: list[str], *, root: str,
    pinned: set[tuple[str, str]], pin: str,
) -> tuple[list[str], Iterator[Markup]]:
    """The heads and the rows of a board with a column a slot and a row a participant, its day from left to right."""
    days: dict[str, dict[int, Cell]] = {}
    for one in plan["meetings"]:
        days.setdefault(one["a"], {})[one["slot"]] = one
        days.setdefault(one["b"], {})[one["slot"]] = one
    indices = [slot for slot, _time in slots]

    def rows() -> Iterator[Markup]:
        for name in people:
            day = days.get(name, {})
            found = [f'<tr><th scope="row">{labels.get(name, name)}</th>']
            for slot in indices:
                one = day.get(slot)
                if one is None:
                    found.append("<td></td>")
                    continue
                a, b = one["a"], one["b"]
                other = b if a == name else a
                found.append(f'<td><a href="{root}{a}/{b}">{labels.get(other, other)}</a>'
                             f'{pin if (a, b) in pinned else ""}</td>')
            found.append("</tr>\n")
            yield Markup("".join(found))  # noqa: S704 - names are escaped in `labels_of`, the rest is ours

    return [time for _slot, time in slots], rows()
