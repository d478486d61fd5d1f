"""Proposes a timetable: aggregate program, slots, neighbourhood search, compaction, tables, explanation."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from scheduling.gaps import idle_gaps
from scheduling.plan import Plan, write_plan
from scheduling.problem import Problem
from scheduling.solver.aggregate import aggregate
from scheduling.solver.clock import Clock
from scheduling.solver.construction import by_slots, fill_exactly, fill_up, greedy
from scheduling.solver.explanation import unscheduled
from scheduling.solver.highs import floor_bound
from scheduling.solver.instance import Instance
from scheduling.solver.pins import place_pins
from scheduling.solver.search import Search
from scheduling.solver.tables import assign_tables
from scheduling.solver.timetable import Timetable

DEFAULT_SECONDS = 60.0


@dataclass(frozen=True)
class Progress:
    """Where a running solve stands: its stage, the best value so far, the proven bound, seconds and rounds used."""

    stage: str
    value: float
    upper_bound: float
    elapsed: float
    rounds: int
    best: Callable[[], Plan]      # makes the best plan so far, complete with tables and reasons


def solve(problem: Problem, *, seconds: float | None = None, rounds: int | None = None, seed: int = 0,
          on_progress: Callable[[Progress], None] | None = None, should_stop: Callable[[], bool] | None = None,
          keep_at: Path | str | None = None) -> Plan:
    """Make a plan within `seconds` of wall time, or within `rounds` of search (then it depends on problem and seed only).

    `on_progress` is called after each step. When `should_stop` answers True the best plan so far is finished and
    returned. With `keep_at` the best plan so far is kept in that file, replaced in one step, so that it survives the
    end of the process. Raises ValueError when both limits are given, OSError when `keep_at` cannot be written.
    """
    if seconds is not None and rounds is not None:
        raise ValueError("give seconds or rounds, not both")
    if seconds is None and rounds is None:
        seconds = DEFAULT_SECONDS
    return _Run(problem, Clock(seconds, rounds, should_stop), seed, on_progress, keep_at).plan()


class _Run:
    def __init__(self, problem: Problem, clock: Clock, seed: int, on_progress: Callable[[Progress], None] | None,
                 keep_at: Path | str | None) -> None:
        self.problem, self.clock, self.seed = problem, clock, seed
        self.on_progress, self.keep_at = on_progress, keep_at
        self.instance = Instance(problem)
        self.bound = math.inf
        self.figures: dict[str, float] = {}

    def plan(self) -> Plan:
        """All steps in their order."""
        instance, clock = self.instance, self.clock
        base = Timetable(instance)
        fixed, certain = place_pins(base)
        quick = base.copy()
        greedy(quick)
        self.figures["greedy"] = quick.value()
        lp = aggregate(instance, certain)
        self.bound = self.figures["lp_bound"] = floor_bound(lp.bound, instance.whole_numbers)
        worth = [-math.inf] * len(instance.weight)
        for pair, earned in zip(lp.pairs.tolist(), lp.worth.tolist(), strict=True):
            worth[pair] = earned
        chosen = lp.pairs[lp.chosen > 0.5].tolist()
        table = base.copy()
        by_slots(table, chosen, clock)
        fill_exactly(table, [p for p in lp.pairs.tolist() if table.slot[p] < 0], clock, gap=1)
        fill_up(table)
        self.figures["constructed"] = table.value()
        self.figures["constructed_s"] = clock.elapsed()
        if quick.score() > table.score():
            table = quick
        search = Search(table, fixed=fixed, worth=worth, enough=self.bound, clock=clock, seed=self.seed,
                        on_round=lambda rose: None)
        search.run()
        fill_up(table)
        return self._finished(table)

    def _finished(self, table: Timetable) -> Plan:
        meetings = assign_tables(table)
        value = table.value()
        if self.instance.whole_numbers:
            value = int(value)
        self.figures["gaps"] = sum(idle_gaps(self.problem, meetings).values())
        self.figures["rounds"] = self.clock.round
        self.figures["seconds"] = self.clock.elapsed()
        plan = Plan(tuple(meetings), value, max(self.bound, value), unscheduled(table), dict(self.figures))
        if self.keep_at is not None:
            write_plan(plan, self.keep_at)
        return plan
