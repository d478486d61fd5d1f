"""Lists as the tests of this room read them in."""

from __future__ import annotations

from io import BytesIO

from openpyxl import Workbook

from marketplace.actor import Actor
from marketplace.outreach import lists
from marketplace.outreach.models import ImportedList
from tests.marketplace import factories as make

HEADS = ["公司名稱", "英文名稱", "展位號", "展區", "聯絡人", "手提電話", "電郵", "地區", "語言"]


def workbook(rows: list[list[object]], *, heads: list[str] | None = None, merge: tuple[str, ...] = ()) -> bytes:
    """The bytes of a spreadsheet with these rows below its headings."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEADS if heads is None else heads)
    for row in rows:
        sheet.append(row)
    for span in merge:
        sheet.merge_cells(span)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def organiser() -> Actor:
    """An organiser with an account."""
    return Actor(user_id=make.make_user(organiser=True).id, kind="organiser")


def read_in(actor: Actor, event_id: int, content: bytes, kind: str = "exhibitors") -> ImportedList:
    """A list that was uploaded."""
    return lists.upload(actor=actor, event_id=event_id, kind=kind, name="list.xlsx", content=content)
