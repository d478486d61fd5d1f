"""Neighbourhood search: clear a few slots, fill them again exactly, keep what is not worse.

The slots need not be adjacent: scattered ones cost the integer program little, because breaks and walking tie only
neighbours together, and they let a meeting move between distant parts of the day.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence

from scheduling.solver.clock import Clock
from scheduling.solver.instance import bits
from scheduling.solver.timetable import Timetable
from scheduling.solver.window import Placement, Window

MIP_SECONDS = 6.0
MIP_NODES = 40
# Slots cleared together, and how much worth (in mean weights) an unplaced pair may lack to be considered.
LADDER = ((3, 0.1), (4, 0.15), (5, 0.2), (6, 0.3), (8, 0.4), (12, 0.6), (16, 1.0))
HARD_LEVEL = 3               # from this step on, a program that cannot be solved exactly ends the climb
NEAR = 0.3                   # this close to the bound (in mean weights) few pairs matter: two slots more are taken
AIMED = 0.6                  # share of the rounds that go for a known loss
KICKED, KICK = 5, 0.5        # slots that a kick fills again, and how far its prices may be wrong


class Search:
    """Improves a timetable in place. `fixed` pairs are never moved; `worth` ranks pairs that are not placed.

    `on_round` is called after every round with whether the score rose.
    """

    def __init__(self, timetable: Timetable, *, fixed: frozenset[int], worth: Sequence[float], chosen: Iterable[int],
                 enough: float, clock: Clock, seed: int, on_round: Callable[[bool], None]) -> None:
        self.timetable = timetable
        self.instance = timetable.instance
        self.fixed = fixed
        self.enough = enough
        self.clock = clock
        self.random = random.Random(seed)   # noqa: S311 (reproducible, no secret)
        self.on_round = on_round
        self.score = timetable.score()
        self.gap = (0.99 if float(self.instance.stability / 2).is_integer() else 0.49) \
            if self.instance.whole_numbers else 1e-6
        usable = [pair for pair, mask in enumerate(self.instance.usable) if mask]
        self.scale = sum(self.instance.weight[pair] for pair in usable) / max(1, len(usable)) or 1.0
        self.slots = [slot for slot in range(self.instance.now, self.instance.slots)
                      if any(self.instance.usable[pair] >> slot & 1 for pair in usable)]
        self.level, self.stalled, self.deck = 0, 0, list[int]()
        self.best: tuple[float, list[int]] | None = None
        self.guide(worth, chosen)

    def guide(self, worth: Sequence[float], chosen: Iterable[int]) -> None:
        """Use other prices, and another choice of pairs, from now on."""
        self.worth = worth
        self.chosen = frozenset(chosen)
        self.ranked = sorted((pair for pair, mask in enumerate(self.instance.usable) if mask),
                             key=lambda pair: (-worth[pair], pair))

    def run(self) -> bool:
        """Search until the bound is reached or the clock is out; returns whether the bound was reached."""
        while not self.done() and not self.clock.over() and self.slots:
            size, slack = LADDER[self.level]
            near = self.enough - self.score < NEAR * self.scale
            slots = self._choose(min(size + 2 * near, len(self.slots)))
            mask = sum(1 << slot for slot in slots)
            rose, proven = self.refill(mask, -slack * self.scale)
            self.clock.round += 1
            self.on_round(rose)
            self.stalled = 0 if rose else self.stalled + 1
            too_hard = not proven and self.level >= HARD_LEVEL
            if too_hard or self.stalled > 3 * (len(self.slots) // size + 1):
                self._climb(size, too_hard)
        self._return_to_best()
        return self.done()

    def _climb(self, size: int, too_hard: bool) -> None:
        """Take more slots at a time; after the last step, or when the programs become too hard, start from a kick."""
        self.stalled = 0
        self.deck = []
        if not too_hard and size < len(self.slots) and self.level + 1 < len(LADDER):
            self.level += 1
            return
        self.level = 0
        self._return_to_best()
        self._kick()

    def _return_to_best(self) -> None:
        """Take back what a kick has led to, unless it is better than what was before it."""
        timetable = self.timetable
        if self.best is None or self.score >= self.best[0]:
            self.best = self.score, list(timetable.slot)
            return
        self.score, slots = self.best
        moved = [pair for pair, slot in enumerate(slots) if timetable.slot[pair] != slot]
        for pair in moved:
            if timetable.slot[pair] >= 0:
                timetable.remove(pair)
        for pair in moved:
            if slots[pair] >= 0:
                timetable.add(pair, slots[pair])

    def _kick(self) -> None:
        """Fill some slots again for prices that are a little wrong, to leave a local best."""
        size = min(KICKED, len(self.slots))
        mask = sum(1 << slot for slot in self._choose(size))
        old, window = self._clear(mask, -0.3 * self.scale)
        noise = [1 + KICK * (self.random.random() - 0.5) for _ in window.pair]
        window.program.cost[:len(noise)] *= noise
        new, _ = window.solve(start=old, seconds=self.clock.allow(MIP_SECONDS), nodes=5, gap=0.1 * self.scale,
                              seed=self.random.randrange(2**31))
        self.timetable.place(new)
        self.score = self.timetable.score()

    def done(self) -> bool:
        """Whether the score is as good as the proven bound."""
        return self.score >= self.enough - 1e-9 * max(1.0, abs(self.enough))

    def _choose(self, size: int) -> list[int]:
        chosen: list[int] = []
        if self.random.random() < AIMED:
            chosen = self._aim()[:size]
        while len(chosen) < size:
            if not self.deck:
                self.deck = self.random.sample(self.slots, len(self.slots))
            slot = self.deck.pop()
            if slot not in chosen:
                chosen.append(slot)
        return chosen

    def _aim(self) -> list[int]:
        """Up to three slots that could undo a loss.

        They are taken from a pair that should meet and does not, one slot where each of its sides is free, and from a
        pair that meets although its people and table are worth more elsewhere.
        """
        timetable, instance = self.timetable, self.instance
        missing: dict[int, float] = {}
        misplaced: dict[int, float] = {}
        for pair in self.ranked:
            worth = self.worth[pair]
            if timetable.slot[pair] >= 0:
                if worth < -1e-6 and pair not in self.fixed:
                    misplaced[pair] = -worth
                continue
            if worth < -self.scale:
                continue
            cost = max(0.0, worth) + (0.02 * self.scale if pair in self.chosen else 0.0)
            for person in (instance.a[pair], instance.b[pair]):
                if timetable.degree[person] < instance.minimum[person]:
                    cost += instance.penalty
            if cost > 1e-6:
                missing[pair] = cost
        found: list[int] = []
        if missing:
            pair = self._draw(missing)
            for person in (instance.a[pair], instance.b[pair]):
                usable = instance.usable[pair]
                free = [slot for slot in bits(usable & ~timetable.busy[person] or usable) if slot not in found]
                if free:
                    found.append(self.random.choice(free))
        if misplaced:
            slot = timetable.slot[self._draw(misplaced)]
            if slot not in found:
                found.append(slot)
        return found

    def _draw(self, costs: dict[int, float]) -> int:
        return self.random.choices(list(costs), list(costs.values()))[0]

    def refill(self, mask: int, least_worth: float) -> tuple[bool, bool]:
        """Clear the slots of `mask` and fill them again; returns whether the score rose and the fill is exact."""
        old, window = self._clear(mask, least_worth)
        new, proven = window.solve(start=old, seconds=self.clock.allow(MIP_SECONDS), nodes=MIP_NODES, gap=self.gap,
                                   seed=self.random.randrange(2**31))
        return self._keep_better(old, new), proven

    def _clear(self, mask: int, least_worth: float) -> tuple[list[Placement], Window]:
        """Take out what is in the slots of `mask`; what was there, and the program to fill them."""
        timetable = self.timetable
        old = [(pair, slot) for slot in bits(mask) for pair in sorted(timetable.in_slot[slot])
               if pair not in self.fixed]
        for pair, _ in old:
            timetable.remove(pair)
        least_worth = max(least_worth, self.score - self.enough)
        cleared = {pair for pair, _ in old}
        candidates = [pair for pair in self.ranked
                      if timetable.slot[pair] < 0 and (self.worth[pair] >= least_worth or pair in cleared)]
        return old, Window(timetable, mask, candidates)

    def _keep_better(self, old: list[Placement], new: list[Placement]) -> bool:
        timetable = self.timetable
        timetable.place(new)
        score = timetable.score()
        least = 1e-9 * max(1.0, abs(self.score))
        if score < self.score - least:
            for pair, _ in new:
                if timetable.slot[pair] >= 0:
                    timetable.remove(pair)
            timetable.place(old)
            return False
        rose = score > self.score + least
        self.score = score
        return rose
