"""Repairing a published plan: what has happened stays, who is absent meets nobody more, few others are disturbed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from scheduling.diff import Difference, diff
from scheduling.plan import Plan
from scheduling.problem import Meeting, Problem
from scheduling.solver import Progress, solve

DEFAULT_STABILITY = 40.0
REPAIR_SECONDS = 10.0


@dataclass(frozen=True)
class Repair:
    """A repaired plan, the problem it answers, and what it disturbs.

    `surviving`: published meetings from `now_slot` on that could still take place as published; `changed`: those of
    them that do not; `lost`: published meetings that cannot take place any more; `new`: meetings not published.
    """

    problem: Problem
    plan: Plan
    surviving: tuple[Meeting, ...]
    changed: tuple[Meeting, ...]
    lost: tuple[Meeting, ...]
    new: tuple[Meeting, ...]

    @property
    def difference(self) -> Difference:
        """The published plan against the repaired one."""
        return diff(self.problem.published, self.plan)


def repair_problem(problem: Problem, published: Plan | Iterable[Meeting], *, now_slot: int = 0,
                   absent: Iterable[str] = (), stability: float = DEFAULT_STABILITY, move: bool = True) -> Problem:
    """The problem of repairing `published`; with `move` False the price of moving anybody is above any gain."""
    meetings = published.meetings if isinstance(published, Plan) else tuple(published)
    if not move:
        lacking = sum(one.min_meetings for one in problem.participants)
        stability = 2 * (sum(one.weight for one in problem.pairs) + problem.shortfall_penalty * lacking) + 1
    return replace(problem, published=meetings, now_slot=now_slot, absent=frozenset(absent), stability=stability)


def repair(problem: Problem, published: Plan | Iterable[Meeting], *, now_slot: int = 0, absent: Iterable[str] = (),
           stability: float = DEFAULT_STABILITY, move: bool = True, seconds: float | None = None,
           rounds: int | None = None, seed: int = 0, on_progress: Callable[[Progress], None] | None = None,
           should_stop: Callable[[], bool] | None = None, keep_at: Path | str | None = None) -> Repair:
    """Repair a published plan from slot `now_slot` on.

    `problem` is the problem as it stands now (it may have newcomers, or other limits than when the plan was made).
    `stability` is the price, in points of value, of moving a published meeting; with `move` False nobody is moved. The
    limits and callbacks are those of `solve`.
    """
    task = repair_problem(problem, published, now_slot=now_slot, absent=absent, stability=stability, move=move)
    if seconds is None and rounds is None:
        seconds = REPAIR_SECONDS
    plan = solve(task, seconds=seconds, rounds=rounds, seed=seed, on_progress=on_progress, should_stop=should_stop,
                 keep_at=keep_at)
    return compare(task, plan)


def compare(problem: Problem, plan: Plan) -> Repair:
    """What `plan` does to the published meetings of `problem`."""
    held = set(plan.meetings)
    published = {one.pair for one in problem.published}
    later = [one for one in problem.published if one.slot >= problem.now_slot]
    surviving = surviving_meetings(problem)
    alive = set(surviving)
    return Repair(
        problem=problem, plan=plan, surviving=surviving,
        changed=tuple(one for one in surviving if one not in held),
        lost=tuple(one for one in later if one not in alive),
        new=tuple(one for one in plan.meetings if one.pair not in published),
    )


def surviving_meetings(problem: Problem) -> tuple[Meeting, ...]:
    """Published meetings from `now_slot` on whose pair is still listed, both present and available in the slot."""
    listed = {(one.a, one.b) for one in problem.pairs}
    return tuple(
        one for one in problem.published
        if problem.now_slot <= one.slot < problem.slots and one.pair in listed
        and not any(name in problem.absent or one.slot in problem.by_id[name].unavailable for name in one.pair)
    )
