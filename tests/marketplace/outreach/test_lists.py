"""Lists that are read in: what they make, what is asked, and what a second reading does."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from openpyxl import Workbook, load_workbook

from marketplace.errors import AlreadyDone, Invalid, NotAllowed
from marketplace.events.models import Booth, Person, Registration
from marketplace.extensions import db
from marketplace.organisations.models import Organisation
from marketplace.outreach import lists, sheets
from marketplace.outreach.applying import apply_list
from marketplace.outreach.models import Delegation, ImportedRow, Invitee
from marketplace.outreach.reading import read_list
from tests.marketplace import factories as make
from tests.marketplace.events.steps import make_event
from tests.marketplace.outreach.steps import organiser, read_in, workbook

FIRM = ["示範護理用品有限公司", "Sample Care Ltd", "A01", "A", "陳大文", "51234567", "chan@example.org", "沙田區",
        "粵語、英語"]


def outcomes(row: Any) -> list[str]:
    return [entry.outcome for entry in read_list(row).entries]


def counts() -> list[int]:
    db.session.rollback()
    return [db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for table in (Organisation, Registration, Person, Invitee, Booth, ImportedRow)]


def test_a_row_makes_a_firm_with_its_stand_person_and_contact(app: Flask) -> None:
    actor, event = organiser(), make_event()
    row = read_in(actor, event.id, workbook([FIRM]))
    assert outcomes(row) == ["made"]
    assert apply_list(actor=actor, list_id=row.id)["made"] == 1
    invitee = db.session.scalars(sa.select(Invitee)).one()
    registration = invitee.registration
    assert (registration.organisation.names, registration.organisation.place_id, registration.side) == (
        {"zh-Hant": "示範護理用品有限公司", "en": "Sample Care Ltd"}, "HK-NST", "supply")
    assert (registration.state, registration.booth.code, registration.booth.zone.code) == ("approved", "A01", "A")
    assert (invitee.name, invitee.email, invitee.mobile, invitee.locale) == (
        "陳大文", "chan@example.org", "+85251234567", "zh_Hant")
    person = db.session.scalars(sa.select(Person)).one()
    assert (person.name, [one["code"] for one in person.languages]) == ("陳大文", ["yue", "en"])
    with pytest.raises(AlreadyDone):
        apply_list(actor=actor, list_id=row.id)


def test_the_same_file_twice_makes_nothing_twice(app: Flask) -> None:
    actor, event = organiser(), make_event()
    content = workbook([FIRM, ["另一間公司", "Another", "A02", "A", "李小明", "61234567", "", "", ""], FIRM])
    first = read_in(actor, event.id, content)
    assert outcomes(first) == ["made", "made", "known"]
    apply_list(actor=actor, list_id=first.id)
    before = counts()
    second = read_in(actor, event.id, content)
    assert outcomes(second) == ["known", "known", "known"]
    apply_list(actor=actor, list_id=second.id)
    assert counts() == before


def test_the_same_firm_in_the_other_script_is_asked_not_guessed(app: Flask) -> None:
    actor, event = organiser(), make_event()
    known, _owner = make.make_organisation(name="Sample Care Limited")
    rows = [["示範護理用品有限公司", "", "", "", "甲", "", "", "", ""],
            ["示范护理用品", "", "", "", "乙", "", "", "", ""],
            ["第三間", "ＳＡＭＰＬＥ Care Co., Ltd.", "", "", "", "", "", "", ""]]
    row = read_in(actor, event.id, workbook(rows))
    reading = read_list(row)
    assert [entry.outcome for entry in reading.entries] == ["made", "asked", "asked"]
    asked = [entry.questions[0] for entry in reading.entries[1:]]
    assert [[option.value for option in one.options] for one in asked] == [
        ["l2", "other", "skip"], [f"o{known.id}", "other", "skip"]]
    before = counts()
    with pytest.raises(Invalid) as refused:
        apply_list(actor=actor, list_id=row.id)
    assert (refused.value.errors["answers"].params, counts()) == ({"number": 2}, before)
    lists.answer(actor=actor, list_id=row.id, answers={asked[0].key: "l2", asked[1].key: "o999"})
    assert outcomes(lists.get(actor, row.id)) == ["made", "changed", "asked"]  # an answer nobody offered is none
    lists.answer(actor=actor, list_id=row.id, answers={asked[1].key: "skip"})
    apply_list(actor=actor, list_id=row.id)
    made = db.session.scalars(sa.select(Organisation).where(Organisation.id != known.id)).one()
    assert made.names == {"zh-Hant": "示範護理用品有限公司", "zh-Hans": "示范护理用品"}
    assert sorted(db.session.scalars(sa.select(Person.name))) == ["乙", "甲"]


def test_two_people_of_one_name_are_asked(app: Flask) -> None:
    actor, event = organiser(), make_event()
    rows = [FIRM, [*FIRM[:5], "61234567", *FIRM[6:]]]
    row = read_in(actor, event.id, workbook(rows))
    question = read_list(row).entries[1].questions[0]
    assert (question.kind, [one.value for one in question.options]) == ("person", ["p0", "other", "skip"])
    lists.answer(actor=actor, list_id=row.id, answers={question.key: "other"})
    apply_list(actor=actor, list_id=row.id)
    assert sorted(db.session.scalars(sa.select(Person.mobile))) == ["+85251234567", "+85261234567"]
    assert db.session.scalar(sa.select(sa.func.count(Organisation.id))) == 1


def test_merged_cells_are_named_by_address_and_asked(app: Flask) -> None:
    actor, event = organiser(), make_event()
    heads = ["Delegation", "Coordinator", "Coordinator e-mail", "Home", "Contact"]
    rows: list[list[object]] = [["沙田代表團", "何女士", "ho@example.org", "第一院舍", "甲"],
                                [None, None, None, "第二院舍", "乙"]]
    row = read_in(actor, event.id, workbook(rows, heads=heads, merge=("A2:A3", "B2:B3", "C2:C3")), "delegations")
    reading = read_list(row)
    assert [one.facts["range"] for one in reading.merged] == ["A2:A3", "B2:B3", "C2:C3"]
    assert [entry.outcome for entry in reading.entries] == ["made", "asked"]
    lists.answer(actor=actor, list_id=row.id, answers={one.key: "fill" for one in reading.merged})
    apply_list(actor=actor, list_id=row.id)
    delegation = db.session.scalars(sa.select(Delegation)).one()
    assert (delegation.names, delegation.coordinator, delegation.email) == (
        {"zh-Hant": "沙田代表團"}, "何女士", "ho@example.org")
    assert db.session.scalar(sa.select(sa.func.count(Invitee.id)).where(Invitee.delegation_id == delegation.id)) == 2


def test_bad_rows_are_named_at_their_field_and_change_nothing(app: Flask) -> None:
    actor, event = organiser(), make_event()
    rows = [["", "", "", "", "無名", "", "", "", ""],
            ["甲公司", "", "Z99", "", "", "", "", "", ""],
            ["乙公司", "", "", "", "", "12", "not an address", "Nowhere at all", "Klingon"],
            ["丙公司", "", "A07", "A", "", "", "", "", ""],
            ["丁公司", "", "A07", "A", "", "", "", "", ""],
            ["丁", "", "", "", "", "", "", "", ""]]  # like the row above, which makes nothing: no question
    row = read_in(actor, event.id, workbook(rows))
    *entries, last = read_list(row).entries
    assert ([entry.outcome for entry in entries], last.outcome) == (
        ["wrong", "wrong", "wrong", "made", "wrong"], "made")
    assert [sorted((name, code.code) for name, code in entry.values.errors.items()) for entry in entries] == [
        [("name", "name_needed")], [("booth", "unknown_booth")],
        [("email", "bad_email"), ("mobile", "bad_mobile")], [], [("booth", "booth_taken")]]
    assert sorted((name, code.code) for name, code in entries[2].values.remarks.items()) == [
        ("district", "unknown_place"), ("languages", "unknown_language")]
    apply_list(actor=actor, list_id=row.id)
    assert db.session.scalar(sa.select(sa.func.count(Organisation.id))) == 2


def test_what_is_no_list_is_refused(app: Flask) -> None:
    actor, event = organiser(), make_event()
    empty = BytesIO()
    Workbook().save(empty)
    for content, code in ((b"not a zip", "not_a_spreadsheet"), (empty.getvalue(), "empty_sheet"),
                          (workbook([]), "empty_sheet")):
        with pytest.raises(Invalid) as refused:
            read_in(actor, event.id, content)
        assert refused.value.errors["file"].code == code
    with pytest.raises(NotAllowed):
        read_in(make.make_organisation()[1], event.id, workbook([FIRM]))


def test_columns_can_be_corrected_and_a_formula_without_a_value_is_named(app: Flask) -> None:
    actor, event = organiser(), make_event()
    row = read_in(actor, event.id, workbook([["甲", "=A1", "x"]], heads=["Rubric", "Whom", "Other"]))
    assert outcomes(row) == ["wrong"]
    with pytest.raises(Invalid):
        lists.set_mapping(actor=actor, list_id=row.id, mapping={"name": 0, "person": 0})
    lists.set_mapping(actor=actor, list_id=row.id, mapping={"name": 0, "person": 1, "nonsense": 2})
    entry = read_list(lists.get(actor, row.id)).entries[0]
    assert entry.values.errors["person"].params == {"value": "B2"}
    lists.set_mapping(actor=actor, list_id=row.id, mapping={"name": 0})
    assert outcomes(lists.get(actor, row.id)) == ["made"]


def test_what_is_written_is_no_formula() -> None:
    sheet = load_workbook(BytesIO(sheets.written(["=1+1"], [["@SUM(A1)", "+852 5123 4567", "plain"]]))).active
    assert sheet is not None
    assert [[cell.value for cell in row] for row in sheet.rows] == [
        ["'=1+1", None, None], ["'@SUM(A1)", "'+852 5123 4567", "plain"]]
    assert {cell.data_type for row in sheet.rows for cell in row} <= {"s", "n"}


def test_the_marked_list_says_what_is_wrong_and_can_be_read_in_again(app: Flask) -> None:
    actor, event = organiser(), make_event()
    client = make.sign_in(app.test_client(), make.make_user(organiser=True))
    row = read_in(actor, event.id, workbook([["甲公司", "", "Z99", "", "", "", "", "", ""]]))
    answer = client.get(f"/organiser/lists/{row.id}/marked.xlsx")
    sheet = load_workbook(BytesIO(answer.data)).active
    assert sheet is not None
    assert "There is no stand Z99" in str(sheet["J2"].value)
    assert outcomes(read_in(actor, event.id, answer.data)) == ["wrong"]


def test_thousands_of_rows_are_applied_in_seconds(app: Flask) -> None:
    import time

    actor, event = organiser(), make_event()
    rows: list[list[object]] = [
        [f"第{number}號公司", f"Firm number {number}", f"A{number:04}", "A", f"代表{number}", f"512{number:05}",
         f"p{number}@example.org", "沙田區", "粵語"] for number in range(1300)]
    began = time.perf_counter()
    row = read_in(actor, event.id, workbook(rows))
    apply_list(actor=actor, list_id=row.id)
    assert db.session.scalar(sa.select(sa.func.count(Invitee.id))) == 1300
    assert time.perf_counter() - began < 60
