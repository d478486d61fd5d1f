"""Have plans made: by a job that shows where it stands, can be stopped, and leaves its best when it is killed."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import current_app

from marketplace import clock
from marketplace.actor import Actor
from marketplace.errors import ErrorCode, Invalid, NotFound
from marketplace.extensions import db
from marketplace.matchmaking import policy, rows
from marketplace.matchmaking.models import PlanVersion
from marketplace.matchmaking.problem import id_of, problem_for
from marketplace.matchmaking.sessions import lock, note
from marketplace.outbox import service as outbox
from marketplace.outbox.models import Job
from marketplace.transaction import transaction
from scheduling import (
    Plan,
    Problem,
    ProblemError,
    Progress,
    Unscheduled,
    idle_gaps,
    parse_plan,
    read_plan,
    read_problem,
    solve,
)

JOB = "solve_session"
MODES = ("new", "newcomers", "repair")
MOST_SECONDS = 300
BETWEEN_NOTES = 1.0  # seconds
SILENT = 30          # seconds without a word after which a solve counts as dead


def ask_for_plan(
    *, actor: Actor, session_id: int, mode: str = "new", seconds: int = 20, base_id: int | None = None
) -> PlanVersion:
    """Have a plan made by the worker; the pins of the draft `base_id` are kept.

    Raises:
        NotAllowed, NotFound; Invalid at "mode", "seconds".
    """
    policy.require_organise(actor)
    if mode not in MODES:
        raise Invalid({"mode": ErrorCode("unknown_choice")})
    if not 1 <= seconds <= MOST_SECONDS:
        raise Invalid({"seconds": ErrorCode("too_large", {"maximum": MOST_SECONDS})})
    with transaction():
        lock(session_id)
        base = db.session.get(PlanVersion, base_id) if base_id else None
        if base_id and (base is None or base.session_id != session_id):
            raise NotFound
        version = PlanVersion(session_id=session_id, number=_next_number(session_id), mode=mode, seconds=seconds,
                              created_by=actor.user_id, pins=pins_of(base) if base is not None else [])
        db.session.add(version)
        db.session.flush()
        outbox.enqueue(JOB, subject=f"plan:{version.id}", payload={"version_id": version.id}, lane="heavy",
                       dedupe_key=f"plan:{version.id}")
        note(actor, "session.plan_asked", session_id, version=version.number, mode=mode)
    return version


def _next_number(session_id: int) -> int:
    return (db.session.scalar(
        sa.select(sa.func.max(PlanVersion.number)).where(PlanVersion.session_id == session_id)) or 0) + 1


def pins_of(version: PlanVersion) -> list[list[Any]]:
    """The pins of a plan: [buyer, supplier, ISO time at which the slot starts]."""
    if version.finished_at is None or version.frame is None:
        return list(version.pins)
    slots = version.frame["slots"]
    return [[id_of(a), id_of(b), slots[slot][0]] for (a, b), slot in rows.pins_of(in_rows(version).id).items()]


def handle(job: Job) -> None:
    """Solve the plan that a job names. Safe to run twice: what is finished stays."""
    version = db.session.get(PlanVersion, job.payload["version_id"])
    if version is None or version.finished_at is not None or version.failure:
        return
    version_id, seconds, mode = version.id, version.seconds, version.mode
    # On the day, what has begun is over and stays; before it, nothing is.
    framed = problem_for(version.session_id, mode=mode, pins=[tuple(pin) for pin in version.pins], now=clock.now())
    _write(version_id, problem=framed.problem.as_dict(), frame=framed.frame, started_at=clock.now(), progress={})
    watch = _Watch(version_id)
    plan = solve(framed.problem, seconds=seconds, on_progress=watch.tell, should_stop=watch.stopped,
                 keep_at=kept_file(version_id))
    _finish(version_id, framed.problem, plan)


def _finish(version_id: int, problem: Problem, plan: Plan) -> None:
    figures = {name: value for name, value in plan.figures.items() if isinstance(value, (int, float))}
    content = written(problem, plan)
    with transaction():
        version = locked(version_id)
        version.plan, version.finished_at, version.progress = content, clock.now(), figures
        rows.lay_out(version, problem, plan, content["gaps"], len(content["lacking"]))
    kept_file(version_id).unlink(missing_ok=True)


def written(problem: Problem, plan: Plan) -> dict[str, Any]:
    """A plan as a version keeps it, with who lacks meetings and how many idle gaps there are."""
    return {**plan.as_dict(), "lacking": lacking(problem, plan),
            "gaps": sum(idle_gaps(problem, plan.meetings).values())}


def lacking(problem: Problem, plan: Plan) -> list[list[Any]]:
    """Participants below their minimum: [name, meetings, minimum]; who is absent needs none."""
    count: dict[str, int] = {}
    for meeting in plan.meetings:
        for name in meeting.pair:
            count[name] = count.get(name, 0) + 1
    return [[one.id, count.get(one.id, 0), one.min_meetings] for one in problem.participants
            if count.get(one.id, 0) < one.min_meetings and one.id not in problem.absent]


def kept_file(version_id: int) -> Path:
    """Where a running solve keeps its best plan: it outlives the process."""
    folder = Path(current_app.config["SETTINGS"].files_dir) / "plans"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{version_id}.json"


def _write(version_id: int, **values: Any) -> None:
    with transaction():
        db.session.execute(sa.update(PlanVersion).where(PlanVersion.id == version_id).values(**values))


class _Watch:
    """Writes down where a solve stands, and looks whether it should stop; neither more often than once a second."""

    def __init__(self, version_id: int) -> None:
        self.version_id = version_id
        self.told = self.looked = 0.0
        self.stop = False

    def tell(self, progress: Progress) -> None:
        if time.monotonic() - self.told < BETWEEN_NOTES:
            return
        self.told = time.monotonic()
        best = progress.value if progress.value > float("-inf") else None
        bound = progress.upper_bound if progress.upper_bound < float("inf") else None
        _write(self.version_id, progress={
            "stage": progress.stage, "value": best, "upper_bound": bound, "elapsed": round(progress.elapsed, 1),
            "rounds": progress.rounds, "at": clock.now().isoformat()})

    def stopped(self) -> bool:
        if not self.stop and time.monotonic() - self.looked >= BETWEEN_NOTES:
            self.looked = time.monotonic()
            asked = db.session.scalar(
                sa.select(PlanVersion.stop_asked_at).where(PlanVersion.id == self.version_id))
            db.session.rollback()
            self.stop = asked is not None
        return self.stop


def stop(*, actor: Actor, version_id: int) -> PlanVersion:
    """Ask a running solve to finish with its best so far; one that died is finished from what it kept on disk."""
    policy.require_organise(actor)
    with transaction():
        version = locked(version_id)
        if version.finished_at is None and version.stop_asked_at is None:
            version.stop_asked_at = clock.now()
            note(actor, "session.plan_stopped", version.session_id, version=version.number)
    return rescue(version_id)


def rescue(version_id: int) -> PlanVersion:
    """Finish a plan whose solver died, from the best it kept; a plan that still runs is left alone."""
    version = get(version_id)
    if version.finished_at is not None or not is_silent(version) or version.problem is None:
        return version
    try:
        plan = parse_plan(kept_file(version_id).read_text(encoding="utf-8"))
    except (OSError, ProblemError):
        return version
    _finish(version_id, read_problem(version.problem), plan)
    db.session.expire_all()
    return get(version_id)


def is_silent(version: PlanVersion) -> bool:
    """Whether a solve that should still run has not been heard of for longer than it may need."""
    if version.started_at is None or version.finished_at is not None:
        return False
    heard = (clock.now() - version.started_at).total_seconds()
    return heard > version.seconds + SILENT


def _without_large() -> list[Any]:
    return [sa.orm.defer(getattr(PlanVersion, name)) for name in ("problem", "frame", "plan")]


def get(version_id: int) -> PlanVersion:
    """The plan of an id, what is large in it read when it is asked for. Raises NotFound."""
    version = db.session.get(PlanVersion, version_id, options=_without_large())
    if version is None:
        raise NotFound
    return version


def locked(version_id: int) -> PlanVersion:
    """The plan of an id, locked after its session. Raises NotFound."""
    lock(get(version_id).session_id)
    version = db.session.scalar(sa.select(PlanVersion).where(PlanVersion.id == version_id).options(*_without_large())
                                .with_for_update().execution_options(populate_existing=True))
    if version is None:
        raise NotFound
    return version


def in_rows(version: PlanVersion) -> PlanVersion:
    """A finished version whose plan is laid out in rows: one of an earlier time is laid out now. Raises NotFound."""
    if version.finished_at is None or version.failure:
        raise NotFound
    if version.board is None:
        with transaction():
            version = locked(version.id)
            if version.board is None:
                problem, plan = read_problem(version.problem), read_plan(version.plan)
                content = written(problem, plan)
                rows.lay_out(version, problem, plan, content["gaps"], len(content["lacking"]))
    return version


def content_of(version: PlanVersion) -> tuple[Problem, Plan]:
    """The problem and the plan of a finished version, with what was edited by hand. Raises NotFound before it is
    finished."""
    if version.finished_at is None or version.problem is None or version.plan is None:
        raise NotFound
    problem, plan = read_problem(version.problem), read_plan(version.plan)
    if version.board is None or not version.board["edits"]:
        return problem, plan
    pins = rows.pins_of(version.id)
    problem = replace(problem, pairs=tuple(
        one if one.pinned_slot == pins.get((one.a, one.b)) else replace(one, pinned_slot=pins.get((one.a, one.b)))
        for one in problem.pairs))
    meetings = rows.meetings_of(version.id)
    met, told = {one.pair for one in meetings}, {(one.a, one.b): one for one in plan.unscheduled}
    left = tuple(told.get((one.a, one.b)) or Unscheduled(one.a, one.b, "by_hand")
                 for one in problem.pairs if (one.a, one.b) not in met)
    return problem, replace(plan, meetings=tuple(meetings), value=version.board["value"],
                            upper_bound=version.board["bound"], unscheduled=left)


def content_dict(version: PlanVersion) -> dict[str, Any]:
    """The plan of a finished version as pages read it, with what was edited by hand. Raises NotFound."""
    if version.board is None or not version.board["edits"]:
        if version.plan is None:
            raise NotFound
        found: dict[str, Any] = version.plan
        return found
    return written(*content_of(version))


def copy_plan(*, actor: Actor, version_id: int) -> PlanVersion:
    """A new draft with the same plan, to go on from one that is shown or replaced."""
    policy.require_organise(actor)
    with transaction():
        old = locked(version_id)
        problem, plan = content_of(old)
        content = written(problem, plan)
        new = PlanVersion(
            session_id=old.session_id, number=_next_number(old.session_id), mode=old.mode, seconds=old.seconds,
            pins=old.pins, problem=problem.as_dict(), frame=old.frame, plan=content, progress=old.progress,
            created_by=actor.user_id, started_at=old.started_at, finished_at=clock.now())
        db.session.add(new)
        db.session.flush()
        rows.lay_out(new, problem, plan, content["gaps"], len(content["lacking"]))
        note(actor, "session.plan_copied", old.session_id, version=new.number)
    return new


def versions_of(session_id: int) -> list[PlanVersion]:
    """All plans of a session, the newest first, without what is large in them."""
    return list(db.session.scalars(
        sa.select(PlanVersion).where(PlanVersion.session_id == session_id).options(*_without_large())
        .order_by(PlanVersion.number.desc())))


def shown_version(versions: Iterable[PlanVersion]) -> PlanVersion | None:
    """The plan that participants see."""
    return next((one for one in versions if one.state in ("published", "provisional")), None)
