"""The timetable under construction: which pair is in which slot, and where another could go by the rules."""

from __future__ import annotations

from collections.abc import Iterable

from scheduling.solver.instance import Instance, bits


class Timetable:
    """Pairs placed in slots. `slot[e]` is the pair's slot or -1; what `open_slots` offers keeps all rules.

    Times of `open_slots`, `add` and `remove` do not grow with the number of meetings.
    """

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        people = len(instance.available)
        self.slot = [-1] * len(instance.weight)
        self.busy = list(instance.past_busy)
        self.zones = [dict(where) for where in instance.past_zones]
        self.degree = [0] * people
        self.in_slot: list[set[int]] = [set() for _ in range(instance.slots)]
        self.tables_used = [[0] * instance.slots for _ in range(instance.zone_count)]
        self.tables_full = [0 if tables else instance.open_day for tables in instance.tables]
        self.interpreters_used = [[0] * instance.slots for _ in instance.interpreters]
        self.interpreters_full = [0 if count else instance.open_day for count in instance.interpreters]
        self.worth: float = 0
        self._tired: list[int | None] = [None] * people
        self._far: list[dict[int, int]] = [{} for _ in range(people)]

    def copy(self) -> Timetable:
        """An independent timetable with the same placements."""
        twin = Timetable(self.instance)
        for pair, slot in enumerate(self.slot):
            if slot >= 0:
                twin.add(pair, slot)
        return twin

    def placed(self) -> list[int]:
        """The placed pairs, ascending."""
        return [pair for pair, slot in enumerate(self.slot) if slot >= 0]

    def value(self) -> float:
        """Objective of the problem (history included, stability not)."""
        return self.instance.past_value + self.worth - self.instance.penalty * self.lacking()

    def lacking(self) -> int:
        """Meetings that participants lack to their minimum, all together."""
        return sum(max(0, least - met) for least, met in zip(self.instance.minimum, self.degree, strict=True))

    def score(self) -> float:
        """What the search maximises: value and stability bonus."""
        if not self.instance.published:
            return self.value()
        bonus = sum(self.instance.bonus(pair, self.slot[pair])
                    for pair in self.instance.published if self.slot[pair] >= 0)
        return self.value() + bonus

    def open_slots(self, pair: int) -> int:
        """Mask of the slots in which the pair can be placed now."""
        instance = self.instance
        mask = instance.usable[pair]
        if not mask or self.slot[pair] >= 0:
            return 0
        a, b, zone, language = instance.a[pair], instance.b[pair], instance.zone[pair], instance.language[pair]
        if self.degree[a] >= instance.cap[a] or self.degree[b] >= instance.cap[b]:
            return 0
        mask &= ~(self.busy[a] | self.busy[b] | self.tables_full[zone])
        if language >= 0:
            mask &= ~self.interpreters_full[language]
        if mask:
            mask &= ~(self.tired(a) | self.tired(b))
            if instance.walking:
                mask &= ~(self.far(a, zone) | self.far(b, zone))
        return mask

    def tired(self, person: int) -> int:
        """Free slots in which a meeting would make the person's run too long."""
        known = self._tired[person]
        if known is None:
            known = self._tired[person] = too_long(self.busy[person], self.instance.longest_run[person],
                                                   self.instance.slots)
        return known

    def far(self, person: int, zone: int) -> int:
        """Slots beside a meeting of the person in another zone."""
        known = self._far[person].get(zone)
        if known is None:
            others = self.busy[person] & ~self.zones[person].get(zone, 0)
            known = self._far[person][zone] = others << 1 | others >> 1
        return known

    def add(self, pair: int, slot: int) -> None:
        """Place the pair; the caller has asked `open_slots`."""
        instance = self.instance
        zone, language, bit = instance.zone[pair], instance.language[pair], 1 << slot
        self.slot[pair] = slot
        self.in_slot[slot].add(pair)
        self.worth += instance.weight[pair]
        for person in (instance.a[pair], instance.b[pair]):
            self.busy[person] |= bit
            where = self.zones[person]
            where[zone] = where.get(zone, 0) | bit
            self.degree[person] += 1
            self._tired[person] = None
            self._far[person].clear()
        self.tables_used[zone][slot] += 1
        if self.tables_used[zone][slot] >= instance.tables[zone]:
            self.tables_full[zone] |= bit
        if language >= 0:
            self.interpreters_used[language][slot] += 1
            if self.interpreters_used[language][slot] >= instance.interpreters[language]:
                self.interpreters_full[language] |= bit

    def remove(self, pair: int) -> None:
        """Take the pair out of its slot."""
        instance = self.instance
        slot = self.slot[pair]
        zone, language, bit = instance.zone[pair], instance.language[pair], 1 << slot
        self.slot[pair] = -1
        self.in_slot[slot].discard(pair)
        self.worth -= instance.weight[pair]
        for person in (instance.a[pair], instance.b[pair]):
            self.busy[person] &= ~bit
            self.zones[person][zone] &= ~bit
            self.degree[person] -= 1
            self._tired[person] = None
            self._far[person].clear()
        self.tables_used[zone][slot] -= 1
        self.tables_full[zone] &= ~bit
        if language >= 0:
            self.interpreters_used[language][slot] -= 1
            self.interpreters_full[language] &= ~bit

    def place(self, placements: Iterable[tuple[int, int]]) -> list[int]:
        """Place the (pair, slot) that are still possible, in the given order; returns the pairs that were not."""
        refused = []
        for pair, slot in placements:
            if self.open_slots(pair) >> slot & 1:
                self.add(pair, slot)
            else:
                refused.append(pair)
        return refused

    def blocked(self, pair: int) -> list[tuple[str, int]]:
        """Each rule with the mask of the slots in which it stops the pair, weightiest rule first."""
        instance = self.instance
        a, b, zone, language = instance.a[pair], instance.b[pair], instance.zone[pair], instance.language[pair]
        everywhere = instance.open_day
        limit = self.degree[a] >= instance.cap[a] or self.degree[b] >= instance.cap[b]
        interpreter = everywhere if language == -2 else self.interpreters_full[language] if language >= 0 else 0
        return [
            ("limit", everywhere if limit else 0),
            ("tables", self.tables_full[zone] if zone >= 0 else everywhere),
            ("interpreter", interpreter),
            ("break", self.tired(a) | self.tired(b)),
            ("walking", self.far(a, zone) | self.far(b, zone) if instance.walking else 0),
            ("busy", self.busy[a] | self.busy[b]),
        ]


def too_long(busy: int, longest: int, slots: int) -> int:
    """Mask of the free slots in which one more meeting would make a run of more than `longest` slots."""
    if longest >= slots or not busy:
        return 0
    before = [-1]                    # before[i]: slots with at least i busy slots directly before them
    after = [-1]
    for distance in range(1, longest + 1):
        before.append(before[-1] & busy << distance)
        after.append(after[-1] & busy >> distance)
    blocked = 0
    for index in range(longest + 1):
        blocked |= before[index] & after[longest - index]
    return blocked & ~busy


def fill(timetable: Timetable, order: Iterable[int]) -> list[int]:
    """Place every pair of `order` that fits in its first open slot; returns those placed."""
    placed = []
    for pair in order:
        mask = timetable.open_slots(pair)
        if mask:
            timetable.add(pair, bits(mask & -mask)[0])
            placed.append(pair)
    return placed
