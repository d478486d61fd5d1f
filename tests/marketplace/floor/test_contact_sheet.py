"""The sheet of own contacts: only what was given by consent, nobody else's, and safe to open."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from openpyxl import load_workbook

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.errors import NotFound
from marketplace.events.models import Person
from marketplace.extensions import db
from marketplace.floor import cards, contact_sheet, reminders
from marketplace.floor.cards import Notes
from marketplace.matches.models import Answer, Match
from marketplace.matchmaking import after, publishing
from marketplace.matchmaking.models import Participation
from marketplace.notifications.models import Notification
from tests.marketplace import factories as make
from tests.marketplace.matchmaking.steps import World


@pytest.fixture
def world(app: Flask) -> World:
    world = World(buyers=1, suppliers=2)
    world.all_wish()
    world.published()
    for place, row in enumerate(world.suppliers):
        person(world, row).name = f"=Chan{place}"
        person(world, row).mobile = f"+852 5550 000{place}"
    db.session.commit()
    return world


def person(world: World, row: tuple[int, object]) -> Person:
    return db.session.get(Person, world.people[row[0]][0])


def evening(world: World):
    return clock.frozen(max(one.ends_at for one in publishing.live_of(world.session_id)) + timedelta(minutes=5))


def shown(world: World, actor) -> list[tuple[int, int, list[str], str]]:
    """(organisation, meetings, names, e-mail) of each row."""
    sheet = contact_sheet.sheet_of(actor=actor, session_id=world.session_id)
    return [(row.organisation.id, len(row.meetings), [one.name for one in row.people], row.contact.get("email", ""))
            for row in sheet.rows]


def test_only_cards_that_both_agreed_to_are_on_it(app: Flask, world: World) -> None:
    buyer, (first, second) = world.buyers[0][1], world.suppliers
    me = person(world, world.buyers[0]).id
    with evening(world):
        assert {row[2:] == ([], "") for row in shown(world, buyer)} == {True}
        assert len(shown(world, buyer)) == 2
        offered = cards.scan(scanner_id=me, scanned_id=person(world, first).id,
                             notes=Notes(need="equipment", interest="strong", next_step="quote"))
        assert [row[2:] for row in shown(world, buyer)] == [([], ""), ([], "")]      # offered is not agreed
        assert [row[2:] for row in shown(world, first[1])] == [([], "")]
        cards.answer(card_id=offered.id, person_ids=[person(world, first).id], agrees=True)
        by_id = {row[0]: row[2:] for row in shown(world, buyer)}
        assert by_id == {
            first[1].organisation_id: (["=Chan0"], f"secret{first[1].user_id}@example.com"),
            second[1].organisation_id: ([], "")}
        mine = contact_sheet.sheet_of(actor=buyer, session_id=world.session_id).rows
        theirs = contact_sheet.sheet_of(actor=first[1], session_id=world.session_id).rows
        assert ([len(row.notes) for row in mine if row.people], [len(row.notes) for row in theirs]) == ([1], [0])
        assert all(row[0] != first[1].organisation_id for row in shown(world, second[1]))


def test_a_contact_that_is_not_given_stays_off_it(app: Flask, world: World) -> None:
    first = world.suppliers[0]
    row = db.session.get(Participation, first[0])
    row.organisation.contact_given = ["phone"]
    db.session.commit()
    cards.scan(scanner_id=person(world, world.buyers[0]).id, scanned_id=person(world, first).id, notes=Notes())
    cards.scan(scanner_id=person(world, first).id, scanned_id=person(world, world.buyers[0]).id, notes=Notes())
    with evening(world):
        assert {row[0]: row[2:] for row in shown(world, world.buyers[0][1])}[first[1].organisation_id] == (
            ["=Chan0"], "")


def test_both_interested_in_a_match_opens_the_contact_and_one_side_does_not(app: Flask, world: World) -> None:
    buyer, seller = world.buyers[0][1], world.suppliers[0][1]
    demand, offer = make.make_demand(buyer).id, make.make_offer(seller).id
    db.session.add(Match(demand_id=demand, offer_id=offer, band="strong", score=80, order_key="a", explanation={},
                         ruleset="r", computed_at=clock.now()))
    db.session.add(Answer(demand_id=demand, offer_id=offer, side="institution", answer="interested",
                          answered_at=clock.now(), user_id=buyer.user_id))
    db.session.commit()
    with evening(world):
        assert [row[3] for row in shown(world, buyer)] == ["", ""]
        db.session.add(Answer(demand_id=demand, offer_id=offer, side="supplier", answer="interested",
                              answered_at=clock.now(), user_id=seller.user_id))
        db.session.commit()
        assert {row[0]: row[3] for row in shown(world, buyer)} == {
            seller.organisation_id: f"secret{seller.user_id}@example.com",
            world.suppliers[1][1].organisation_id: ""}


def test_a_rival_and_a_visitor_get_no_sheet(app: Flask, world: World) -> None:
    _organisation, rival = make.make_organisation(kind="both")
    with pytest.raises(NotFound):
        contact_sheet.sheet_of(actor=rival, session_id=world.session_id)
    for form in ("", ".csv", ".xlsx", ".vcf"):
        address = f"/sessions/{world.session_id}/contacts{form}"
        assert make.sign_in(app.test_client(), db.session.get(User, rival.user_id)).get(address).status_code == 404
        assert app.test_client().get(address).location.startswith("/sign-in")


def test_files_hold_no_formula_and_no_line_of_somebody_elses(app: Flask, world: World) -> None:
    first = world.suppliers[0]
    other = person(world, first)
    other.role = "Sales\r\nEMAIL:evil@example.com"
    db.session.commit()
    cards.scan(scanner_id=person(world, world.buyers[0]).id, scanned_id=other.id,
               notes=Notes(need="equipment", interest="strong", next_step="quote"))
    cards.scan(scanner_id=other.id, scanned_id=person(world, world.buyers[0]).id, notes=Notes())
    with evening(world):
        meeting = next(one for one in publishing.live_of(world.session_id) if one.b_id == first[0])
        after.give_feedback(actor=world.buyers[0][1], meeting_id=meeting.id, answer="possible")
        client = make.sign_in(app.test_client(), db.session.get(User, world.buyers[0][1].user_id))
        base = f"/sessions/{world.session_id}/contacts"
        page = client.get(base).text
        assert ("=Chan0" in page, "not exchanged" in page, f"{base}.vcf" in page) == (True, True, True)
        rows = list(csv.reader(io.StringIO(client.get(f"{base}.csv").text.removeprefix("\ufeff"))))
        assert len(rows) == 3
        line = next(row for row in rows if row[4] == "'=Chan0")
        assert (line[3], line[6], line[10], line[11]) == (
            "Cooperation possible", "'+852 5550 0000", "Very interested", "Send a quotation")
        book = load_workbook(io.BytesIO(client.get(f"{base}.xlsx").data))
        cells = {cell.value: cell.data_type for row in book.active for cell in row if cell.value is not None}
        assert (cells["=Chan0"], "f" in cells.values()) == ("s", False)
        heads = [load_workbook(io.BytesIO(client.get(f"{base}.xlsx?script={script}").data)).active["A1"].value
                 for script in ("zh-Hans", "zh-Hant")]
        assert len({*heads, "Organisation"}) == 3
        card = client.get(f"{base}.vcf")
        assert card.mimetype == "text/vcard"
        lines = card.text.split("\r\n")
        assert [one for one in lines if one.startswith("EMAIL")] == [f"EMAIL:secret{first[1].user_id}@example.com"]
        assert lines.count("BEGIN:VCARD") == 1
        wechat = client.get(f"{base}.xlsx", headers={"User-Agent": "MicroMessenger"})
        assert wechat.location.startswith("/pass/")


def test_everybody_is_told_once_after_the_last_meeting(app: Flask, world: World) -> None:
    def told() -> list[int]:
        db.session.rollback()
        return sorted(db.session.scalars(
            sa.select(Notification.organisation_id).where(Notification.kind == "contacts_ready")))

    with clock.frozen(min(one.starts_at for one in publishing.live_of(world.session_id))):
        reminders.every_minute()
        assert told() == []
    with evening(world):
        reminders.every_minute()
        reminders.every_minute()
    assert told() == sorted(actor.organisation_id for _id, actor in [*world.buyers, *world.suppliers])


def test_the_sheet_and_the_badges_take_as_many_statements_for_many_as_for_few(app: Flask) -> None:
    few = World(buyers=1, suppliers=2, tables=8, ends="15:00")
    few.all_wish()
    few.published()
    organiser = make.make_user(organiser=True)

    def statements(world: World, user_id: int, path: str) -> int:
        count = 0

        def note(*_arguments: object) -> None:
            nonlocal count
            count += 1

        client = make.sign_in(app.test_client(), db.session.get(User, user_id))
        client.get(path)    # what is read once for the whole process
        sa.event.listen(db.engine, "before_cursor_execute", note)
        try:
            assert client.get(path).status_code == 200
        finally:
            sa.event.remove(db.engine, "before_cursor_execute", note)
        return count

    def counted() -> list[int]:
        db.session.expire_all()
        with evening(few):
            return [statements(few, few.buyers[0][1].user_id, f"/sessions/{few.session_id}/contacts"),
                    statements(few, organiser.id, f"/organiser/events/{few.event_id}/badges")]

    before = counted()
    for _more in range(6):
        few.add("supply")
    few.suppliers += [(one, actor) for one, actor in ((row.id, None) for row in db.session.scalars(
        sa.select(Participation).where(Participation.side == "supply"))) if one not in dict(few.suppliers)]
    few.all_wish()
    few.published()
    for row in few.suppliers:
        cards.scan(scanner_id=few.people[few.buyers[0][0]][0], scanned_id=few.people[row[0]][0],
                   notes=Notes(need="equipment"))
        cards.scan(scanner_id=few.people[row[0]][0], scanned_id=few.people[few.buyers[0][0]][0], notes=Notes())
    assert counted() == before
