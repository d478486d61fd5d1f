"""The database refuses every double booking, across sessions and for writers at the same moment."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from marketplace.errors import Invalid
from marketplace.events import people, queries
from marketplace.events.people import PersonValues
from marketplace.extensions import db
from marketplace.matchmaking import calendar, publishing, requests, sessions
from marketplace.matchmaking.grid import slots_of, ticks
from marketplace.matchmaking.models import MatchmakingSession, Meeting, Occupancy
from marketplace.matchmaking.places import parts_of
from marketplace.transaction import transaction
from tests.marketplace.matchmaking.steps import SYSTEM, World, make_session

ROUNDS = 4


def at_once(app: Flask, *calls) -> list[str]:
    """Run calls in threads of their own, started together: "done", or the code it was refused with, of each."""
    gate = threading.Barrier(len(calls))
    answers = ["" for _ in calls]

    def run(number: int) -> None:
        with app.app_context():
            gate.wait(20)
            try:
                calls[number]()
                answers[number] = "done"
            except Invalid as refused:
                answers[number] = next(iter(refused.errors.values())).code
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(calls))]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    return sorted(answers)


def test_a_span_touches_every_five_minutes_it_overlaps() -> None:
    from datetime import UTC, datetime

    at = datetime(2030, 5, 1, 9, 0, tzinfo=UTC)
    first = int(at.timestamp()) // 300
    assert list(ticks(at, at + timedelta(minutes=10))) == [first, first + 1]
    assert list(ticks(at + timedelta(minutes=4), at + timedelta(minutes=6))) == [first, first + 1]


def second_session(world: World) -> tuple[int, dict[int, int]]:
    """A second session at the same hours, of longer slots, with the same people; old participation to new."""
    event = queries.find(world.event_id)
    other = make_session(event, slot_minutes=30, gap_minutes=0)
    joined = {}
    for own, actor in (*world.buyers, *world.suppliers):
        registration = queries.registrations_of_organisation(world.event_id, actor.organisation_id)[0].id
        joined[own] = sessions.join(actor=actor, session_id=other.id, registration_id=registration,
                                    person_ids=world.people[own])[0].id
    return other.id, joined


def starts(session_id: int) -> list:
    session = db.session.get(MatchmakingSession, session_id)
    return [one.starts_at for one in slots_of(session, parts_of(session_id)) if one.part_id is not None]


def test_sessions_of_different_slot_lengths_share_one_calendar(app: Flask) -> None:
    world = World(buyers=1, suppliers=2)
    other, joined = second_session(world)
    buyer = world.buyers[0]
    first = requests.ask(actor=world.suppliers[0][1], from_id=world.suppliers[0][0], to_id=buyer[0],
                         starts_at=starts(world.session_id)[1]).id  # 09:25-09:45
    second = requests.ask(actor=world.suppliers[1][1], from_id=joined[world.suppliers[1][0]], to_id=joined[buyer[0]],
                          starts_at=starts(other)[0]).id              # 09:00-09:30
    requests.accept(actor=buyer[1], request_id=first)
    with pytest.raises(Invalid) as refused:
        requests.accept(actor=buyer[1], request_id=second)
    assert refused.value.errors["slot"].code == "double_booked"


def test_who_buys_and_supplies_is_one_person(app: Flask) -> None:
    world = World(buyers=1, suppliers=2)
    meeting = Meeting(session_id=world.session_id, a_id=world.buyers[0][0], b_id=world.suppliers[0][0],
                      starts_at=starts(world.session_id)[0], ends_at=starts(world.session_id)[1])

    def keep(meeting: Meeting) -> int:
        with transaction():
            db.session.add(meeting)
            db.session.flush()
            calendar.occupy([meeting])
            return meeting.id

    meeting_id = keep(meeting)
    # The same people on the other side of another meeting.
    twin = Meeting(session_id=world.session_id, a_id=world.suppliers[0][0], b_id=world.suppliers[1][0],
                   starts_at=starts(world.session_id)[0], ends_at=starts(world.session_id)[1])
    with pytest.raises(Invalid):
        keep(twin)
    assert set(db.session.scalars(sa.select(Occupancy.meeting_id))) == {meeting_id}


@pytest.mark.parametrize("number", range(ROUNDS))
def test_of_two_accepting_at_the_same_moment_in_two_sessions_one_wins(app: Flask, number: int) -> None:
    world = World(buyers=1, suppliers=2)
    other, joined = second_session(world)
    buyer = world.buyers[0]
    first = requests.ask(actor=world.suppliers[0][1], from_id=world.suppliers[0][0], to_id=buyer[0],
                         starts_at=starts(world.session_id)[0]).id
    second = requests.ask(actor=world.suppliers[1][1], from_id=joined[world.suppliers[1][0]], to_id=joined[buyer[0]],
                          starts_at=starts(other)[0]).id
    db.session.remove()
    answers = at_once(app, lambda: requests.accept(actor=buyer[1], request_id=first),
                      lambda: requests.accept(actor=buyer[1], request_id=second))
    assert answers == ["done", "double_booked"]
    assert db.session.scalar(sa.select(sa.func.count(sa.distinct(Occupancy.meeting_id)))) == 1


def test_of_eight_accepting_for_two_tables_two_win(app: Flask) -> None:
    world = World(buyers=8, suppliers=8, tables=2)
    at = starts(world.session_id)[0]
    asked = [
        (buyer[1], requests.ask(actor=supplier[1], from_id=supplier[0], to_id=buyer[0], starts_at=at).id)
        for buyer, supplier in zip(world.buyers, world.suppliers, strict=True)]
    db.session.remove()
    answers = at_once(app, *(lambda actor=actor, request=request: requests.accept(actor=actor, request_id=request)
                             for actor, request in asked))
    assert answers == ["done"] * 2 + ["tables_full"] * 6
    assert len({one.table_id for one in publishing.live_of(world.session_id)}) == 2


def test_two_plans_published_at_the_same_moment_never_book_anybody_twice(app: Flask) -> None:
    world = World(buyers=2, suppliers=2)
    _other, joined = second_session(world)
    world.all_wish()
    here = world.plan().id
    twin = World.__new__(World)
    twin.session_id, twin.buyers = _other, [(joined[one], actor) for one, actor in world.buyers]
    twin.suppliers = [(joined[one], actor) for one, actor in world.suppliers]
    twin.all_wish()
    there = twin.plan().id
    db.session.remove()
    answers = at_once(
        app, lambda: publishing.publish(actor=SYSTEM, version_id=here, provisional=False),
        lambda: publishing.publish(actor=SYSTEM, version_id=there, provisional=False))
    assert answers == ["done", "double_booked"]


def test_people_seated_anew_take_their_meetings_with_them(app: Flask) -> None:
    world = World(buyers=1, suppliers=1)
    world.all_wish()
    world.published()
    own, actor = world.buyers[0]
    newcomer = people.add_person(
        actor=actor, event_id=world.event_id, organisation_id=actor.organisation_id, values=PersonValues(name="Late"))
    registration = queries.registrations_of_organisation(world.event_id, actor.organisation_id)[0].id
    sessions.join(actor=actor, session_id=world.session_id, registration_id=registration, person_ids=[newcomer.id])
    held = set(db.session.scalars(sa.select(Occupancy.resource_id).where(Occupancy.resource_kind == "person")))
    assert (newcomer.id in held, world.people[own][0] in held) == (True, False)
