"""Neighbourhood search: clear a few slots, fill them again exactly, keep what is not worse."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from scheduling.solver.clock import Clock
from scheduling.solver.timetable import Timetable, fill
from scheduling.solver.window import Window

MIP_SECONDS = 6.0
MIP_NODES = 60


class Search:
    """Improves a timetable in place. `fixed` pairs are never moved; `worth` ranks pairs that are not placed.

    `on_round` is called after every round with whether the score rose.
    """

    def __init__(self, timetable: Timetable, *, fixed: frozenset[int], worth: Sequence[float], enough: float,
                 clock: Clock, seed: int, on_round: Callable[[bool], None]) -> None:
        self.timetable = timetable
        self.instance = timetable.instance
        self.fixed = fixed
        self.worth = worth
        self.enough = enough
        self.clock = clock
        self.random = random.Random(seed)   # noqa: S311 (reproducible, no secret)
        self.on_round = on_round
        self.score = timetable.score()
        self.gap = 0.49 if self.instance.whole_numbers else 1e-6
        self.open_pairs = sorted((pair for pair, mask in enumerate(self.instance.usable) if mask),
                                 key=lambda pair: (-worth[pair], pair))

    def run(self) -> bool:
        """Search until the bound is reached or the clock is out; returns whether the bound was reached."""
        width, stalled = 2, 0
        slots = self.instance.slots - self.instance.now
        sweep: list[int] = []
        while not self.done() and not self.clock.over() and slots:
            width = min(width, slots)
            if not sweep:
                sweep = self._sweep(width)
            first = sweep.pop()
            rose = self.refill(((1 << width) - 1) << first)
            self.clock.round += 1
            self.on_round(rose)
            stalled = 0 if rose else stalled + 1
            if stalled > 2 * (slots // width + 1):
                width, stalled, sweep = width + 1, 0, []
        return self.done()

    def done(self) -> bool:
        """Whether the score is as good as the proven bound."""
        return self.score >= self.enough - 1e-6 * max(1.0, abs(self.enough))

    def _sweep(self, width: int) -> list[int]:
        firsts = list(range(self.instance.now, self.instance.slots - width + 1))
        self.random.shuffle(firsts)
        return firsts

    def refill(self, mask: int, least_worth: float = -15.0) -> bool:
        """Clear the slots of `mask` and fill them again; returns whether the score rose."""
        timetable = self.timetable
        old = [(pair, slot) for slot in range(self.instance.slots) if mask >> slot & 1
               for pair in sorted(timetable.in_slot[slot]) if pair not in self.fixed]
        for pair, _ in old:
            timetable.remove(pair)
        cleared = {pair for pair, _ in old}
        candidates = [pair for pair in self.open_pairs
                      if timetable.slot[pair] < 0 and (self.worth[pair] > least_worth or pair in cleared)]
        window = Window(timetable, mask, candidates)
        new, _ = window.solve(start=old, seconds=self.clock.allow(MIP_SECONDS), nodes=MIP_NODES, gap=self.gap,
                              seed=self.random.randrange(2**31))
        timetable.place(new)
        score = timetable.score()
        if score < self.score - 1e-9 * max(1.0, abs(self.score)):
            for pair, _ in new:
                if timetable.slot[pair] >= 0:
                    timetable.remove(pair)
            timetable.place(old)
            return False
        rose = score > self.score + 1e-9 * max(1.0, abs(self.score))
        self.score = score
        return rose


def fill_up(timetable: Timetable) -> None:
    """Add every pair that can simply be added, heaviest first."""
    weight = timetable.instance.weight
    fill(timetable, sorted(range(len(weight)), key=lambda pair: (-weight[pair], pair)))
