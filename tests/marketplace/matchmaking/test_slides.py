"""Slides handed in before a part, the order of turns by hand and by lot, booklets and lists of an event."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.errors import Invalid, NotAllowed, NotFound
from marketplace.events import queries as events
from marketplace.extensions import db
from marketplace.matchmaking import sessions, slides, turns
from marketplace.matchmaking.event_pages import without_contacts
from marketplace.matchmaking.models import Meeting
from marketplace.matchmaking.slides_models import TurnRule, TurnSlides
from tests.marketplace import factories as make
from tests.marketplace.matchmaking.steps import SYSTEM, World, stand_for

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def pitch_of(world: World) -> int:
    return sessions.add_part(actor=SYSTEM, session_id=world.session_id, kind="pitch", starts="11:00", ends="12:00",
                             minutes=10).id


def hand_in(world: World, part_id: int, who: tuple[int, object], name: str = "pitch.pdf") -> TurnSlides:
    return slides.hand_in(actor=who[1], part_id=part_id, participation_id=who[0], stream=BytesIO(PDF),  # type: ignore[arg-type]
                          filename=name)


def browser(app: Flask, user_id: int | None) -> FlaskClient:
    client = app.test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return make.sign_in(client, db.session.get(User, user_id))


def test_slides_are_taken_until_their_day_from_whose_turn_it_is(app: Flask) -> None:
    world = World(buyers=1, suppliers=2)
    part_id = pitch_of(world)
    with pytest.raises(NotFound):
        hand_in(world, part_id, world.suppliers[0])
    slides.ask_until(actor=SYSTEM, part_id=part_id, day=date(2030, 4, 20))
    with pytest.raises(NotFound):
        hand_in(world, part_id, world.buyers[0])
    with pytest.raises(NotFound):
        hand_in(world, part_id, (world.suppliers[0][0], world.suppliers[1][1]))
    with pytest.raises(Invalid):
        hand_in(world, part_id, world.suppliers[0], "pitch.txt")
    first = hand_in(world, part_id, world.suppliers[0]).file_id
    assert hand_in(world, part_id, world.suppliers[0], "newer.pdf").file_id != first
    assert [one.file.name for one in slides.handed_in(part_id)] == ["newer.pdf"]
    with clock.frozen(clock.now().replace(year=2030, month=4, day=21)), pytest.raises(NotAllowed):
        hand_in(world, part_id, world.suppliers[0])


def test_only_organisers_and_who_handed_them_in_fetch_slides(app: Flask) -> None:
    world = World(buyers=1, suppliers=2)
    part_id = pitch_of(world)
    staff = browser(app, make.make_user(organiser=True).id)
    page = f"/organiser/sessions/parts/{part_id}/turns"
    assert make.post(staff, page, f"/organiser/sessions/parts/{part_id}/slides", until="2030-04-20").status_code == 303
    own = browser(app, world.suppliers[0][1].user_id)
    session_page = own.get(f"/sessions/{world.session_id}").text
    address = f"/sessions/parts/{part_id}/slides/{world.suppliers[0][0]}"
    assert address in session_page
    assert make.post(own, address, address).status_code == 422
    assert make.post(own, address, address, file=(BytesIO(PDF), "a.pdf")).status_code == 303
    file_id = db.session.scalars(sa.select(TurnSlides.file_id)).one()
    other = browser(app, world.suppliers[1][1].user_id)
    fetched = [client.get(f"/files/{file_id}/original").status_code for client in (staff, own, other)]
    assert fetched == [200, 200, 404]
    assert f"/files/{file_id}/original" in staff.get(page).text
    assert other.get(address).status_code == 404


def test_an_order_is_set_by_hand_or_drawn_from_a_number_that_is_kept(app: Flask) -> None:
    world = World(buyers=0, suppliers=4)
    part_id = pitch_of(world)
    ids = [one for one, _actor in world.suppliers]
    assert turns.by_place(ids, {ids[0]: "3", ids[2]: "1", ids[3]: "x"}) == [ids[2], ids[0], ids[1], ids[3]]
    staff = browser(app, make.make_user(organiser=True).id)
    page = f"/organiser/sessions/parts/{part_id}/turns"
    places = {f"place-{one}": str(9 - number) for number, one in enumerate(ids)}
    assert make.post(staff, page, page, order=ids, **places).status_code == 303

    def order() -> list[int]:
        db.session.rollback()
        return list(db.session.scalars(sa.select(Meeting.a_id).where(Meeting.part_id == part_id).order_by(
            Meeting.starts_at, Meeting.id)))

    assert order() == ids[::-1]
    assert db.session.get(TurnRule, part_id).draw is None
    drawn = []
    for wanted in (ids, ids[::-1]):
        assert make.post(staff, page, page, order=wanted, draw="1", number="4711").status_code == 303
        drawn.append(order())
    assert drawn[0] == drawn[1]
    assert "4711" in staff.get(page).text


def test_the_lists_and_booklets_of_an_event(app: Flask, client: FlaskClient) -> None:
    world = World(buyers=1, suppliers=2)
    stand_for(world, world.suppliers[0], "A09")
    content = make.offer_content("輪椅")
    content["texts"]["summary"] = {"en": "Call tel: 5123 4567 or mail me@example.org, load 200 kg"}
    offer = make.make_offer(world.suppliers[0][1], content=content).id
    other = make.make_offer(world.suppliers[1][1]).id
    slug = events.find(world.event_id).slug

    def listed(query: str = "") -> list[int]:
        text = client.get(f"/events/{slug}/listings/offers{query}").text
        return [one for one in (offer, other) if f'href="/offers/{one}"' in text]

    assert listed() == [offer, other]
    assert (listed("?q=轮椅"), listed("?zone=A"), listed("?kind=food_meals")) == ([offer], [offer], [])
    assert client.get(f"/events/{slug}/listings/people").status_code == 404
    booklet = client.get(f"/events/{slug}/booklet/offers").text
    assert f"S{offer}" in booklet
    assert "5123" not in booklet
    assert "me@example.org" not in booklet
    assert "load 200 kg" in booklet
    assert booklet.count('<svg aria-hidden="true" focusable="false" ') >= 2
    assert client.get(f"/events/{slug}?q=nobody").text.count("Nothing was found") == 2


def test_contacts_are_left_out_of_a_text() -> None:
    assert without_contacts({"zh-Hant": "查詢電話：2345 6789，載重180公斤", "en": "12 beds, 200 kg"}) == {
        "zh-Hant": "查詢…，載重180公斤", "en": "12 beds, 200 kg"}
