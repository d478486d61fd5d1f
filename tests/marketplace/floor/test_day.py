"""The day itself: who is here, who is late, freed slots, reminders, the live board, walk-ins."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.actor import Actor
from marketplace.errors import Invalid, NotAllowed, NotFound
from marketplace.events import people as event_people
from marketplace.events.models import Person
from marketplace.extensions import db
from marketplace.floor import arrivals, delays, freed, hall, reminders, walkins
from marketplace.floor.models import FreedOffer
from marketplace.matchmaking import publishing, sessions
from marketplace.matchmaking.models import Meeting, Occupancy, Participation
from marketplace.matchmaking.views import link_of
from marketplace.notifications.models import Notification
from tests.marketplace import factories as make
from tests.marketplace.floor.test_cards import english
from tests.marketplace.matchmaking.steps import SYSTEM, World
from tests.marketplace.matchmaking.test_board import statements

MORNING = datetime.fromisoformat("2030-05-01T08:50:00+08:00")


def staff(app: Flask) -> FlaskClient:
    """An organiser who signed in on the day: a session of years ago has ended."""
    return make.sign_in(app.test_client(), make.make_user(organiser=True))


def arrive(world: World, *rows: tuple[int, Actor]) -> None:
    for row in rows:
        for number in world.people[row[0]]:
            person = db.session.get(Person, number)
            event_people.check_in(actor=SYSTEM, event_id=world.event_id, code=person.code)


def kinds(kind: str) -> list[Notification]:
    return list(db.session.scalars(sa.select(Notification).where(Notification.kind == kind).order_by(Notification.id)))


def waiting_pair(**more: object) -> World:
    """A buyer and a supplier who wish for each other and are both here, while no plan stands."""
    world = World(buyers=1, suppliers=1, **more)  # type: ignore[arg-type]
    world.wish(world.buyers[0], world.suppliers[0])
    world.wish(world.suppliers[0], world.buyers[0])
    return world


def test_a_freed_slot_goes_to_who_waits_for_each_other_and_is_here(app: Flask) -> None:
    world = World(buyers=2, suppliers=1, ends="09:20", tables=1)
    first, second, supplier = world.buyers[0], world.buyers[1], world.suppliers[0]
    world.wish(first, supplier, "must")
    world.wish(supplier, first, "must")
    world.published()
    world.wish(second, supplier, "would")
    with clock.frozen(MORNING):
        arrive(world, supplier, second)
        assert db.session.scalars(sa.select(FreedOffer)).all() == []   # only one side wishes, and the slot is taken
        world.wish(supplier, second, "would")
        assert freed.offer_freed(world.session_id) == 0
        assert arrivals.release(actor=SYSTEM, participation_id=first[0]) == 1
        (offer,) = db.session.scalars(sa.select(FreedOffer))
        assert (offer.a_id, offer.b_id, freed.offer_freed(world.session_id)) == (second[0], supplier[0], 0)
        assert {one.organisation_id for one in kinds("slot_freed")} == {
            second[1].organisation_id, supplier[1].organisation_id}
        with pytest.raises(NotFound):
            freed.answer(offer_id=offer.id, participation_id=first[0], accepts=True)
        assert freed.answer(offer_id=offer.id, participation_id=second[0], accepts=True).outcome == ""
        assert freed.answer(offer_id=offer.id, participation_id=supplier[0], accepts=True).outcome == "met"
        assert freed.answer(offer_id=offer.id, participation_id=second[0], accepts=True).outcome == "met"
    live = db.session.scalars(sa.select(Meeting).where(Meeting.cancelled_at.is_(None))).all()
    assert [(one.a_id, one.b_id) for one in live] == [(second[0], supplier[0])]
    assert [one.params["met"] for one in kinds("slot_taken")] == [True, True]


def test_who_leaves_frees_slots_at_once(app: Flask) -> None:
    world = World(buyers=2, suppliers=1, ends="09:20", tables=1)
    first, second, supplier = world.buyers[0], world.buyers[1], world.suppliers[0]
    world.wish(first, supplier)
    world.published()
    world.wish(second, supplier)
    world.wish(supplier, second)
    with clock.frozen(MORNING):
        arrive(world, second, supplier)
        sessions.leave(actor=first[1], participation_id=first[0])
        assert [one.a_id for one in db.session.scalars(sa.select(FreedOffer))] == [second[0]]


@pytest.mark.parametrize("how", ["left", "no"])
def test_nobody_is_booked_with_who_left_or_said_no_after_accepting(app: Flask, how: str) -> None:
    world = waiting_pair()
    buyer, supplier = world.buyers[0], world.suppliers[0]
    with clock.frozen(MORNING):
        arrive(world, buyer, supplier)
        (offer,) = db.session.scalars(sa.select(FreedOffer))
        assert freed.answer(offer_id=offer.id, participation_id=buyer[0], accepts=True).outcome == ""
        if how == "left":
            sessions.leave(actor=buyer[1], participation_id=buyer[0])
        else:
            world.wish(buyer, supplier, "no")
        assert freed.answer(offer_id=offer.id, participation_id=supplier[0], accepts=True).outcome == "lost"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Meeting)) == 0


def test_an_offer_ends_with_its_time_or_a_refusal(app: Flask) -> None:
    world = waiting_pair()
    with clock.frozen(MORNING):
        arrive(world, *world.buyers, *world.suppliers)
        (offer,) = db.session.scalars(sa.select(FreedOffer))
        assert offer.expires_at == offer.starts_at
    with clock.frozen(MORNING + timedelta(minutes=11)), pytest.raises(Invalid):
        freed.answer(offer_id=offer.id, participation_id=offer.a_id, accepts=True)
    again = waiting_pair_of_another_event()
    with clock.frozen(MORNING):
        arrive(again, *again.buyers, *again.suppliers)
        one = db.session.scalars(sa.select(FreedOffer).order_by(FreedOffer.id.desc())).first()
        assert freed.answer(offer_id=one.id, participation_id=one.b_id, accepts=False).outcome == "declined"
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Meeting)) == 0


def waiting_pair_of_another_event() -> World:
    from tests.marketplace.events.steps import make_event
    from tests.marketplace.matchmaking import steps

    world = World.__new__(World)
    world.event = make_event(slug="another-expo")
    world.session = steps.make_session(world.event)
    world.event_id, world.session_id, world.people = world.event.id, world.session.id, {}
    world.buyers, world.suppliers = [world.add("demand")], [world.add("supply")]
    world.wish(world.buyers[0], world.suppliers[0])
    world.wish(world.suppliers[0], world.buyers[0])
    return world


def test_of_two_who_take_the_last_table_at_one_moment_one_wins_and_the_other_is_told(app: Flask) -> None:
    world = World(buyers=2, suppliers=2, tables=1, ends="09:20")
    offers = []
    for buyer, supplier in zip(world.buyers, world.suppliers, strict=True):
        world.wish(buyer, supplier)
        world.wish(supplier, buyer)
    with clock.frozen(MORNING):
        arrive(world, *world.buyers, *world.suppliers)
        made = db.session.scalars(sa.select(FreedOffer).order_by(FreedOffer.id)).all()
        assert len(made) == 2   # one table, two pairs: whoever is first has it
        offers = [(one.id, one.a_id, one.b_id) for one in made]
        db.session.commit()
        outcomes: list[str] = []
        gate = threading.Barrier(4)

        def press(offer_id: int, own: int) -> None:
            with app.app_context():
                gate.wait()
                try:
                    outcomes.append(freed.answer(offer_id=offer_id, participation_id=own, accepts=True).outcome)
                except Invalid:
                    outcomes.append("over")
                db.session.remove()

        threads = [threading.Thread(target=press, args=(offer_id, own)) for offer_id, a, b in offers for own in (a, b)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    db.session.expire_all()
    assert len(outcomes) == 4
    found = sorted(db.session.scalars(sa.select(FreedOffer.outcome)))
    assert found == ["lost", "met"]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Meeting)) == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Occupancy)) == 3 * 4
    assert sorted(one.params["met"] for one in kinds("slot_taken")) == [False, False, True, True]


def test_reminders_come_once_to_who_still_meets(app: Flask) -> None:
    world = World(buyers=2, suppliers=2, tables=2)
    world.all_wish()
    world.published()
    for meeting, cancelled in zip(
        db.session.scalars(sa.select(Meeting).order_by(Meeting.starts_at)).all()[:2], (False, True), strict=True
    ):
        before, at = len(kinds("meeting_soon")), meeting.starts_at
        meeting.cancelled_at = clock.now() if cancelled else None
        db.session.commit()
        with clock.frozen(at - timedelta(minutes=16)):
            reminders.every_minute()
            assert len(kinds("meeting_soon")) == before
        with clock.frozen(at - timedelta(minutes=14)):
            for _again in range(3):
                reminders.every_minute()
        sides = {db.session.get(Participation, one).organisation_id for one in (meeting.a_id, meeting.b_id)}
        # Others may meet at the same time.
        told = [one for one in kinds("meeting_soon")[before:] if one.organisation_id in sides]
        assert {one.organisation_id for one in told} == (set() if cancelled else sides)
        if not cancelled:
            assert (len(told), {(one.params["hall"], one.params["table"]) for one in told}) == (
                2, {("3", meeting.table.number)})


def test_the_evening_before_each_gets_the_timetable_once(app: Flask) -> None:
    world = World(buyers=2, suppliers=2)
    world.all_wish()
    world.published()
    evening = datetime.fromisoformat("2030-04-30T17:01:00+08:00")
    with clock.frozen(evening - timedelta(minutes=5)):
        reminders.every_minute()
        assert kinds("timetable_tomorrow") == []
    with clock.frozen(evening):
        reminders.every_minute()
        reminders.every_minute()
    told = kinds("timetable_tomorrow")
    assert (len(told), {len(one.params["day"]) for one in told}) == (4, {2})
    member = make.sign_in(app.test_client(), db.session.get(User, world.buyers[0][1].user_id))
    assert "Tomorrow: Morning" in member.get("/inbox").text


def test_running_late_tells_those_who_wait_and_nobody_else(app: Flask) -> None:
    world = World(buyers=2, suppliers=2)
    world.all_wish()
    world.published()
    buyer = world.buyers[0]
    mine = sessions.live_meetings(buyer[0])
    with clock.frozen(mine[0].starts_at - timedelta(minutes=5)):
        touched = delays.say_late(participation_id=buyer[0], minutes=15)
        assert [one.id for one in touched] == [mine[0].id]
        (told,) = kinds("running_late")
        assert told.organisation_id == db.session.get(Participation, mine[0].b_id).organisation_id
        assert list(delays.late(world.session_id)) == [buyer[0]]
        with pytest.raises(Invalid):
            delays.say_late(participation_id=buyer[0], minutes=7)


def test_the_live_board_answers_304_until_something_changes_and_weighs_little(app: Flask) -> None:
    world = World(buyers=3, suppliers=3, tables=3)
    world.all_wish()
    world.published()
    token = hall.screen_token(world.session)
    screen = english(app)
    with clock.frozen(MORNING):
        page = screen.get(f"/screen/{token}")
        assert (page.status_code, "not here yet" in page.text, 'http-equiv="refresh"' in page.text) == (200, True, True)
        assert "csrf" not in page.text
        tag = page.headers["ETag"]
        assert screen.get(f"/screen/{token}", headers={"If-None-Match": tag}).status_code == 304
        arrive(world, world.buyers[0])
        assert screen.get(f"/screen/{token}", headers={"If-None-Match": tag}).status_code == 200
    assert screen.get("/screen/1.abc").status_code == 404


def test_the_live_board_takes_as_many_statements_for_many_tables_as_for_few(app: Flask) -> None:
    counts = []
    world = World(buyers=1, suppliers=1, tables=6, ends="09:20")
    for more in (0, 4):
        for _ in range(more):
            world.buyers.append(world.add("demand"))
            world.suppliers.append(world.add("supply"))
        world.all_wish()
        world.published()
        with clock.frozen(MORNING):
            page = f"/organiser/sessions/{world.session_id}/live"
            counts.append((statements(app, app.test_client(), f"/screen/{hall.screen_token(world.session)}"),
                           statements(app, staff(app), page)))
    assert counts[0] == counts[1]


def test_who_has_not_checked_in_is_absent_for_the_repair_and_here_again_when_they_come(app: Flask) -> None:
    world = World(buyers=2, suppliers=2)
    world.all_wish()
    world.published()
    with clock.frozen(MORNING):
        organiser = staff(app)
        arrive(world, *world.suppliers, world.buyers[0])
        page = f"/organiser/sessions/{world.session_id}/live"
        assert "Not here yet" in organiser.get(page).text
        plan = make.post(organiser, page, f"{page}/missing").location
        make.run_jobs()
        shown = organiser.get(f"{plan}/publish").text
        assert "Meetings that people know of and that are disturbed: 2." in shown
        version_id = int(plan.rsplit("/", 1)[1])
        publishing.publish(actor=SYSTEM, version_id=version_id, provisional=False)
        assert sessions.live_meetings(world.buyers[1][0]) == []
        person = db.session.get(Person, world.people[world.buyers[1][0]][0])
        badge = f"/b/{arrivals.badge_of(person)}"
        assert make.post(organiser, badge, f"{badge}/arrived").status_code == 303
        assert db.session.get(Participation, world.buyers[1][0]).no_show_at is None


def test_an_organiser_takes_a_no_show_back_at_any_time(app: Flask) -> None:
    world = World(buyers=1, suppliers=1)
    world.all_wish()
    world.published()
    with clock.frozen(MORNING):
        organiser = staff(app)
        page = f"/organiser/sessions/{world.session_id}/live"
        own = world.buyers[0]
        assert arrivals.mark_missing(actor=SYSTEM, session_id=world.session_id) == 2
        with pytest.raises(NotAllowed):
            arrivals.undo_absent(actor=own[1], participation_id=own[0])
        assert "They come after all" in organiser.get(page).text
        undo = f"/organiser/participations/{own[0]}/expected"
        assert make.post(organiser, page, undo).status_code == 303
        assert arrivals.missing(world.session_id) == [own[0]]
        assert len(sessions.live_meetings(own[0])) == 1
        # The events' own check-in does it, too, at once.
        assert arrivals.mark_missing(actor=SYSTEM, session_id=world.session_id) == 1
        page = f"/organiser/events/{world.event_id}/check-in"
        code = db.session.get(Person, world.people[own[0]][0]).code
        assert make.post(organiser, page, page, code=code).status_code == 303
        assert db.session.get(Participation, own[0], populate_existing=True).no_show_at is None


def test_somebody_who_just_came_gets_a_free_slot(app: Flask) -> None:
    world = World(buyers=1, suppliers=1)
    world.all_wish()
    world.published()
    with clock.frozen(MORNING):
        organiser = staff(app)
        page = f"/organiser/sessions/{world.session_id}/walk-in"
        assert make.post(organiser, page, page, side="demand", name="", person="").status_code == 422
        answer = make.post(organiser, page, page, side="demand", name="New home", person="Guest", languages=["yue"])
        openings = organiser.get(answer.location)
        assert (answer.status_code, "Give them this slot" in openings.text) == (303, True)
        own = int(answer.location.split("/")[-2])
        (free,) = walkins.free_openings(db.session.get(Participation, own))
        assert make.post(organiser, answer.location, answer.location, **{
            "with": str(free.other.id), "slot": str(free.slot.index)}).status_code == 303
        assert len(sessions.live_meetings(own)) == 1
        world.wish(world.suppliers[0], (own, world.suppliers[0][1]), "no")
        with pytest.raises(Invalid):
            walkins.book(actor=SYSTEM, own_id=own, other_id=free.other.id, slot_index=free.slot.index + 1)


def test_the_page_of_the_day_shows_the_badge_and_takes_what_is_tapped(app: Flask) -> None:
    world = waiting_pair()
    row = db.session.get(Participation, world.buyers[0][0])
    phone = english(app)
    page = f"/t/{link_of(row)}/today"
    with clock.frozen(MORNING):
        arrive(world, *world.buyers, *world.suppliers)
        shown = phone.get(page).text
        assert ("<svg" in shown, "Take it" in shown, len(shown) < 100_000) == (True, True, True)
        (offer,) = freed.offers_of([row.id])
        assert make.post(phone, page, f"/t/{link_of(row)}/offers/{offer.id}", take="1").status_code == 303
        assert "the other side is asked" in phone.get(page).text
        assert make.post(phone, page, f"/t/{link_of(row)}/late", minutes="10").status_code == 303
        member = make.sign_in(app.test_client(), db.session.get(User, world.buyers[0][1].user_id))
        assert member.get(f"/sessions/{world.session_id}/today").location.endswith("/today")
