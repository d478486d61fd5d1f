"""What is given away on the day obeys the plan's hard rules: runs, walking, limits, interpreters."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from marketplace import clock
from marketplace.errors import Invalid
from marketplace.events import service as events
from marketplace.events.models import Interpreter
from marketplace.extensions import db
from marketplace.floor import delays, freed, walkins
from marketplace.floor.models import FreedOffer
from marketplace.matchmaking.models import MatchmakingSession, Meeting, Participation
from tests.marketplace import factories as make
from tests.marketplace.floor.test_day import MORNING, arrive, staff
from tests.marketplace.matchmaking.steps import SYSTEM, World, stand_for


def between(world: World, buyer: int = 0, supplier: int = 0) -> None:
    """The two wish for each other."""
    world.wish(world.buyers[buyer], world.suppliers[supplier])
    world.wish(world.suppliers[supplier], world.buyers[buyer])


def offered(world: World) -> list[tuple[int, int, str]]:
    """(buyer, supplier, local minute) of what is offered once everybody is here."""
    arrive(world, *world.buyers, *world.suppliers)
    return [(one.a_id, one.b_id, f"{one.starts_at.hour + 8:02}:{one.starts_at.minute:02}")
            for one in db.session.scalars(sa.select(FreedOffer).order_by(FreedOffer.id))]


def test_a_freed_slot_makes_no_longer_run_than_somebody_takes(app: Flask) -> None:
    world = World(buyers=1, suppliers=2)
    world.wish(world.buyers[0], world.suppliers[0])
    world.published()
    met = db.session.scalars(sa.select(Meeting)).one()
    met_at = f"{met.starts_at.hour + 8:02}:{met.starts_at.minute:02}"
    db.session.get(Participation, world.buyers[0][0]).in_a_row = 1
    db.session.commit()
    between(world, supplier=1)
    with clock.frozen(MORNING):
        (found,) = offered(world)
    grid = ["09:00", "09:25", "09:50", "10:15"]
    assert abs(grid.index(found[2]) - grid.index(met_at)) > 1


def test_who_comes_later_or_has_all_meetings_is_offered_nothing_before(app: Flask) -> None:
    world = World(buyers=2, suppliers=2)
    between(world)
    between(world, 1, 1)
    db.session.get(Participation, world.buyers[1][0]).most = 0
    db.session.commit()
    with clock.frozen(MORNING):
        delays.say_late(participation_id=world.buyers[0][0], minutes=30)
        assert offered(world) == [(world.buyers[0][0], world.suppliers[0][0], "09:25")]


def test_a_pair_without_a_common_language_gets_a_free_interpreter_or_no_offer(app: Flask) -> None:
    world = World(buyers=1, suppliers=1)
    for row, code in ((world.buyers[0], "pt"), (world.suppliers[0], "cmn")):
        for person in db.session.get(Participation, row[0]).people:
            person.languages = [{"code": code, "level": "fluent"}]
    db.session.commit()
    between(world)
    with clock.frozen(MORNING):
        assert offered(world) == []
        with pytest.raises(Invalid) as refused:
            walkins.book(actor=SYSTEM, own_id=world.buyers[0][0], other_id=world.suppliers[0][0], slot_index=0)
        assert refused.value.errors["slot"].code == "no_interpreter"
        page = f"/organiser/participations/{world.buyers[0][0]}/openings"
        organiser = staff(app)
        make.post(organiser, page, page, **{"with": str(world.suppliers[0][0]), "slot": "0"})
        assert "You need an interpreter, and none is free at this time" in organiser.get(page).text
        db.session.add(Interpreter(event_id=world.event_id, name="Guest", languages=["cmn", "pt"]))
        db.session.commit()
        assert freed.offer_freed(world.session_id) == 1
        meeting = walkins.book(
            actor=SYSTEM, own_id=world.buyers[0][0], other_id=world.suppliers[0][0], slot_index=0)
        assert meeting.interpreter_id == db.session.scalar(sa.select(Interpreter.id))


def test_nobody_runs_from_zone_to_zone_for_a_freed_slot(app: Flask) -> None:
    world = World(buyers=1, suppliers=2, ends="09:45")   # two slots, side by side
    stand_for(world, world.suppliers[0], "A1")
    world.zone_id = events.add_zone(actor=SYSTEM, event_id=world.event_id, hall="5", code="far", tables=2).id
    stand_for(world, world.suppliers[1], "F1")
    world.wish(world.buyers[0], world.suppliers[0])
    world.published()
    between(world, supplier=1)
    with clock.frozen(MORNING):
        assert offered(world) == []
        db.session.get(MatchmakingSession, world.session_id).walking = False
        db.session.commit()
        assert freed.offer_freed(world.session_id) == 1
