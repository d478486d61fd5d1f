"""The rows of a board as text, made one by one while the page is sent.

Thousands of cells are written here rather than in a template: a template's loop costs several times what it prints.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import sqlalchemy as sa
from markupsafe import Markup, escape

from marketplace.extensions import db
from marketplace.matchmaking.models import Participation
from marketplace.matchmaking.planned_models import PlannedLoad, PlannedMeeting, PlannedPerson
from marketplace.organisations.models import Organisation

Row = tuple[int, int, int, str, int, bool]   # buyer, supplier, slot, zone, table, pinned
AT_ONCE = 12


def meetings(version_id: int) -> Sequence[Row]:
    """The meetings of a plan in the order of slots, in one statement."""
    found: Any = db.session.execute(
        sa.select(PlannedMeeting.a_id, PlannedMeeting.b_id, PlannedMeeting.slot, PlannedMeeting.zone,
                  PlannedMeeting.number, PlannedMeeting.pinned)
        .where(PlannedMeeting.version_id == version_id)
        .order_by(PlannedMeeting.slot, PlannedMeeting.zone, PlannedMeeting.number, PlannedMeeting.a_id)).all()
    return found  # type: ignore[no-any-return]


def sizes(version_id: int) -> dict[str, int]:
    """Tables (or stands) of each zone of a plan, as the problem names the zones."""
    return {key: size for key, size in db.session.execute(
        sa.select(PlannedLoad.key, PlannedLoad.size)
        .where(PlannedLoad.version_id == version_id, PlannedLoad.slot == 0).order_by(PlannedLoad.key))
        if not key.startswith("i:")}


def names(session_id: int, shown: Any) -> tuple[dict[int, str], dict[int, str]]:
    """(participation to its name, escaped; participation to its side) in the order of names, those who left
    included; `shown` picks the reader's text."""
    found = db.session.execute(
        sa.select(Participation.id, Organisation.names, Participation.side)
        .join(Organisation, Organisation.id == Participation.organisation_id)
        .where(Participation.session_id == session_id).order_by(Organisation.name_folded, Participation.id)).all()
    return {one: str(escape(shown(texts))) for one, texts, _side in found}, {one: side for one, _texts, side in found}


def people(version_id: int) -> set[int]:
    """Who takes part in a plan."""
    return set(db.session.scalars(
        sa.select(PlannedPerson.participation_id).where(PlannedPerson.version_id == version_id)))


def _together(rows: Iterator[str]) -> Iterator[Markup]:
    """Rows as pieces of some kilobytes: a piece costs the template as much as a row would."""
    while piece := "".join(islice(rows, AT_ONCE)):
        yield Markup(piece)  # noqa: S704 - names are escaped in `names`, the rest is ours


def by_table(
    found: Sequence[Row], slots: list[tuple[int, str]], labels: dict[int, str], places: dict[tuple[str, int], str], *,
    pin: str,
) -> tuple[list[tuple[str, str]], Iterator[Markup]]:
    """The heads (text, place as "zone:table") and the rows of a board with a column a table (or stand) and a row a
    slot. `slots`: (index, time); `places`: column to its head. Addresses are relative to the board's own."""
    used = {(zone, number) for _a, _b, _slot, zone, number, _pinned in found}
    columns = [place for place in places if place in used or place[0].startswith("z")]
    by_slot: dict[int, dict[tuple[str, int], str]] = {}
    for a, b, slot, zone, number, pinned in found:
        by_slot.setdefault(slot, {})[zone, number] = (
            f'<td><a href="pairs/p{a}/p{b}">{labels.get(a, a)} × {labels.get(b, b)}</a>{pin if pinned else ""}</td>')

    def rows() -> Iterator[str]:
        for slot, time in slots:
            cells = by_slot.get(slot, {})
            text = "".join([cells.get(column, "<td></td>") for column in columns])
            yield f'<tr data-slot="{slot}"><th scope="row" class="nowrap">{time}</th>{text}</tr>\n'

    return [(places[one], f"{one[0]}:{one[1]}") for one in columns], _together(rows())


def by_participant(
    found: Sequence[Row], slots: list[tuple[int, str]], labels: dict[int, str], people: list[int], *, pin: str,
) -> tuple[list[tuple[str, str]], Iterator[Markup]]:
    """The heads (time, slot) and the rows of a board with a column a slot and a row a participant, its day from left
    to right."""
    days: dict[int, dict[int, str]] = {}
    for a, b, slot, _zone, _number, pinned in found:
        mark = pin if pinned else ""
        days.setdefault(a, {})[slot] = f'<td><a href="pairs/p{a}/p{b}">{labels.get(b, b)}</a>{mark}</td>'
        days.setdefault(b, {})[slot] = f'<td><a href="pairs/p{a}/p{b}">{labels.get(a, a)}</a>{mark}</td>'
    at = {slot: index for index, (slot, _time) in enumerate(slots)}
    empty = ["<td></td>"] * len(at)

    def rows() -> Iterator[str]:
        for number in people:
            cells = empty.copy()
            for slot, cell in days.get(number, {}).items():
                if slot in at:
                    cells[at[slot]] = cell
            text = "".join(cells)
            yield f'<tr><th scope="row">{labels.get(number, number)}</th>{text}</tr>\n'

    return [(time, str(slot)) for slot, time in slots], _together(rows())
