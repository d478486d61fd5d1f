"""How long a full board takes beside reading and printing its rows; whether one edit's check grows with the plan."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from html import escape
from typing import Any

import click
import sqlalchemy as sa
from flask import current_app
from flask.testing import FlaskClient

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.actor import Actor
from marketplace.cli.bench import bench, sign_in
from marketplace.events import service as events
from marketplace.events.models import Event, Registration
from marketplace.events.values import EventValues
from marketplace.extensions import db
from marketplace.matchmaking import rows, sessions
from marketplace.matchmaking.models import Participation, PlanVersion
from marketplace.matchmaking.planned_models import PlannedMeeting
from marketplace.matchmaking.sessions import SessionValues
from marketplace.organisations.models import Organisation
from marketplace.transaction import transaction
from scheduling import Meeting, Pair, Plan, Problem, Zone
from scheduling import Participant as Person

SLUG = "bench-board"
SLOTS, TABLES = 24, 170


@bench.command("board")
@click.option("--email", default="organiser@demo.invalid", show_default=True)
@click.option("--password", default="demonstration-2026", show_default=True)
@click.option("--times", default=15, show_default=True, help="Requests a row of the table.")
@click.option("--keep/--remove", default=False, help="Keep the made event afterwards.")
def board(email: str, password: str, times: int, keep: bool) -> None:
    """The board of 1,300 participants and 4,000 meetings as a ratio to reading and printing the same rows bare; its
    statements; and the check of one drag in a plan of 400 and of 4,000 meetings.

    Bare: the meetings and the names read through the driver, and printed as a table of the same cells in one string.
    Both are measured by turns in one process, the whole answer of each; the median counts.
    """
    if db.session.scalar(sa.select(User.id).where(User.email == email)) is None:
        raise click.ClickException(f"no account {email}: load the demonstration first")
    event_id, small, large, organisations = _fill()
    client = current_app.test_client()
    sign_in(current_app._get_current_object(), client, email, password)  # type: ignore[attr-defined]
    try:
        click.echo("page              ms   bare ms   ratio   statements   first byte ms      kB")
        for by in ("table", "participant"):
            _page(client, large, by, times)
        click.echo("check of one drag   meetings   median ms   statements")
        for version_id, count in ((small, 400), (large, 4000)):
            path = _pair_path(version_id)
            taken, statements = _median(lambda path=path: _whole(client, path), 4 * times)
            click.echo(f"{'':20}{count:8}{taken * 1000:12.2f}{statements:13}")
    finally:
        if not keep:
            with transaction():
                db.session.execute(sa.delete(Event).where(Event.id == event_id))
                db.session.execute(sa.delete(Organisation).where(Organisation.id.in_(organisations)))


def _page(client: FlaskClient, version_id: int, by: str, times: int) -> None:
    path = f"/organiser/plans/{version_id}/board?by={by}"
    whole, alone = [], []
    _median(lambda: _whole(client, path), 2)
    session_id = db.session.scalar(sa.select(PlanVersion.session_id).where(PlanVersion.id == version_id))
    db.session.remove()
    for _time in range(times):
        began = time.perf_counter()
        size = _whole(client, path)
        whole.append(time.perf_counter() - began)
        began = time.perf_counter()
        _bare(version_id, int(session_id or 0), by)
        alone.append(time.perf_counter() - began)
    _taken, statements = _median(lambda: _whole(client, path), 1)
    first = statistics.median(_first_byte(client, path) for _ in range(5))
    ratio = statistics.median(whole) / statistics.median(alone)
    click.echo(f"{by:12}{statistics.median(whole) * 1000:8.1f}{statistics.median(alone) * 1000:10.1f}{ratio:8.2f}"
               f"{statements:13}{first * 1000:16.1f}{size / 1000:8.0f}")


def _whole(client: FlaskClient, path: str) -> int:
    answer = client.get(path)
    if answer.status_code != 200:
        raise click.ClickException(f"{path} answered {answer.status_code}")
    return len(answer.data)


def _first_byte(client: FlaskClient, path: str) -> float:
    began = time.perf_counter()
    answer = client.get(path, buffered=False)
    next(answer.iter_encoded())
    taken = time.perf_counter() - began
    answer.close()
    return taken


def _bare(version_id: int, session_id: int, by: str) -> str:
    """The same rows, read and printed with nothing around them; by participant each meeting stands in two days."""
    meetings = (
        "SELECT a_id, b_id, slot, zone, number, pinned FROM planned_meetings WHERE version_id = :id "
        "ORDER BY slot, zone, number, a_id")
    names = (
        "SELECT p.id, o.names FROM session_participations p JOIN organisations o ON o.id = p.organisation_id "
        "WHERE p.session_id = :id ORDER BY o.name_folded, p.id")
    with db.engine.connect() as connection:
        held = connection.execute(sa.text(meetings), {"id": version_id}).all()
        texts = connection.execute(
            sa.text(names).columns(sa.column("id", sa.Integer), sa.column("names", sa.JSON)), {"id": session_id}).all()
    labels = {number: escape(next(iter(one.values()))) for number, one in texts}
    if by == "participant":
        return "".join(
            f"<tr><td>{labels[one]}</td><td>{slot}</td><td>{labels[other]}</td><td>{pinned}</td></tr>\n"
            for a, b, slot, _zone, _number, pinned in held for one, other in ((a, b), (b, a)))
    return "".join(
        f"<tr><td>{slot}</td><td>{zone} {number}</td><td>{labels[a]} × {labels[b]}</td><td>{pinned}</td></tr>\n"
        for a, b, slot, zone, number, pinned in held)


def _median(call: Callable[[], Any], times: int) -> tuple[float, int]:
    """Median seconds of a call, and the statements of one."""
    statements = 0

    def note(*_facts: Any) -> None:
        nonlocal statements
        statements += 1

    taken = []
    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        for _time in range(times):
            began = time.perf_counter()
            call()
            taken.append(time.perf_counter() - began)
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
    return statistics.median(taken), statements // times


def _pair_path(version_id: int) -> str:
    a, b = db.session.execute(
        sa.select(PlannedMeeting.a_id, PlannedMeeting.b_id)
        .where(PlannedMeeting.version_id == version_id)
        .order_by(PlannedMeeting.slot.desc(), PlannedMeeting.b_id)
        .limit(1)
    ).one()
    db.session.remove()
    return f"/organiser/plans/{version_id}/pairs/p{a}/p{b}/check"


def _fill() -> tuple[int, int, int, list[int]]:
    """An event with a small and a large plan, made for the measurement; (event, plan of 400, plan of 4,000,
    organisations)."""
    system, day = Actor.system(), (clock.now() + timedelta(days=9)).date().isoformat()
    with transaction():
        event = events.create_event(actor=system, values=EventValues(
            slug=SLUG, kind="expo", names={"en": "Measurement"}, starts_on=day, ends_on=day,
            time_zone="Asia/Hong_Kong"))
        session = sessions.create_session(actor=system, event_id=event.id, values=SessionValues(
            names={"en": "Measurement"}, held_on=day))
        people = [_participation(event.id, session.id, number) for number in range(1300)]
        versions = [_plan(session.id, people, number, count)
                    for number, count in enumerate((400, 4000), 1)]
        made = list(db.session.scalars(sa.select(Participation.organisation_id).where(
            Participation.session_id == session.id)))
    return event.id, versions[0], versions[1], made


def _participation(event_id: int, session_id: int, number: int) -> int:
    names = {"zh-Hans": f"测量机构 {number}", "en": f"Measured organisation {number}"}
    side = "demand" if number < 300 else "supply"
    organisation = Organisation(names=names, is_supplier=True, is_institution=True)
    db.session.add(organisation)
    db.session.flush()
    registration = Registration(event_id=event_id, organisation_id=organisation.id, side=side)
    db.session.add(registration)
    db.session.flush()
    row = Participation(session_id=session_id, registration_id=registration.id, organisation_id=organisation.id,
                        side=side)
    db.session.add(row)
    db.session.flush()
    return row.id


def _plan(session_id: int, people: list[int], number: int, count: int) -> int:
    """A plan in which the first `count` places of the grid are taken: nobody twice in a slot."""
    buyers, suppliers = [f"p{one}" for one in people[:300]], [f"p{one}" for one in people[300:]]
    meetings = [
        Meeting(buyers[(place + 37 * slot) % 300], suppliers[(place + 91 * slot) % 1000], slot, "z1", place + 1)
        for slot in range(SLOTS) for place in range(TABLES)][:count]
    pairs = tuple(Pair(a, b, 50) for a, b in dict.fromkeys(one.pair for one in meetings))
    problem = Problem(
        slots=SLOTS, zones=(Zone("z1", TABLES),), pairs=pairs,
        participants=tuple(Person(one, "demand", SLOTS) for one in buyers)
        + tuple(Person(one, "supply", SLOTS) for one in suppliers))
    plan = Plan(tuple(meetings), 50 * len(meetings), 50 * len(meetings))
    start = clock.now()
    frame = {"tables": {}, "interpreters": {}, "slots": [
        [(start + timedelta(minutes=20 * slot)).isoformat(), (start + timedelta(minutes=20 * slot + 20)).isoformat(), 1]
        for slot in range(SLOTS)]}
    version = PlanVersion(session_id=session_id, number=number, problem=problem.as_dict(), frame=frame,
                          plan={**plan.as_dict(), "lacking": [], "gaps": 0}, started_at=start, finished_at=start)
    db.session.add(version)
    db.session.flush()
    rows.lay_out(version, problem, plan, 0, 0)
    return version.id
