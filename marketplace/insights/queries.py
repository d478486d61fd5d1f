"""The counts as pages want them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa

from catalogue import places
from catalogue.kinds import Kind, all_kinds
from marketplace.extensions import db
from marketplace.insights.models import ELSEWHERE, EVERYWHERE, NOWHERE, MarketFigure

MONTHS = 13


@dataclass(frozen=True)
class Cell:
    """What is open of one kind in one place."""

    offers: int = 0
    demands: int = 0
    unmet: int = 0

    @property
    def is_gap(self) -> bool:
        """Whether something is asked that nothing meets."""
        return self.unmet > 0


@dataclass(frozen=True)
class Glance:
    """The market on `day`. `kinds`: in the catalogue's order; `columns`: places, the Bay Area's cities first;
    `cells`: by (kind, place); `earlier`: (day, offers, demands, unmet) of the kind and place asked for, the
    oldest first."""

    day: date
    kinds: tuple[Kind, ...]
    columns: tuple[str, ...]
    cells: dict[tuple[str, str], Cell]
    earlier: tuple[tuple[date, int, int, int], ...]

    def cell(self, kind: str, place: str = EVERYWHERE) -> Cell:
        """One cell; empty where nothing is open."""
        return self.cells.get((kind, place), Cell())

    def gaps(self) -> list[tuple[str, str, Cell]]:
        """(kind, place, cell) of what is asked and met by nothing, the most unmet first."""
        found = [(kind, place, cell) for (kind, place), cell in self.cells.items() if place and cell.is_gap]
        return sorted(found, key=lambda row: (-row[2].unmet, row[0], row[1]))


def glance(kind: str = "", place: str = EVERYWHERE) -> Glance | None:
    """The newest counts, and how those of one kind ("": all) in one place came about; None before the first. Three
    statements, however much is open."""
    day = db.session.scalar(sa.select(sa.func.max(MarketFigure.day)))
    if day is None:
        return None
    rows = db.session.scalars(sa.select(MarketFigure).where(MarketFigure.day == day)).all()
    cells = {(row.kind, row.place): Cell(row.offers, row.demands, row.unmet) for row in rows}
    return Glance(
        day=day,
        kinds=tuple(all_kinds()),
        columns=(*places.gba(), ELSEWHERE, NOWHERE),
        cells=cells,
        earlier=tuple(_earlier(day, kind, place)),
    )


def _earlier(day: date, kind: str, place: str) -> Sequence[tuple[date, int, int, int]]:
    """The last count of each month of the last year, and today's."""
    since = day - timedelta(days=31 * MONTHS)
    of_kind = [MarketFigure.kind == kind] if kind else []
    rows = db.session.execute(
        sa.select(
            MarketFigure.day,
            sa.func.sum(MarketFigure.offers),
            sa.func.sum(MarketFigure.demands),
            sa.func.sum(MarketFigure.unmet),
        )
        .where(MarketFigure.day >= since, MarketFigure.place == place, *of_kind)
        .group_by(MarketFigure.day)
    )
    by_month = {(row[0].year, row[0].month): row for row in sorted(rows, key=lambda row: row[0])}
    found = [(when, int(offers), int(demands), int(unmet)) for when, offers, demands, unmet in by_month.values()]
    return found[-MONTHS:]


def rows_for_download(since: date) -> Sequence[MarketFigure]:
    """Every kept count from `since` on, by day, kind and place."""
    rows = db.session.scalars(sa.select(MarketFigure).where(MarketFigure.day >= since))
    return sorted(rows, key=lambda row: (row.day, row.kind, row.place))
