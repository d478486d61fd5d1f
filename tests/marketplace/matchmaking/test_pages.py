"""The pages of a session, walked through as an organiser and as members."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from marketplace.accounts.models import User
from marketplace.actor import Actor
from marketplace.events import queries as event_queries
from marketplace.extensions import db
from marketplace.matchmaking import plans, publishing, queries, sessions
from marketplace.matchmaking.models import MatchmakingSession, MeetingRequest, Participation, Preference
from marketplace.matchmaking.views import link_of
from marketplace.notifications.models import Notification
from tests.marketplace import factories as make
from tests.marketplace.events.steps import make_event, make_participant
from tests.marketplace.matchmaking.steps import World


@pytest.fixture
def organiser(app: Flask) -> FlaskClient:
    return make.sign_in(app.test_client(), make.make_user(organiser=True))


def browser(app: Flask, actor: Actor) -> FlaskClient:
    return make.sign_in(app.test_client(), db.session.get(User, actor.user_id))


def test_an_organiser_makes_a_session_and_shows_its_plan(app: Flask, organiser: FlaskClient) -> None:
    event = make_event()
    new = f"/organiser/events/{event.id}/sessions/new"
    assert new in organiser.get(f"/organiser/events/{event.id}").text
    filled = {"name_en": "Morning", "held_on": "2030-05-01", "slot_minutes": "20", "gap_minutes": "5", "most": "12",
              "fewest": "0", "request_hours": "72", "breaks": "10:00-10:15", "walking": "y", "submission_id": "once"}
    bad = make.post(organiser, new, new, **{**filled, "slot_minutes": "7", "held_on": "2030-06-01"})
    assert (bad.status_code, "not one of the event" in bad.text, "five divides" in bad.text) == (422, True, True)
    page = make.post(organiser, new, new, **filled).location
    assert make.post(organiser, new, new, **filled).location == page
    session = db.session.scalar(sa.select(MatchmakingSession))
    assert make.post(organiser, page, f"{page}/parts", kind="tables", starts="09:00", ends="08:00",
                     minutes="5").status_code == 422
    assert make.post(organiser, page, f"{page}/parts", kind="tables", starts="09:00", ends="12:00",
                     minutes="5").status_code == 303
    assert app.test_client().get(f"/sessions/{session.id}").status_code == 404
    make.post(organiser, page, f"{page}/open")
    assert app.test_client().get(f"/sessions/{session.id}").status_code == 200
    _home, buyer, _people = make_participant(event, "demand", name="Home")
    _firm, seller, _staff = make_participant(event, "supply", name="Firm")
    for actor in (buyer, seller):
        member = browser(app, actor)
        join = re.search(rf"/sessions/{session.id}/join/\d+", member.get(f"/sessions/{session.id}").text).group()
        people = re.findall(r'name="people" value="(\d+)"', member.get(join).text)
        assert make.post(member, join, join, people=[]).status_code == 422
        assert make.post(member, join, join, people=people).status_code == 303
    rows = {row.side: row.id for row in queries.participations_of(session.id)}
    member = browser(app, buyer)
    wishes = f"/sessions/{session.id}/counterparts"
    assert make.post(member, wishes, wishes, **{f"w-{rows['supply']}": "must"}).status_code == 303
    assert make.post(member, wishes, wishes, **{f"w-{rows['demand']}": "must"}).status_code == 422
    plan = make.post(organiser, page, f"{page}/plans", mode="new", seconds="2").location
    assert "waits for the worker" in organiser.get(plan).text
    make.run_jobs()
    shown = organiser.get(plan).text
    assert "Everybody meets everybody they may meet." in shown
    board = organiser.get(f"{plan}/board").text
    by_participant = organiser.get(f"{plan}/board?by=participant").text
    assert ("Home × Firm" in board, "Home × Firm" in by_participant) == (True, False)
    pair = f"{plan}/pairs/p{rows['demand']}/p{rows['supply']}"
    slots = re.findall(r'name="slot" value="(\d+)"', organiser.get(pair).text)
    assert make.post(organiser, pair, pair, action="place", slot=slots[-1]).status_code == 303
    publish = f"{plan}/publish"
    assert "2 organisations with 2 people" in organiser.get(publish).text
    assert make.post(organiser, publish, publish, how="published").status_code == 303
    assert make.post(organiser, page, publish, how="published").status_code == 422
    make.run_jobs()
    assert "Firm" in member.get(f"/sessions/{session.id}/timetable").text
    assert "Your timetable" in member.get("/inbox").text
    for what in ("tables", "hall"):
        assert "Firm" in organiser.get(f"{page}/print/{what}").text


def test_terms_are_kept_and_shown_again(app: Flask) -> None:
    world = World()
    buyer, actor = world.buyers[0]
    member = browser(app, actor)
    page = f"/sessions/{world.session_id}/terms"
    assert make.post(member, page, page, most="3", fewest="5", accepts="all").status_code == 422
    assert make.post(member, page, page, most="3", fewest="1", accepts="matched", away=["0", "2"]).status_code == 303
    row = db.session.get(Participation, buyer)
    assert (row.most, row.fewest, row.accepts, len(row.away)) == (3, 1, "matched", 2)
    text = member.get(page).text
    assert re.findall(r'name="away" value="(\d)" id="[^"]+" checked', text) == ["0", "2"]


def test_another_partys_wishes_availability_and_timetable_are_never_seen(app: Flask) -> None:
    world = World()
    world.wish(world.suppliers[0], world.buyers[0], "no")
    world.wish(world.buyers[0], world.suppliers[1], "must")
    world.published()
    _organisation, rival = make.make_organisation(kind="both")
    row = db.session.get(Participation, world.buyers[0][0])
    token = link_of(row)
    outsider = browser(app, rival)
    for page in ("terms", "counterparts", "requests", "timetable"):
        assert outsider.get(f"/sessions/{world.session_id}/{page}").status_code == 404
    other = browser(app, world.suppliers[0][1])
    for page in ("terms", "counterparts", "requests", "timetable"):
        # Asking for another's page shows nothing of theirs.
        answer = other.get(f"/sessions/{world.session_id}/{page}?of={row.id}")
        assert answer.status_code == 404 or page == "timetable"
    seen = other.get(f"/sessions/{world.session_id}/timetable").text
    assert "No meetings yet" in seen
    buyer = browser(app, world.buyers[0][1]).get(f"/sessions/{world.session_id}/counterparts").text
    assert buyer.count(' checked') == 2  # one's own "must", and "no wish" for the one who said no
    assert app.test_client().get(f"/t/{token}").status_code == 200
    assert app.test_client().get(f"/t/{token[:-1]}0").status_code == 404


def test_a_private_link_confirms_by_one_tap_and_feeds_a_calendar(app: Flask, organiser: FlaskClient) -> None:
    world = World(buyers=1, suppliers=1)
    world.all_wish()
    world.published()
    token = link_of(db.session.get(Participation, world.buyers[0][0]))
    phone = app.test_client()
    calendar = phone.get(f"/t/{token}/calendar.ics")
    assert calendar.mimetype == "text/calendar"
    assert calendar.text.count("BEGIN:VEVENT") == 1
    assert all(len(line.encode()) <= 75 for line in calendar.text.split("\r\n"))
    assert make.post(phone, f"/t/{token}", f"/t/{token}/confirm").status_code == 303
    assert db.session.get(Participation, world.buyers[0][0]).confirmed_at is not None
    page = f"/organiser/sessions/{world.session_id}/participants"
    assert organiser.get(page).text.count("silent: call them") == 1
    for _ in range(2):
        make.post(organiser, page, f"/organiser/sessions/{world.session_id}/ask-to-confirm")
    supplier = browser(app, world.suppliers[0][1])
    assert "Please confirm that you come" in supplier.get("/inbox").text
    asked = sa.select(sa.func.count()).select_from(Notification).where(
        Notification.kind == "timetable_confirm",
        Notification.organisation_id == world.suppliers[0][1].organisation_id)
    assert db.session.scalar(asked) == 1
    assert "Please confirm" not in browser(app, world.buyers[0][1]).get("/inbox").text


def test_no_shows_are_repaired_after_the_number_of_disturbed_meetings_is_shown(
    app: Flask, organiser: FlaskClient
) -> None:
    world = World()
    world.all_wish()
    world.published()
    page = f"/organiser/sessions/{world.session_id}/participants"
    absent = world.buyers[0][0]
    make.post(organiser, page, f"/organiser/participations/{absent}/no-show", missing="1")
    assert "did not come" in organiser.get(page).text
    plan = make.post(organiser, page, f"/organiser/sessions/{world.session_id}/plans", mode="repair",
                     seconds="2").location
    make.run_jobs()
    text = organiser.get(f"{plan}/publish").text
    assert "Meetings that people know of and that are disturbed: 2." in text
    assert make.post(organiser, f"{plan}/publish", f"{plan}/publish", how="published").status_code == 303
    assert len(publishing.live_of(world.session_id)) == 2


def test_requests_are_sent_and_answered_on_their_page(app: Flask) -> None:
    world = World(buyers=1, suppliers=1)
    seller, buyer = browser(app, world.suppliers[0][1]), browser(app, world.buyers[0][1])
    page = f"/sessions/{world.session_id}/requests"
    times = re.findall(r'<option value="(\d{4}-[^"]+)"', seller.get(page).text)
    sent = {"to": world.buyers[0][0], "slot": times[1], "message": "We bring a bed", "submission_id": "x"}
    assert make.post(seller, page, page, **sent).status_code == 303
    assert make.post(seller, page, page, **sent).status_code == 303
    assert db.session.scalar(sa.select(sa.func.count(MeetingRequest.id))) == 1
    request = db.session.scalar(sa.select(MeetingRequest.id))
    assert "We bring a bed" in buyer.get(page).text
    assert make.post(seller, page, f"{page}/{request}", answer="accept").status_code == 422
    assert make.post(buyer, page, f"{page}/{request}", answer="propose", slot=times[2]).status_code == 303
    assert make.post(seller, page, f"{page}/{request}", answer="accept").status_code == 303
    assert "wants to meet you, too" in buyer.get("/inbox").text
    (meeting,) = publishing.live_of(world.session_id)
    assert (meeting.starts_at.isoformat(), meeting.origin) == (times[2], "request")


def test_a_board_costs_the_same_number_of_statements_however_many_meet(app: Flask, organiser: FlaskClient) -> None:
    world = World(buyers=1, suppliers=1, tables=6, ends="17:00")
    statements: list[str] = []
    sa.event.listen(db.engine, "after_cursor_execute", lambda *args: statements.append(args[2]))
    counts = []
    for more in (0, 5):
        world.buyers += [world.add("demand") for _ in range(more)]
        world.suppliers += [world.add("supply") for _ in range(more)]
        world.all_wish()
        version = world.plan()
        db.session.rollback()
        for by in ("table", "participant"):
            statements.clear()
            assert organiser.get(f"/organiser/plans/{version.id}/board?by={by}").status_code == 200
            counts.append(len(statements))
    assert counts[:2] == counts[2:]


def test_the_events_page_lists_sessions_and_listings_without_contacts(app: Flask, client: FlaskClient) -> None:
    world = World(buyers=1, suppliers=1)
    make.make_offer(world.suppliers[0][1])
    make.make_demand(world.buyers[0][1])
    text = client.get(f"/events/{world.event.slug}").text
    assert ("Morning" in text, "Electric nursing bed" in text) == (True, True)
    booklet = client.get(f"/events/{world.event.slug}/booklet/offers").text
    assert "Electric nursing bed" in booklet
    assert "secret" not in booklet
    assert client.get(f"/events/{world.event.slug}/booklet/contacts").status_code == 404


def test_a_plan_that_is_shown_is_changed_through_a_copy(app: Flask, organiser: FlaskClient) -> None:
    world = World(buyers=1, suppliers=1)
    world.all_wish()
    version = world.published()
    one = version.plan["meetings"][0]
    pair = f"/organiser/plans/{version.id}/pairs/{one['a']}/{one['b']}"
    assert make.post(organiser, pair, pair, action="drop").status_code == 422
    copied = make.post(organiser, pair, f"/organiser/plans/{version.id}/copy").location
    draft = copied.replace("/board", "")
    pair = f"{draft}/pairs/{one['a']}/{one['b']}"
    assert make.post(organiser, pair, pair, action="drop").status_code == 303
    assert "Cancelled: 1" in organiser.get(f"{draft}/publish").text
    assert plans.get(version.id).state == "published"


def test_wishes_can_be_taken_back(app: Flask) -> None:
    world = World(buyers=1, suppliers=1)
    world.wish(world.buyers[0], world.suppliers[0], "no")
    world.wish(world.buyers[0], world.suppliers[0], "")
    assert db.session.scalars(sa.select(Preference)).all() == []


def test_a_long_list_of_counterparts_is_paged_and_narrowed_and_keeps_what_other_pages_say(app: Flask) -> None:
    world = World(buyers=1, suppliers=1)
    event = world.event
    for number in range(41):
        _firm, actor, people = make_participant(event, "supply", name=f"Firm number {number:02}")
        row = registration_of(world.event_id, actor)
        sessions.join(actor=actor, session_id=world.session_id, registration_id=row, person_ids=[people[0].id])
    world.wish(world.buyers[0], world.suppliers[0])
    member = browser(app, world.buyers[0][1])
    page = f"/sessions/{world.session_id}/counterparts"
    first, second = member.get(page).text, member.get(f"{page}?page=2").text
    assert (first.count('class="match"'), second.count('class="match"')) == (40, 2)
    found = member.get(f"{page}?q=FIRM+number+07").text
    assert (found.count('class="match"'), "Firm number 07" in found) == (1, True)
    assert member.get(f"{page}?show=wished").text.count('class="match"') == 1
    name = re.search(r'name="(w-\d+)"', found).group(1)
    assert make.post(member, f"{page}?q=07", f"{page}?q=07", **{name: "would"}).location.endswith("?q=07")
    assert member.get(f"{page}?show=wished").text.count('class="match"') == 2


def registration_of(event_id: int, actor: Actor) -> int:
    return event_queries.registrations_of_organisation(event_id, actor.organisation_id)[0].id
