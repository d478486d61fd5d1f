"""Show a plan to those it concerns: what changes is listed first, and only they are told."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from marketplace import clock, hooks
from marketplace.actor import Actor
from marketplace.errors import ErrorCode, Invalid
from marketplace.extensions import db
from marketplace.matchmaking import calendar, policy, telling
from marketplace.matchmaking.models import Meeting, Participation, PlanVersion
from marketplace.matchmaking.plans import content_of, get, locked
from marketplace.matchmaking.problem import id_of
from marketplace.matchmaking.sessions import note
from marketplace.transaction import transaction
from scheduling import Plan, Problem, check_meetings


@dataclass(frozen=True)
class Target:
    """A meeting as a plan wants it."""

    a_id: int
    b_id: int
    part_id: int | None
    starts_at: datetime
    ends_at: datetime
    zone_id: int
    table_id: int | None
    interpreter_id: int | None
    pinned: bool

    @property
    def pair(self) -> tuple[int, int]:
        """Buyer and supplier."""
        return self.a_id, self.b_id

    def differs(self, meeting: Meeting) -> bool:
        """Whether a meeting stands at another time or place."""
        return (self.starts_at, self.ends_at, self.zone_id, self.table_id) != (
            meeting.starts_at, meeting.ends_at, meeting.zone_id, meeting.table_id)


@dataclass
class Changes:
    """What showing a plan changes in the timetables. `kept`: agreed after the draft was made and left in place."""

    added: list[Target] = field(default_factory=list)
    moved: list[tuple[Meeting, Target]] = field(default_factory=list)
    dropped: list[Meeting] = field(default_factory=list)
    kept: list[Meeting] = field(default_factory=list)
    same: list[tuple[Meeting, Target]] = field(default_factory=list)

    @property
    def by_participation(self) -> dict[int, int]:
        """How many meetings of each participation are new, moved or cancelled."""
        count: Counter[int] = Counter()
        for pair in (*(one.pair for one in self.added), *(new.pair for _old, new in self.moved),
                     *((one.a_id, one.b_id) for one in self.dropped)):
            count.update(one for one in pair if one is not None)
        return dict(count)

    @property
    def lines(self) -> dict[int, list[list[object]]]:
        """Participation to what becomes of its meetings: [new, moved or cancelled; the other; ISO time before; after].
        """
        found: dict[int, list[list[object]]] = defaultdict(list)
        changed: list[tuple[str, int, int | None, datetime | None, datetime | None]] = [
            *(("cancelled", old.a_id, old.b_id, old.starts_at, None) for old in self.dropped),
            *(("moved", old.a_id, old.b_id, old.starts_at, new.starts_at) for old, new in self.moved),
            *(("new", new.a_id, new.b_id, None, new.starts_at) for new in self.added)]
        for what, a, b, before, after in changed:
            times = [one.isoformat() if one is not None else None for one in (before, after)]
            for own, other in ((a, b), (b, a)):
                if own is not None:
                    found[own].append([what, other, *times])
        return dict(found)

    @property
    def disturbed(self) -> int:
        """Meetings that stood and are moved or cancelled."""
        return len(self.moved) + len(self.dropped)


def targets_of(version: PlanVersion) -> list[Target]:
    """The meetings of a finished plan with their times, tables and interpreters."""
    return _targets(version, *content_of(version))


def _targets(version: PlanVersion, problem: Problem, plan: Plan) -> list[Target]:
    frame = version.frame or {}
    pinned = {(pair.a, pair.b) for pair in problem.pairs if pair.pinned_slot is not None}
    needs = {(pair.a, pair.b): pair.interpreter for pair in problem.pairs if pair.interpreter}
    used: Counter[tuple[int, str]] = Counter()
    found = []
    for one in plan.meetings:
        starts, ends, part_id = frame["slots"][one.slot]
        kind = needs.get(one.pair)
        interpreter = None
        if kind is not None:
            interpreter = frame["interpreters"][kind][used[one.slot, kind]]
            used[one.slot, kind] += 1
        tables = frame["tables"].get(one.zone)
        found.append(Target(
            a_id=id_of(one.a), b_id=id_of(one.b), part_id=part_id, starts_at=datetime.fromisoformat(starts),
            ends_at=datetime.fromisoformat(ends), zone_id=int(one.zone[1:]),
            table_id=tables[one.table - 1] if tables is not None else None, interpreter_id=interpreter,
            pinned=one.pair in pinned))
    return found


def changes_of(version: PlanVersion, targets: list[Target] | None = None) -> Changes:
    """What showing this plan would change now. What has begun is history and is left alone."""
    now = clock.now()
    wanted = {one.pair: one for one in (targets_of(version) if targets is None else targets)}
    changes = Changes()
    for meeting in live_of(version.session_id):
        target = wanted.pop((meeting.a_id, meeting.b_id or 0), None)
        if meeting.starts_at <= now:
            continue
        if target is None and meeting.origin == "request" and meeting.created_at > version.created_at:
            changes.kept.append(meeting)
        elif target is None:
            changes.dropped.append(meeting)
        elif target.differs(meeting):
            changes.moved.append((meeting, target))
        else:
            changes.same.append((meeting, target))
    changes.added = [one for one in wanted.values() if one.starts_at > now]
    return changes


def live_of(session_id: int) -> list[Meeting]:
    """The meetings of pairs that stand, in the order of time."""
    return list(db.session.scalars(
        sa.select(Meeting).where(Meeting.session_id == session_id, Meeting.kind == "meeting",
                                 Meeting.cancelled_at.is_(None)).order_by(Meeting.starts_at, Meeting.id)))


def publish(*, actor: Actor, version_id: int, provisional: bool, base_version: int | None = None) -> int:
    """Put a plan into the timetables, as provisional or for good, and tell whom it concerns; returns how many.

    Raises:
        NotAllowed, NotFound; Invalid at "version" where the plan breaks a hard rule ("plan_broken"), was replaced
        ("plan_is_shown"), changed since it was looked at ("plan_changed"), or where another session or an accepted
        request holds what it needs ("double_booked", at "slot").
    """
    policy.require_organise(actor)
    may = ("draft",) if provisional else ("draft", "provisional")
    version = get(version_id)
    if version.state not in may:
        raise Invalid({"version": ErrorCode("plan_is_shown")})
    # Read and checked before the transaction: while it is open, nobody else writes (SQLite).
    checked = version.lock_version
    problem, plan = content_of(version)
    broken = check_meetings(problem, plan.meetings)
    targets = _targets(version, problem, plan)
    db.session.rollback()
    with transaction():
        version = locked(version_id)
        if version.state not in may:
            raise Invalid({"version": ErrorCode("plan_is_shown")})
        if version.lock_version != checked or base_version not in (None, checked):
            raise Invalid({"version": ErrorCode("plan_changed")})
        if broken:
            raise Invalid({"version": ErrorCode("plan_broken", {"count": len(broken)})})
        if _left(targets):
            raise Invalid({"version": ErrorCode("somebody_left")})
        changes = changes_of(version, targets)
        lines = changes.lines   # before the meetings get their new times
        _apply(version, changes)
        now = clock.now()
        for other in db.session.scalars(sa.select(PlanVersion).where(
            PlanVersion.session_id == version.session_id, PlanVersion.id != version.id,
            PlanVersion.replaced_at.is_(None),
            sa.or_(PlanVersion.provisional_at.is_not(None), PlanVersion.published_at.is_not(None)))
        ):
            other.replaced_at = now
        if provisional:
            version.provisional_at = now
        else:
            version.published_at = now
        concerned = changes.by_participation
        if not provisional and version.provisional_at is not None and not concerned:
            concerned = _all_of(changes)   # what was provisional holds now
        told = telling.tell_of_plan(version, concerned, lines, provisional=provisional)
        note(actor, "session.plan_provisional" if provisional else "session.plan_published", version.session_id,
             version=version.number, told=told)
        hooks.call("slots_freed", session_id=version.session_id)
    return told


def _left(targets: list[Target]) -> bool:
    """Whether the plan seats somebody who takes no part any more."""
    ids = {one for target in targets for one in target.pair}
    return db.session.scalar(sa.select(Participation.id).where(
        Participation.id.in_(ids), Participation.withdrawn_at.is_not(None)).limit(1)) is not None


def _all_of(changes: Changes) -> dict[int, int]:
    count: Counter[int] = Counter()
    for _meeting, target in changes.same:
        count.update(target.pair)
    return dict(count)


def _apply(version: PlanVersion, changes: Changes) -> None:
    """Delete first, then insert: a plan that merely swaps two meetings never meets itself. What stays as it is keeps
    its place in the calendar untouched."""
    elsewhere = [(old, new) for old, new in changes.same if old.interpreter_id != new.interpreter_id]
    again = [old for old, _new in (*changes.moved, *elsewhere)]
    calendar.release(one.id for one in (*again, *changes.dropped))
    now = clock.now()
    for meeting in changes.dropped:
        meeting.cancelled_at = now
        meeting.revision += 1
    for meeting, target in (*changes.moved, *changes.same):
        if target.differs(meeting):
            meeting.revision += 1
        for name in ("part_id", "starts_at", "ends_at", "zone_id", "table_id", "interpreter_id", "pinned"):
            if getattr(meeting, name) != getattr(target, name):
                setattr(meeting, name, getattr(target, name))
    new = [Meeting(session_id=version.session_id, a_id=one.a_id, b_id=one.b_id, part_id=one.part_id,
                   starts_at=one.starts_at, ends_at=one.ends_at, zone_id=one.zone_id, table_id=one.table_id,
                   interpreter_id=one.interpreter_id, pinned=one.pinned) for one in changes.added]
    db.session.add_all(new)
    db.session.flush()
    calendar.occupy([*new, *again])


def organisations_of(changes: Changes) -> dict[str, int]:
    """Who would be told: organisations and people, counted."""
    ids = list(changes.by_participation)
    rows = db.session.execute(
        sa.select(Participation.organisation_id, Participation.id).where(Participation.id.in_(ids))).all()
    seated = calendar.people_by_participation(ids)
    people = {person for row in seated.values() for person in row}
    groups: dict[int, list[int]] = defaultdict(list)
    for organisation_id, participation_id in rows:
        groups[organisation_id].append(participation_id)
    return {"organisations": len(groups), "people": len(people)}
