"""Edit a draft by hand: what a change would break and cost is said before it is made."""

from __future__ import annotations

from dataclasses import dataclass, replace

from marketplace.actor import Actor
from marketplace.errors import Conflict, ErrorCode, Invalid, NotFound
from marketplace.matchmaking import policy
from marketplace.matchmaking.models import PlanVersion
from marketplace.matchmaking.plans import content_of, get, keep, locked, with_pin
from marketplace.matchmaking.sessions import note
from marketplace.transaction import transaction
from scheduling import Meeting, Plan, Problem, Unscheduled, Violation, check_meetings
from scheduling.check import Hall, value_of

ACTIONS = ("place", "drop", "pin", "unpin")


@dataclass(frozen=True)
class Effect:
    """What an edit does: the rules it breaks (none: it may be made), the meeting it makes, and the plan's value."""

    broken: tuple[Violation, ...]
    meeting: Meeting | None
    before: float
    after: float


@dataclass(frozen=True)
class Opening:
    """A slot for one pair: the rules that stop it there, none where the pair may meet."""

    slot: int
    stopped_by: tuple[str, ...]
    zone: str | None


def openings(problem: Problem, plan: Plan, a: str, b: str) -> list[Opening]:
    """Where a pair may meet instead of where it does, slot by slot; only what the two and the slot touch is looked at.

    Raises NotFound for no listed pair.
    """
    pair = next((one for one in problem.pairs if (one.a, one.b) == (a, b)), None)
    if pair is None:
        raise NotFound
    hall = Hall(problem, [one for one in plan.meetings if one.pair != (a, b)])
    away = problem.by_id[a].unavailable | problem.by_id[b].unavailable
    zone = problem.zone_of(a, b)
    found = []
    for slot in range(problem.slots):
        if slot < problem.now_slot:
            stopped = {"over"}
        elif slot in away:
            stopped = {"unavailable"}
        else:
            stopped = hall.stops(pair, slot) | ({"absent"} if hall.absent(pair) else set())
        found.append(Opening(slot, tuple(sorted(stopped)), zone))
    return found


def effect_of(problem: Problem, plan: Plan, action: str, a: str, b: str, slot: int | None, table: int | None) -> Effect:
    """What an edit would break and cost. Without a table, the first free one of the slot is taken.

    Raises NotFound for no listed pair; Invalid for no such action, or no slot to place in.
    """
    if action not in ACTIONS:
        raise Invalid({"action": ErrorCode("unknown_choice")})
    if not any((one.a, one.b) == (a, b) for one in problem.pairs):
        raise NotFound
    before = value_of(problem, plan.meetings)
    others = [one for one in plan.meetings if one.pair != (a, b)]
    if action != "place":
        kept = plan.meetings if action in ("pin", "unpin") else others
        pins = with_pin(problem, a, b, None) if action != "pin" else problem
        return Effect(tuple(check_meetings(pins, kept)), None, before, value_of(problem, kept))
    if slot is None or not 0 <= slot < problem.slots:
        raise Invalid({"slot": ErrorCode("required")})
    zone = problem.zone_of(a, b)
    taken = {one.table for one in others if (one.slot, one.zone) == (slot, zone)}
    meeting = Meeting(a, b, slot, zone or "", table or next(n for n in range(1, len(taken) + 2) if n not in taken))
    free = with_pin(problem, a, b, None)
    # Rules that the plan breaks already, as after tables were taken away, do not stop an edit that breaks none.
    known = {str(one) for one in check_meetings(free, others)}
    broken = tuple(one for one in check_meetings(free, [*others, meeting]) if str(one) not in known)
    return Effect(broken, meeting, before, value_of(problem, [*others, meeting]))


def edit_plan(
    *, actor: Actor, version_id: int, action: str, a: str, b: str, slot: int | None = None, table: int | None = None,
    base_version: int | None = None,
) -> Effect:
    """Make an edit in a draft where it breaks nothing; otherwise nothing changes and the effect says what it breaks.

    Raises:
        NotAllowed, NotFound, Conflict where somebody edited in between; Invalid at "version" for a plan that is
        shown already (copy it first).
    """
    policy.require_organise(actor)
    with transaction():
        version = locked(version_id)
        if version.state != "draft":
            raise Invalid({"version": ErrorCode("plan_is_shown")})
        if base_version is not None and base_version != version.lock_version:
            raise Conflict(version.lock_version, version)
        problem, plan = content_of(version)
        effect = effect_of(problem, plan, action, a, b, slot, table)
        if effect.broken:
            return effect
        problem, plan = _made(problem, plan, effect, action, a, b)
        keep(version, problem, plan)
        note(actor, f"session.meeting_{action}", version.session_id, version=version.number, buyer=a, supplier=b)
    return effect


def _made(problem: Problem, plan: Plan, effect: Effect, action: str, a: str, b: str) -> tuple[Problem, Plan]:
    meetings = [one for one in plan.meetings if one.pair != (a, b)]
    current = next((one for one in plan.meetings if one.pair == (a, b)), None)
    if action in ("pin", "unpin"):
        if action == "pin" and current is None:
            raise Invalid({"action": ErrorCode("unknown_choice")})
        return with_pin(problem, a, b, current.slot if action == "pin" and current is not None else None), plan
    left = [one for one in plan.unscheduled if (one.a, one.b) != (a, b)]
    problem = with_pin(problem, a, b, None)
    if effect.meeting is not None:
        meetings.append(effect.meeting)
        # What was placed by hand stays when the plan is made anew.
        problem = with_pin(problem, a, b, effect.meeting.slot)
    else:
        left.append(Unscheduled(a, b, "by_hand"))
    meetings.sort(key=lambda one: (one.slot, one.zone, one.table))
    return problem, replace(plan, meetings=tuple(meetings), value=effect.after, unscheduled=tuple(left),
                            upper_bound=max(plan.upper_bound, effect.after))


def draft(version_id: int) -> tuple[PlanVersion, Problem, Plan]:
    """A finished version with its problem and plan. Raises NotFound."""
    version = get(version_id)
    return version, *content_of(version)
