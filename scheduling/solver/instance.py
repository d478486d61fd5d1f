"""A problem in numbers: indexes instead of ids, slots as the bits of an integer, history taken off the limits."""

from __future__ import annotations

import numpy as np

from scheduling.problem import Meeting, Problem


class Instance:
    """Problem data by index: participants p, pairs e, zones z, languages k, slots t (bit t of a mask).

    What is over is folded in: `cap` and `minimum` are what remains of the limits, `past_busy` and `past_zones` say
    where people were, and no pair can use a slot before `now`.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.slots = problem.slots
        self.now = problem.now_slot
        self.walking = problem.walking_gap
        self.penalty = problem.shortfall_penalty
        people = {one.id: index for index, one in enumerate(problem.participants)}
        self.person_index = people
        zones = {one.id: index for index, one in enumerate(problem.zones)}
        self.zone_count = len(zones)
        self.tables = [min(one.tables, len(problem.pairs)) for one in problem.zones]
        languages = {name: index for index, name in enumerate(problem.interpreter_counts)}
        self.interpreters = [min(count, len(problem.pairs)) for count in problem.interpreter_counts.values()]
        whole_day = (1 << self.slots) - 1
        self.open_day = whole_day & ~((1 << self.now) - 1)
        self.available = [_available(self.open_day, one.unavailable, absent=one.id in problem.absent)
                          for one in problem.participants]
        self.problem_available = [_available(whole_day, one.unavailable, absent=False) for one in problem.participants]
        self.absent = [one.id in problem.absent for one in problem.participants]
        self.longest_run = [min(one.max_in_a_row or self.slots + 1, self.slots + 1) for one in problem.participants]
        self.pair_index = {(one.a, one.b): index for index, one in enumerate(problem.pairs)}
        self.a = [people[one.a] for one in problem.pairs]
        self.b = [people[one.b] for one in problem.pairs]
        self.weight: list[float] = [one.weight for one in problem.pairs]
        self.zone = [zones.get(problem.zone_of(one.a, one.b) or "", -1) for one in problem.pairs]
        self.language = [languages.get(one.interpreter, -2) if one.interpreter is not None else -1
                         for one in problem.pairs]
        self._fold_history(zones)
        self.common = [self.available[a] & self.available[b] for a, b in zip(self.a, self.b, strict=True)]
        self.usable = [self._usable(index) for index in range(len(problem.pairs))]
        self.whole_numbers = all(float(one).is_integer() for one in (*self.weight, self.penalty))
        self.np_a = np.array(self.a, dtype=np.int64)
        self.np_b = np.array(self.b, dtype=np.int64)
        self.np_weight = np.array(self.weight, dtype=np.float64)
        self.np_zone = np.array(self.zone, dtype=np.int64)
        self.np_language = np.array(self.language, dtype=np.int64)
        self.np_cap = np.array(self.cap, dtype=np.int64)
        self.np_minimum = np.array(self.minimum, dtype=np.int64)
        self._stability()

    def _fold_history(self, zones: dict[str, int]) -> None:
        problem = self.problem
        count = [0] * len(problem.participants)
        self.past_busy = [0] * len(problem.participants)
        self.past_zones: list[dict[int, int]] = [{} for _ in problem.participants]
        self.past_pairs: set[int] = set()
        self.past_value: float = 0
        elsewhere: dict[str, int] = {}
        for one in problem.past:
            zone = zones.get(one.zone)
            if zone is None:
                zone = elsewhere.setdefault(one.zone, self.zone_count + len(elsewhere))
            for name in one.pair:
                person = self.person_index.get(name)
                if person is None:
                    continue
                count[person] += 1
                self.past_busy[person] |= 1 << one.slot
                where = self.past_zones[person]
                where[zone] = where.get(zone, 0) | 1 << one.slot
            pair = self.pair_index.get(one.pair)
            if pair is not None:
                self.past_pairs.add(pair)
                self.past_value += self.weight[pair]
        self.cap = [0 if away else max(0, one.max_meetings - met)
                    for one, met, away in zip(problem.participants, count, self.absent, strict=True)]
        self.minimum = [0 if away else max(0, one.min_meetings - met)
                        for one, met, away in zip(problem.participants, count, self.absent, strict=True)]

    def _usable(self, pair: int) -> int:
        """Slots in which the pair could meet if nobody else were there."""
        if pair in self.past_pairs or self.zone[pair] < 0 or self.tables[self.zone[pair]] == 0:
            return 0
        language = self.language[pair]
        if language == -2 or (language >= 0 and self.interpreters[language] == 0):
            return 0
        if not (self.cap[self.a[pair]] and self.cap[self.b[pair]]):
            return 0
        pinned = self.problem.pairs[pair].pinned_slot
        return self.common[pair] if pinned is None else self.common[pair] & 1 << pinned

    def _stability(self) -> None:
        """Bonus of keeping a published meeting: `kept_slot[e]` is its slot or -1."""
        self.stability = self.problem.stability
        self.kept_slot = [-1] * len(self.weight)
        self.published: dict[int, Meeting] = {}
        for one in self.problem.published:
            pair = self.pair_index.get(one.pair)
            if pair is not None and one.slot >= self.now and self.common[pair] >> one.slot & 1:
                self.kept_slot[pair] = one.slot
                self.published[pair] = one
        self.np_kept = np.array(self.kept_slot, dtype=np.int64)

    def bonus(self, pair: int, slot: int) -> float:
        """What stability adds for the pair in this slot."""
        kept = self.kept_slot[pair]
        if kept < 0:
            return 0
        return self.stability if kept == slot else self.stability / 2


def _available(open_day: int, unavailable: frozenset[int], *, absent: bool) -> int:
    if absent:
        return 0
    for slot in unavailable:
        open_day &= ~(1 << slot)
    return open_day


def bits(mask: int) -> list[int]:
    """The slots of a mask, ascending."""
    found = []
    while mask:
        low = mask & -mask
        found.append(low.bit_length() - 1)
        mask ^= low
    return found
