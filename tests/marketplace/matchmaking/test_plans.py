"""From wishes to a plan to timetables."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.errors import Conflict, Invalid, NotAllowed
from marketplace.events import people as event_people
from marketplace.events import service as events
from marketplace.extensions import db
from marketplace.matchmaking import edits, plans, problem, publishing, sessions
from marketplace.matchmaking.models import Meeting, Occupancy, PlanVersion
from marketplace.matchmaking.sessions import Terms
from marketplace.notifications.models import Notification
from scheduling import check, read_plan, read_problem
from tests.marketplace import factories as make
from tests.marketplace.events.steps import make_participant
from tests.marketplace.matchmaking.steps import SYSTEM, World, make_session, stand_for


@pytest.fixture
def world(app: Flask) -> World:
    return World()


def pairs(version: PlanVersion) -> set[tuple[str, str]]:
    return {(one["a"], one["b"]) for one in version.plan["meetings"]}


def live() -> list[Meeting]:
    return list(db.session.scalars(
        sa.select(Meeting).where(Meeting.cancelled_at.is_(None)).order_by(Meeting.starts_at, Meeting.id)))


def test_wishes_of_both_sides_and_the_match_make_the_weight(app: Flask, world: World) -> None:
    world.wish(world.buyers[0], world.suppliers[0])
    world.wish(world.suppliers[0], world.buyers[0], "would")
    world.wish(world.buyers[1], world.suppliers[0], "would")
    found = problem.problem_for(world.session_id).problem
    weights = {(one.a, one.b): one.weight for one in found.pairs}
    b1, b2, s1 = (problem.name_of(one[0]) for one in (*world.buyers, world.suppliers[0]))
    assert weights == {(b1, s1): 60 + 20 + 30, (b2, s1): 25}
    sessions.set_weights(actor=SYSTEM, session_id=world.session_id, weights={"buyer_would": 7})
    assert {one.weight for one in problem.problem_for(world.session_id).problem.pairs} == {110, 7}


def test_a_stored_match_alone_makes_a_pair(app: Flask) -> None:
    world = World(buyers=1, suppliers=1)
    make.make_offer(world.suppliers[0][1])
    make.make_demand(world.buyers[0][1])
    make.run_jobs()
    (pair,) = problem.problem_for(world.session_id).problem.pairs
    assert 0 < pair.weight <= 100
    world.wish(world.suppliers[0], world.buyers[0], "no")
    assert problem.problem_for(world.session_id).problem.pairs == ()


def test_a_no_of_either_side_is_absolute(app: Flask, world: World) -> None:
    world.wish(world.buyers[0], world.suppliers[0])
    world.wish(world.suppliers[0], world.buyers[0], "no")
    assert problem.problem_for(world.session_id).problem.pairs == ()


def test_the_plan_holds_is_optimal_and_says_so(app: Flask, world: World) -> None:
    world.all_wish()
    version = world.plan()
    frozen, plan = read_problem(version.problem), read_plan(version.plan)
    assert check(frozen, plan) == []
    assert (len(plan.meetings), plan.value, plan.upper_bound, version.plan["lacking"]) == (4, 100, 100, [])


def test_limits_breaks_and_absences_reach_the_problem(app: Flask) -> None:
    world = World(breaks="09:25-09:55", ends="12:00")
    buyer = world.buyers[0]
    starts = [one[0] for one in problem.problem_for(world.session_id).frame["slots"]]
    assert [text[11:16] for text in starts] == ["01:00", "01:25", "01:55", "02:20", "02:45", "03:10", "03:35"]
    first = int(problem.problem_for(world.session_id).problem.slots)
    from marketplace.matchmaking.grid import slots_of
    from marketplace.matchmaking.places import parts_of

    slots = slots_of(sessions.lock(world.session_id), parts_of(world.session_id))
    db.session.rollback()
    sessions.set_terms(actor=buyer[1], participation_id=buyer[0], terms=Terms(
        most=2, fewest=1, in_a_row=1, away=[(slots[0].ticks.start, slots[0].ticks.stop)]))
    found = problem.problem_for(world.session_id).problem.by_id[problem.name_of(buyer[0])]
    assert (first, found.max_meetings, found.min_meetings, found.max_in_a_row, sorted(found.unavailable)) == (
        7, 2, 1, 1, [0, 1])  # slot 1 is the break


def test_who_cannot_have_a_wish_is_told_why(app: Flask) -> None:
    world = World(buyers=1, suppliers=1, tables=0)
    world.all_wish()
    version = world.plan()
    assert (version.plan["meetings"], version.plan["unscheduled"][0]["reason"]) == ([], "tables")
    organiser = make.sign_in(app.test_client(), make.make_user(organiser=True))
    assert "no table is free" in organiser.get(f"/organiser/plans/{version.id}").text


def test_interpreters_serve_pairs_without_a_common_language(app: Flask) -> None:
    world = World(buyers=0, suppliers=0)
    buyer, supplier = world.add("demand", languages=("yue",)), world.add("supply", languages=("en",))
    world.wish(buyer, supplier)
    assert world.plan().plan["unscheduled"][0]["reason"] == "interpreter"
    events.add_interpreter(actor=SYSTEM, event_id=world.event_id, name="Ms Ho", languages=["yue", "en"])
    world.published()
    assert [one.interpreter_id is not None for one in live()] == [True]
    for one in (buyer, supplier):
        sessions.set_terms(actor=one[1], participation_id=one[0], terms=Terms(manages=True))
    assert [one.interpreter for one in problem.problem_for(world.session_id).problem.pairs] == [None]


def test_publishing_fills_the_calendar_and_tells_those_concerned_once(app: Flask, world: World) -> None:
    world.wish(world.buyers[0], world.suppliers[0])
    version = world.plan()
    told = publishing.publish(actor=SYSTEM, version_id=version.id, provisional=True)
    (meeting,) = live()
    rows = db.session.scalars(sa.select(Occupancy)).all()
    # Two people and a table for 20 minutes.
    assert (told, len(rows), {row.meeting_id for row in rows}) == (2, 3 * 4, {meeting.id})
    publishing.publish(actor=SYSTEM, version_id=version.id, provisional=False)
    make.run_jobs()
    kinds = [(one.organisation_id, one.params["provisional"]) for one in db.session.scalars(
        sa.select(Notification).where(Notification.kind == "timetable_changed").order_by(Notification.id))]
    concerned = {world.buyers[0][1].organisation_id, world.suppliers[0][1].organisation_id}
    assert ({one for one, _p in kinds}, len(kinds)) == (concerned, 4)
    with pytest.raises(Invalid):
        publishing.publish(actor=SYSTEM, version_id=version.id, provisional=False)
    again = world.plan()
    assert publishing.publish(actor=SYSTEM, version_id=again.id, provisional=False) == 0
    assert plans.get(version.id).state == "replaced"


def test_a_notice_names_what_moved(app: Flask, world: World) -> None:
    world.wish(world.buyers[0], world.suppliers[0])
    version = world.published()
    (meeting,) = live()
    draft = plans.copy_plan(actor=SYSTEM, version_id=version.id)
    one = version.plan["meetings"][0]
    _touched, options = edits.openings(plans.get(draft.id), one["a"], one["b"])
    slot = next(row.slot for row in reversed(options) if not row.stopped_by)
    edits.edit_plan(actor=SYSTEM, version_id=draft.id, action="place", a=one["a"], b=one["b"], slot=slot)
    before = meeting.starts_at.isoformat()
    publishing.publish(actor=SYSTEM, version_id=draft.id, provisional=False)
    make.run_jobs()
    told = db.session.scalars(sa.select(Notification).where(
        Notification.kind == "timetable_changed", Notification.organisation_id == world.buyers[0][1].organisation_id)
        .order_by(Notification.id)).all()
    assert [line[0] for line in told[0].params["lines"]] == ["new"]
    ((what, other, first, last),) = told[1].params["lines"]
    assert (what, other, first, last) == (
        "moved", live()[0].b.organisation.names, before, live()[0].starts_at.isoformat())
    member = make.sign_in(app.test_client(), db.session.get(User, world.buyers[0][1].user_id))
    assert "→" in member.get("/inbox").text


def test_members_make_and_show_no_plans(app: Flask, world: World) -> None:
    version = world.plan()
    member = world.buyers[0][1]
    for call in (
        lambda: plans.ask_for_plan(actor=member, session_id=world.session_id),
        lambda: plans.stop(actor=member, version_id=version.id),
        lambda: publishing.publish(actor=member, version_id=version.id, provisional=False),
        lambda: edits.edit_plan(actor=member, version_id=version.id, action="drop", a="p1", b="p3"),
    ):
        with pytest.raises(NotAllowed):
            call()


def test_an_edit_that_breaks_a_rule_changes_nothing_and_says_which(app: Flask, world: World) -> None:
    world.all_wish()
    version = world.plan()
    first = version.plan["meetings"][0]
    other = next(one for one in version.plan["meetings"]
                 if one["a"] == first["a"] and one["b"] != first["b"])
    effect = edits.edit_plan(actor=SYSTEM, version_id=version.id, action="place", a=first["a"], b=first["b"],
                             slot=other["slot"])
    assert set(effect.broken) >= {"busy"}
    assert plans.get(version.id).plan["meetings"] == version.plan["meetings"]
    base = plans.get(version.id).lock_version
    effect = edits.edit_plan(actor=SYSTEM, version_id=version.id, action="drop", a=first["a"], b=first["b"],
                             base_version=base)
    assert (effect.broken, effect.before - effect.after) == ((), 25)
    with pytest.raises(Conflict):
        edits.edit_plan(actor=SYSTEM, version_id=version.id, action="drop", a=first["a"], b=first["b"],
                        base_version=base)
    edited = plans.get(version.id)
    reasons = {(one["a"], one["b"]): one["reason"] for one in plans.content_dict(edited)["unscheduled"]}
    assert reasons == {(first["a"], first["b"]): "by_hand"}


def test_what_was_placed_by_hand_is_pinned_when_the_plan_is_made_anew(app: Flask, world: World) -> None:
    world.all_wish()
    version = world.plan()
    one = version.plan["meetings"][0]
    edits.edit_plan(actor=SYSTEM, version_id=version.id, action="drop", a=one["a"], b=one["b"])
    _touched, options = edits.openings(plans.get(version.id), one["a"], one["b"])
    slot = next(open_.slot for open_ in reversed(options) if not open_.stopped_by)
    edits.edit_plan(actor=SYSTEM, version_id=version.id, action="place", a=one["a"], b=one["b"], slot=slot)
    again = world.plan(base_id=version.id)
    placed = {(m["a"], m["b"]): m["slot"] for m in again.plan["meetings"]}
    assert placed[one["a"], one["b"]] == slot


def test_newcomers_move_nobody(app: Flask, world: World) -> None:
    world.all_wish()
    world.published()
    before = {one.id: (one.starts_at, one.table_id) for one in live()}
    newcomer = world.add("demand")
    world.wish(newcomer, world.suppliers[0])
    version = world.plan(mode="newcomers")
    changes = publishing.changes_of(version)
    assert (len(changes.added), changes.disturbed) == (1, 0)
    publishing.publish(actor=SYSTEM, version_id=version.id, provisional=False)
    assert {one.id: (one.starts_at, one.table_id) for one in live() if one.id in before} == before


def test_a_plan_needs_no_table_another_session_has(app: Flask) -> None:
    world = World(buyers=1, suppliers=1, tables=1)
    world.all_wish()
    world.published()
    other = make_session(world.event)
    assert problem.problem_for(other.id).frame["tables"] == {f"z{world.zone_id}": []}


def test_a_table_that_another_session_has_in_a_break_is_free(app: Flask) -> None:
    world = World(buyers=1, suppliers=1, tables=1, starts="10:00", ends="10:20")
    world.all_wish()
    world.published()
    other = make_session(world.event, starts="09:00", ends="12:00", breaks="09:50-10:40")
    assert len(problem.problem_for(other.id).frame["tables"][f"z{world.zone_id}"]) == 1


def test_a_meeting_at_the_stand_needs_no_table(app: Flask) -> None:
    world = World(buyers=1, suppliers=1, tables=0)
    stand_for(world, world.suppliers[0], "A01")
    sessions.set_terms(actor=world.suppliers[0][1], participation_id=world.suppliers[0][0],
                       terms=Terms(at_booth=True))
    world.all_wish()
    world.published()
    assert [(one.zone_id, one.table_id) for one in live()] == [(world.zone_id, None)]


def test_a_person_who_has_meetings_is_not_taken_off_the_list(app: Flask, world: World) -> None:
    world.all_wish()
    world.published()
    person = world.people[world.buyers[0][0]][0]
    with pytest.raises(Invalid):
        event_people.remove_person(actor=SYSTEM, person_id=person)
    sessions.leave(actor=world.buyers[0][1], participation_id=world.buyers[0][0])
    event_people.remove_person(actor=SYSTEM, person_id=person)


def test_what_has_begun_is_history(app: Flask, world: World) -> None:
    world.all_wish()
    world.published()
    first = live()[0]
    with clock.frozen(first.starts_at + timedelta(minutes=1)):
        absent = world.buyers[1][0]
        sessions.mark_no_show(actor=SYSTEM, participation_id=absent, missing=True)
        version = world.plan(mode="repair")
        changes = publishing.changes_of(version)
        assert all(absent in (one.a_id, one.b_id) for one in changes.dropped)
        assert (len(changes.moved), changes.disturbed) == (0, len(changes.dropped))
        publishing.publish(actor=SYSTEM, version_id=version.id, provisional=False)
    assert first.id in {one.id for one in live()}


def test_a_solver_that_died_leaves_its_best(app: Flask, world: World) -> None:
    world.all_wish()
    version = plans.ask_for_plan(actor=SYSTEM, session_id=world.session_id, seconds=2)
    framed = problem.problem_for(world.session_id)
    from scheduling import solve

    solve(framed.problem, rounds=0, keep_at=plans.kept_file(version.id))  # and then the process ends
    plans._write(version.id, problem=framed.problem.as_dict(), frame=framed.frame, started_at=clock.now(), progress={})
    assert plans.stop(actor=SYSTEM, version_id=version.id).state == "running"
    with clock.frozen(clock.now() + timedelta(minutes=2)):
        assert plans.stop(actor=SYSTEM, version_id=version.id).state == "draft"
    assert len(plans.get(version.id).plan["meetings"]) == 4
    assert not plans.kept_file(version.id).exists()


def test_a_withdrawn_counterpart_is_told_of_and_no_longer_planned(app: Flask, world: World) -> None:
    world.all_wish()
    world.published()
    version = world.plan()
    sessions.leave(actor=world.suppliers[0][1], participation_id=world.suppliers[0][0])
    assert len(live()) == 2
    with pytest.raises(Invalid) as refused:
        publishing.publish(actor=SYSTEM, version_id=version.id, provisional=False)
    assert refused.value.errors["version"].code == "somebody_left"
    counts = [one.params["changes"] for one in db.session.scalars(sa.select(Notification).where(
        Notification.kind == "timetable_changed", Notification.dedupe_key.startswith("left:"))
        .order_by(Notification.id))]
    assert counts == [1, 1]


def test_people_of_another_organisation_cannot_be_seated(app: Flask, world: World) -> None:
    organisation, actor, _sent = make_participant(world.event, "supply")
    from marketplace.events import queries as event_queries

    registration = event_queries.registrations_of_organisation(world.event_id, organisation.id)[0].id
    with pytest.raises(Invalid):
        sessions.join(actor=actor, session_id=world.session_id, registration_id=registration,
                      person_ids=world.people[world.buyers[0][0]])


def test_suppliers_without_a_stand_fill_all_zones(app: Flask) -> None:
    world = World(buyers=8, suppliers=8, tables=4, ends="09:30")
    events.add_zone(actor=SYSTEM, event_id=world.event_id, hall="3", code="B", tables=4)
    world.all_wish()
    zones = {one["zone"] for one in world.plan().plan["meetings"]}
    assert len(zones) == 2
