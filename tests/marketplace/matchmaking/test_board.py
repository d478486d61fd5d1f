"""One edit on the board: the same answer as the whole plan's check, and no more work for a larger plan."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from marketplace.extensions import db
from marketplace.matchmaking import edits, plans, publishing, rows, sessions
from marketplace.matchmaking.models import PlanVersion
from marketplace.matchmaking.planned_models import PlannedLoad, PlannedMeeting
from marketplace.matchmaking.sessions import Terms
from scheduling import Meeting, check, check_meetings, idle_gaps
from scheduling.check import value_of
from tests.marketplace import factories as make
from tests.marketplace.matchmaking.steps import SYSTEM, World


@pytest.fixture
def organiser(app: Flask) -> FlaskClient:
    return make.sign_in(app.test_client(), make.make_user(organiser=True))


def names(version: PlanVersion) -> list[tuple[str, str]]:
    return [(one["a"], one["b"]) for one in version.problem["pairs"]]


def test_every_edit_is_judged_as_the_independent_check_of_the_whole_plan_judges_it(app: Flask) -> None:
    world = World(buyers=3, suppliers=3, ends="12:00", tables=2, most=3, in_a_row=2)
    sessions.set_terms(actor=SYSTEM, participation_id=world.buyers[0][0], terms=Terms(most=2, fewest=2))
    world.all_wish()
    version = world.plan()
    problem, plan = plans.content_of(version)
    free = {(one.a, one.b) for one in problem.pairs}
    judged = 0
    for a, b in sorted(free):
        others = [one for one in plan.meetings if one.pair != (a, b)]
        touched, options = edits.openings(version, a, b)
        for option in options:
            number, stopped = touched.table_in(option.slot)
            moved = [*others, Meeting(a, b, option.slot, touched.zone or "", number)]
            broken = {one.rule for one in check_meetings(problem, moved)}
            assert bool(broken) == bool({*option.stopped_by, *([stopped] if stopped else [])}), (option, broken)
            figures = edits.figures_after(touched.figures, option.change)
            assert figures["value"] == pytest.approx(value_of(problem, moved))
            assert figures["gaps"] == sum(idle_gaps(problem, moved).values())
            judged += 1
    assert judged == len(free) * problem.slots


def test_edits_in_rows_are_the_plan_that_is_published_copied_and_checked(app: Flask) -> None:
    world = World(buyers=3, suppliers=3, ends="12:00", tables=2)
    world.all_wish()
    version = world.plan()
    one, two = version.plan["meetings"][:2]
    edits.edit_plan(actor=SYSTEM, version_id=version.id, action="drop", a=one["a"], b=one["b"])
    _touched, options = edits.openings(plans.get(version.id), two["a"], two["b"])
    slot = next(option.slot for option in reversed(options) if not option.stopped_by)
    edits.edit_plan(actor=SYSTEM, version_id=version.id, action="place", a=two["a"], b=two["b"], slot=slot)
    edited = plans.get(version.id)
    problem, plan = plans.content_of(edited)
    hard = [broken for broken in check(problem, plan) if broken.rule not in ("addable", "reason")]
    assert (hard, edited.board["edits"], edited.board["value"]) == ([], 2, value_of(problem, plan.meetings))
    assert {(m.a, m.b): m.slot for m in plan.meetings}[two["a"], two["b"]] == slot
    assert rows.pins_of(version.id) == {(two["a"], two["b"]): slot}
    loads = {(key, at): used for key, at, used in db.session.execute(
        sa.select(PlannedLoad.key, PlannedLoad.slot, PlannedLoad.used).where(PlannedLoad.version_id == version.id))}
    counted = db.session.execute(
        sa.select(PlannedMeeting.zone, PlannedMeeting.slot, sa.func.count())
        .where(PlannedMeeting.version_id == version.id).group_by(PlannedMeeting.zone, PlannedMeeting.slot))
    assert {key: used for key, used in loads.items() if used} == {(zone, at): n for zone, at, n in counted}
    copy = plans.copy_plan(actor=SYSTEM, version_id=version.id)
    assert plans.content_of(plans.get(copy.id))[1].meetings == plan.meetings
    publishing.publish(actor=SYSTEM, version_id=version.id, provisional=False)


def test_a_plan_of_an_earlier_time_is_laid_out_when_its_board_is_opened(app: Flask, organiser: FlaskClient) -> None:
    world = World()
    world.all_wish()
    version = world.plan()
    version.board = None
    db.session.execute(sa.delete(PlannedMeeting))
    db.session.commit()
    board = organiser.get(f"/organiser/plans/{version.id}/board").text
    assert board.count('<td><a href="pairs/') == 4


def test_the_board_asks_and_moves_as_the_form_does(app: Flask, organiser: FlaskClient) -> None:
    world = World(buyers=2, suppliers=2)
    world.all_wish()
    version = world.plan()
    one = version.plan["meetings"][0]
    path = f"/organiser/plans/{version.id}/pairs/{one['a']}/{one['b']}"
    told = organiser.get(f"{path}/check").json
    assert (told["current"], told["figures"]["value"], told["out"]["value"], told["zone"]) == (
        one["slot"], 100, 75, one["zone"])
    free = [row["slot"] for row in told["slots"] if not row["breaks"] and row["slot"] != one["slot"]]
    held = [row for row in told["slots"] if row["breaks"]]
    assert all(rule in told["rules"] for row in held for rule in row["breaks"])
    assert [row["slot"] for row in organiser.get(f"{path}/check?slot=1").json["slots"]] == [1]
    page = f"/organiser/plans/{version.id}/board"
    csrf = re.search(r'data-csrf="([^"]+)"', organiser.get(page).text).group(1)
    sent = {"csrf_token": csrf, "action": "place", "lock_version": told["version"], "slot": free[0]}
    asks = {"Accept": "application/json"}
    answer = organiser.post(path, data=sent, headers=asks)
    assert (answer.status_code, answer.json["figures"]["edits"], answer.json["version"]) == (200, 1, 2)
    late = organiser.post(path, data=sent, headers=asks)
    assert (late.status_code, "Somebody changed this plan" in late.json["errors"][0]) == (422, True)
    bad = organiser.post(path, data={**sent, "slot": held[0]["slot"], "lock_version": 2}, headers=asks)
    assert (bad.status_code, len(bad.json["errors"]) > 0) == (422, True)
    assert organiser.get(f"/organiser/plans/{version.id}/pairs/p999/p998/check").status_code == 404
    member = make.sign_in(app.test_client(), make.make_user())
    assert member.get(f"{path}/check").status_code == 403


def statements(app: Flask, client: FlaskClient, path: str) -> int:
    count = 0

    def note(*_args: object) -> None:
        nonlocal count
        count += 1

    client.get(path)
    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert client.get(path).status_code == 200
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
    return count


def test_a_board_and_a_check_take_as_many_statements_for_many_meetings_as_for_few(
    app: Flask, organiser: FlaskClient
) -> None:
    counts = []
    world = World(buyers=1, suppliers=1, ends="12:00", tables=6)
    for more in (0, 4):
        for _ in range(more):
            world.buyers.append(world.add("demand"))
            world.suppliers.append(world.add("supply"))
        world.all_wish()
        version = world.plan()
        one = version.plan["meetings"][0]
        root = f"/organiser/plans/{version.id}"
        counts.append([statements(app, organiser, path) for path in (
            f"{root}/board", f"{root}/board?by=participant", f"{root}/pairs/{one['a']}/{one['b']}/check")])
    assert counts[0] == counts[1]
