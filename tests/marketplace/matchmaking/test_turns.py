"""Turns of a part, slots of a day, and calendars of phones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from marketplace.errors import Invalid
from marketplace.extensions import db
from marketplace.matchmaking import icalendar, problem, publishing, sessions, turns
from marketplace.matchmaking.models import Meeting
from tests.marketplace import factories as make
from tests.marketplace.matchmaking.steps import SYSTEM, World, stand_for


def part(world: World, kind: str, starts: str, ends: str, **more: int) -> int:
    return sessions.add_part(actor=SYSTEM, session_id=world.session_id, kind=kind, starts=starts, ends=ends, **more).id


def order_of(part_id: int) -> list[int]:
    return list(db.session.scalars(
        sa.select(Meeting.a_id).where(Meeting.part_id == part_id).order_by(Meeting.starts_at, Meeting.id)))


def test_pitches_follow_each_other_and_a_drawn_order_can_be_drawn_again(app: Flask) -> None:
    world = World(buyers=0, suppliers=5)
    pitch = part(world, "pitch", "11:00", "11:25", minutes=5)
    ids = [one for one, _actor in world.suppliers]
    assert turns.lay_out(actor=SYSTEM, part_id=pitch, order=ids) == 5
    assert order_of(pitch) == ids
    turns.lay_out(actor=SYSTEM, part_id=pitch, order=ids, draw=7)
    drawn = order_of(pitch)
    turns.lay_out(actor=SYSTEM, part_id=pitch, order=ids, draw=7)
    assert (order_of(pitch), sorted(drawn)) == (drawn, ids)
    short = part(world, "pitch", "12:00", "12:10", minutes=5)
    with pytest.raises(Invalid) as refused:
        turns.lay_out(actor=SYSTEM, part_id=short, order=ids)
    assert refused.value.errors["order"].params == {"fit": 2}


def test_who_pitches_is_not_planned_to_meet_then(app: Flask) -> None:
    world = World(buyers=1, suppliers=1)
    world.all_wish()
    pitch = part(world, "pitch", "09:00", "10:30", minutes=90)
    turns.lay_out(actor=SYSTEM, part_id=pitch, order=[world.suppliers[0][0]])
    found = problem.problem_for(world.session_id).problem.by_id[problem.name_of(world.suppliers[0][0])]
    assert sorted(found.unavailable) == [0, 1, 2, 3]
    world.published()
    with pytest.raises(Invalid) as refused:
        turns.lay_out(actor=SYSTEM, part_id=part(world, "signing", "09:00", "11:00", minutes=60),
                      order=[world.suppliers[0][0]])
    assert refused.value.errors["slot"].code == "double_booked"


def test_a_route_passes_the_stands_that_fit_in_the_order_of_the_hall(app: Flask) -> None:
    world = World(buyers=1, suppliers=3)
    for supplier, code in zip(world.suppliers, ("A09", "A02", "A05"), strict=True):
        stand_for(world, supplier, code)
    for supplier in world.suppliers[:2]:
        make.make_offer(supplier[1])
    make.make_demand(world.buyers[0][1])
    make.run_jobs()
    route = part(world, "route", "11:00", "12:00", minutes=15)
    stops = turns.route_for(route, world.buyers[0][0])
    assert stops == [world.suppliers[1][0], world.suppliers[0][0]]
    turns.lay_out(actor=SYSTEM, part_id=route, order=stops, guest_id=world.buyers[0][0])
    world.wish(world.suppliers[1], world.buyers[0], "no")
    assert turns.route_for(route, world.buyers[0][0]) == [world.suppliers[0][0]]


def test_a_part_of_one_buyer_is_for_that_buyer(app: Flask) -> None:
    world = World(buyers=2, suppliers=2)
    with pytest.raises(Invalid):
        part(world, "one_buyer", "13:00", "14:00")
    part(world, "one_buyer", "13:00", "14:00", participation_id=world.buyers[0][0])
    by_id = problem.problem_for(world.session_id).problem.by_id
    slots = problem.problem_for(world.session_id).problem.slots
    closed = by_id[problem.name_of(world.buyers[1][0])].unavailable - by_id[
        problem.name_of(world.buyers[0][0])].unavailable
    assert sorted(closed) == [slots - 2, slots - 1]


def test_a_part_with_meetings_is_not_removed(app: Flask) -> None:
    world = World(buyers=1, suppliers=1)
    world.all_wish()
    world.published()
    (meeting,) = publishing.live_of(world.session_id)
    with pytest.raises(Invalid):
        sessions.remove_part(actor=SYSTEM, part_id=meeting.part_id)


def test_a_calendar_is_folded_escaped_and_says_what_changed() -> None:
    at = datetime(2030, 5, 1, 1, 0, tzinfo=UTC)
    entry = icalendar.Entry(uid="m-1", starts_at=at, ends_at=at + timedelta(minutes=20), revision=3, cancelled=True,
                            summary="示範機構，" * 20 + "A; B, C\\D", location="3 A")
    text = icalendar.calendar("日程", [entry], now=at)
    lines = text.split("\r\n")
    assert all(len(line.encode()) <= 75 for line in lines)
    unfolded = text.replace("\r\n ", "")
    assert f"SUMMARY:{'示範機構，' * 20}A\\; B\\, C\\\\D\r\n" in unfolded
    assert "SEQUENCE:3\r\n" in unfolded
    assert "STATUS:CANCELLED\r\n" in unfolded
    assert "BEGIN:VALARM" not in unfolded
    assert "DTSTART:20300501T010000Z\r\n" in unfolded
