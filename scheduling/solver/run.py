"""The steps of a solve in their order, within the time or the rounds there are."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scheduling.plan import Plan, write_plan
from scheduling.problem import Problem
from scheduling.solver import colouring
from scheduling.solver.aggregate import Aggregate, aggregate
from scheduling.solver.clock import Clock
from scheduling.solver.compaction import Compaction
from scheduling.solver.construction import by_slots, fill_exactly, fill_up, greedy
from scheduling.solver.explanation import unscheduled
from scheduling.solver.highs import floor_bound
from scheduling.solver.instance import Instance
from scheduling.solver.pins import place_pins
from scheduling.solver.search import Search
from scheduling.solver.tables import assign_tables
from scheduling.solver.tight import Tight, tighten
from scheduling.solver.timetable import Timetable

DEFAULT_SECONDS = 60.0
# Compaction gets so much of the seconds left up to LITTLE, of those beyond it, and so many at most.
COMPACTION_SHARES, LITTLE, COMPACTION_SECONDS = (0.15, 0.3), 5.0, 20.0
COMPACTION_LOOKS = 100                               # the length of compaction where rounds are counted
TIGHT_NODES = 300
TIGHT_SECONDS_A_PAIR = 4e-4                          # with less time, all of it goes to the plan
BOUND_SECONDS = 1.0                                  # the aggregate program gets these, however little time there is
KEEP_SECONDS = 2.0                                   # least time between two plans put on disk


@dataclass(frozen=True)
class Progress:
    """Where a running solve stands: its stage, the best value so far, the proven bound, seconds and rounds used.

    `best` makes the best plan so far, complete with tables and reasons.
    """

    stage: str
    value: float
    upper_bound: float
    elapsed: float
    rounds: int
    best: Callable[[], Plan]


def solve(problem: Problem, *, seconds: float | None = None, rounds: int | None = None, seed: int = 0,
          on_progress: Callable[[Progress], None] | None = None, should_stop: Callable[[], bool] | None = None,
          keep_at: Path | str | None = None) -> Plan:
    """Make a plan within `seconds` of wall time, or within `rounds` of search (then problem and seed decide alone).

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
        self.bound: float = self.instance.past_value + math.fsum(
            weight for weight, mask in zip(self.instance.weight, self.instance.usable, strict=True) if mask)
        self.figures: dict[str, Any] = {}
        self.tight: Tight | None = None
        self._found: list[Tight | None] = []
        self._tightened = threading.Event()
        self._given_up = False
        self._kept_value, self._kept_time, self._keep_cost = -math.inf, -math.inf, 0.0

    def plan(self) -> Plan:
        """All steps in their order."""
        instance, clock = self.instance, self.clock
        base = Timetable(instance)
        fixed, certain = place_pins(base)
        quick = base.copy()
        self._place_published(quick)
        greedy(quick)
        self.figures["greedy"] = quick.value()
        lp = aggregate(instance, certain, seconds=max(clock.left(), BOUND_SECONDS) if clock.timed else None)
        self.bound = floor_bound(min(self.bound, lp.bound), instance.whole_numbers)
        self.figures["lp_bound"] = self.bound
        self._tell("greedy", quick, rose=True)
        clock.reserve = 2 * self._keep_cost + 0.05
        guide = aggregate(instance, certain, seconds=clock.allow(math.inf), bonus=True) if instance.published else lp
        helper = None
        if not clock.timed or clock.left() > TIGHT_SECONDS_A_PAIR * len(lp.pairs):
            helper = self._start_tight(lp, certain)
        else:
            self._tightened.set()
        if instance.published:
            table, proven = self._repaired(base, lp)
            if not self._worth_moving(table):
                fixed |= {pair for pair, one in instance.published.items() if table.slot[pair] == one.slot}
        else:
            table, proven = self._constructed(base, lp), False
        if quick.score() > table.score():
            table, proven = quick, False
        self._tell("constructed", table, rose=True)
        if clock.timed:
            clock.reserve += _for_compaction(max(0.0, clock.left()))
        if not proven:
            self._search(table, guide, fixed)
        if helper is not None:
            self._given_up = True
            helper.join()
            self._take_tight()
        fill_up(table)
        self._tell("searched", table, rose=True)
        self._compact(table, fixed)
        fill_up(table)
        return self._finished(table)

    def _place_published(self, table: Timetable) -> None:
        published = sorted(self.instance.published.items(), key=lambda one: (-self.instance.weight[one[0]], one[0]))
        table.place((pair, meeting.slot) for pair, meeting in published)

    def _constructed(self, base: Timetable, lp: Aggregate) -> Timetable:
        instance, clock = self.instance, self.clock
        if clock.timed:
            self._tightened.wait(min(1.0, 0.08 * max(0.0, clock.left())))
        tight = self._take_tight()
        shares = tight.chosen if tight else lp.chosen
        chosen = lp.pairs[shares > 0.5].tolist()
        table = base.copy()
        if colouring.applies(instance):
            table.place(colouring.colour(instance, chosen))
        else:
            by_slots(table, chosen, clock)
        if not clock.over() or not clock.timed:
            fill_exactly(table, [pair for pair in lp.pairs.tolist() if table.slot[pair] < 0], clock, gap=1)
        fill_up(table)
        return table

    def _repaired(self, base: Timetable, lp: Aggregate) -> tuple[Timetable, bool]:
        """Published meetings kept, free places filled; and whether no plan can have a greater score."""
        table = base.copy()
        self._place_published(table)
        gap = 0.99 if self.instance.whole_numbers else 1e-6
        exact = fill_exactly(table, [pair for pair in lp.pairs.tolist() if table.slot[pair] < 0], self.clock, gap=gap)
        fill_up(table)
        self.figures["nobody_moved"] = table.value()
        everybody = all(table.slot[pair] == one.slot for pair, one in self.instance.published.items())
        self.figures["nobody_moved_proven"] = exact and everybody
        return table, exact and everybody and not self._worth_moving(table)

    def _worth_moving(self, table: Timetable) -> bool:
        """Whether moving one published meeting could pay at all."""
        return self.instance.stability / 2 <= self.bound - table.value()

    def _start_tight(self, lp: Aggregate, certain: frozenset[int]) -> threading.Thread | None:
        """The tighter bound can take seconds: beside the search when time counts, before it otherwise."""
        gap = 0.99 if self.instance.whole_numbers else 1e-3

        def work() -> None:
            try:
                self._found.append(tighten(self.instance, lp, certain, seconds=self.clock.allow(math.inf),
                                           nodes=None if self.clock.timed else TIGHT_NODES, gap=gap,
                                           should_stop=lambda: self._given_up))
            finally:
                self._tightened.set()

        if not self.clock.timed:
            work()
            return None
        helper = threading.Thread(target=work)
        helper.start()
        return helper

    def _take_tight(self) -> Tight | None:
        """The tighter bound, if it is there; only the first call with it returns it."""
        if not self._found:
            return None
        tight = self._found.pop()
        if tight is not None:
            self.bound = min(self.bound, floor_bound(tight.bound, self.instance.whole_numbers))
            self.figures["tight_bound"] = self.bound
            self.figures["tight_proven"] = tight.optimal
            self.tight = tight
        return tight

    def _search(self, table: Timetable, guide: Aggregate, fixed: frozenset[int]) -> None:
        instance = self.instance
        repairing = bool(instance.published)
        enough = guide.bound if repairing else self.bound
        search = Search(table, fixed=fixed, worth=self._worth(guide, self.tight),
                        chosen=self._chosen(guide, self.tight), enough=enough, clock=self.clock, seed=self.seed,
                        on_round=lambda rose: after(rose))

        def after(rose: bool) -> None:
            found = self._take_tight()
            if found is not None and not repairing:
                search.guide(self._worth(guide, found), self._chosen(guide, found))
                search.enough = self.bound
            self._tell("search", table, rose=rose)

        search.run()

    def _worth(self, guide: Aggregate, tight: Tight | None) -> list[float]:
        worth = [-math.inf] * len(self.instance.weight)
        use = tight.worth if tight is not None and not self.instance.published else guide.worth
        for pair, earned in zip(guide.pairs.tolist(), use.tolist(), strict=True):
            worth[pair] = earned
        return worth

    def _chosen(self, guide: Aggregate, tight: Tight | None) -> list[int]:
        use = tight.chosen if tight is not None and not self.instance.published else guide.chosen
        chosen: list[int] = guide.pairs[use > 0.5].tolist()
        return chosen

    def _compact(self, table: Timetable, fixed: frozenset[int]) -> None:
        work = Compaction(table, fixed=fixed, seed=self.seed)
        self.figures["gaps_before"] = work.total
        clock = self.clock
        if clock.timed:
            clock.reserve = 2 * self._keep_cost + 0.05
            whole = max(1e-3, min(clock.left(), COMPACTION_SECONDS))
            end = clock.elapsed() + whole
            work.run(lambda: 0.0 if clock.stopped() else (end - clock.elapsed()) / whole)
        else:
            looks = iter(range(COMPACTION_LOOKS, -1, -1))
            work.run(lambda: 0.0 if clock.stopped() else next(looks) / COMPACTION_LOOKS)
        self.figures["gaps"] = work.total

    def _tell(self, stage: str, table: Timetable, *, rose: bool) -> None:
        """Report progress; put the plan on disk when it is better than the one there and not too soon after it."""
        clock = self.clock
        value = table.value()
        if self.on_progress is not None:
            self.on_progress(Progress(stage, value, max(self.bound, value), clock.elapsed(), clock.round,
                                      lambda: self._snapshot(table)))
        now = time.monotonic()
        due = now - self._kept_time >= max(KEEP_SECONDS, 20 * self._keep_cost) or stage != "search"
        measured = self._kept_time > -math.inf or not clock.timed       # what finishing takes is known
        if self.keep_at is None and measured:
            return
        if rose and due and table.score() > self._kept_value:
            plan = self._snapshot(table)
            if self.keep_at is not None:
                write_plan(plan, self.keep_at)
            self._kept_value, self._kept_time = table.score(), time.monotonic()
            self._keep_cost = max(self._keep_cost, self._kept_time - now)

    def _snapshot(self, table: Timetable) -> Plan:
        twin = table.copy()
        fill_up(twin)
        return self._complete(twin)

    def _complete(self, table: Timetable) -> Plan:
        meetings = assign_tables(table)
        value = self._exact_value(table)
        return Plan(tuple(meetings), value, max(self.bound, value), unscheduled(table), dict(self.figures))

    def _exact_value(self, table: Timetable) -> float:
        instance = self.instance
        weight = math.fsum(instance.weight[pair] for pair in (*table.placed(), *instance.past_pairs))
        value = weight + table.value() - instance.past_value - table.worth
        return int(value) if instance.whole_numbers else value

    def _finished(self, table: Timetable) -> Plan:
        self.figures["short"] = table.lacking()
        self.figures["rounds"] = self.clock.round
        self.figures["seconds"] = round(self.clock.elapsed(), 3)
        plan = self._complete(table)
        if self.keep_at is not None:
            write_plan(plan, self.keep_at)
        return plan


def _for_compaction(left: float) -> float:
    """How many of the seconds left are kept for compaction."""
    first, later = COMPACTION_SHARES
    return min(first * min(left, LITTLE) + later * max(0.0, left - LITTLE), COMPACTION_SECONDS)
