"""Points of the line chart, as numbers for an SVG; no style and no script, so that every browser draws it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 640, 220, 46, 28, 20


@dataclass(frozen=True)
class Lines:
    """`series`: name and points as an SVG attribute; `levels`: (y, number) of the rules; `days`: (x, day) below."""

    series: tuple[tuple[str, str], ...]
    dots: tuple[tuple[str, float, float], ...]
    levels: tuple[tuple[float, int], ...]
    days: tuple[tuple[float, date], ...]


def lines(rows: Sequence[tuple[date, int, int, int]]) -> Lines:
    """The chart of (day, offers, demands, unmet), the oldest first. One day gives dots without a line."""
    most = max([1, *(max(row[1:]) for row in rows)])
    step = _step(most)
    top = step * -(-most // step)
    first, last = rows[0][0].toordinal(), rows[-1][0].toordinal()

    def x(day: date) -> float:
        share = (day.toordinal() - first) / (last - first) if last > first else 0.5
        return round(LEFT + share * (WIDTH - LEFT - 12), 1)

    def y(number: int) -> float:
        return round(HEIGHT - BOTTOM - number / top * (HEIGHT - BOTTOM - TOP), 1)

    names = ("offers", "demands", "unmet")
    series = tuple(
        (name, " ".join(f"{x(day)},{y(counts[place])}" for day, *counts in rows)) for place, name in enumerate(names)
    )
    dots = tuple((name, x(day), y(counts[place])) for day, *counts in rows for place, name in enumerate(names))
    levels = tuple((y(number), number) for number in range(0, top + 1, step))
    shown = rows if len(rows) <= 4 else [rows[0], rows[len(rows) // 2], rows[-1]]
    return Lines(series, dots, levels, tuple((x(row[0]), row[0]) for row in shown))


def _step(most: int) -> int:
    """A round number of which four or five reach `most`."""
    size = 1
    while True:
        for factor in (1, 2, 5):
            if most <= 5 * factor * size:
                return factor * size
        size *= 10
