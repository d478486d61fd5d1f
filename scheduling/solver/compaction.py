"""Fewer idle gaps at the same value: meetings trade slots, the set of pairs stays.

Two slots are looked at together. The meetings in them form chains, in which each participant links its meeting in the
one slot to its meeting in the other; exchanging the slots of a whole chain keeps everybody's meetings apart. The chain
is exchanged when all rules still hold and no more idle gaps arise than go. Where the halls are full, a second chain
that goes the other way makes room for it.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable

from scheduling.solver.timetable import Timetable

HOTTEST = 0.6           # a rise of one idle gap is accepted with probability exp(-1 / warmth)
PARTNERS = 4            # chains tried to make room for another
MOVES_A_LOOK = 400      # exchanges tried between two looks at the clock


Surplus = dict[int, int]


class Compaction:
    """Rearranges a timetable in place. `fixed` pairs and published meetings stay where they are.

    `gaps[p]` is the number of idle gaps of participant p, `total` their sum.
    """

    def __init__(self, timetable: Timetable, *, fixed: frozenset[int], seed: int) -> None:
        self.timetable = timetable
        self.instance = timetable.instance
        kept = {pair for pair in self.instance.published if timetable.slot[pair] >= 0}
        self.fixed = fixed | kept
        self.random = random.Random(seed)   # noqa: S311 (reproducible, no secret)
        self.at: list[dict[int, int]] = [{} for _ in timetable.busy]
        # Meetings by zone and slot, and where in its row each stands, so that one can be drawn at once.
        self.rows: list[list[list[int]]] = [[[] for _ in range(self.instance.slots)] for _ in self.instance.tables]
        self.place: dict[int, int] = {}
        for pair in timetable.placed():
            row = self.rows[self.instance.zone[pair]][timetable.slot[pair]]
            self.place[pair] = len(row)
            row.append(pair)
            for person in (self.instance.a[pair], self.instance.b[pair]):
                self.at[person][timetable.slot[pair]] = pair
        self._known: list[dict[tuple[int, ...], int]] = [{} for _ in timetable.busy]
        self.gaps = [self._count(person, timetable.busy[person], timetable.zones[person])
                     for person in range(len(timetable.busy))]
        self.total = sum(self.gaps)

    def run(self, left: Callable[[], float]) -> int:
        """Exchange chains until `left` (1 at the start, 0 at the end) is used up; returns the idle gaps there are then.

        At first an exchange that makes things a little worse is accepted now and then, later hardly ever (simulated
        annealing); the best arrangement seen is the one that stays.
        """
        movable = [pair for pair in self.timetable.placed() if pair not in self.fixed]
        best, kept = self.total, list(self.timetable.slot)
        share = left()
        while share > 0 and self.total and movable:
            warmth = HOTTEST * share * share
            for _ in range(MOVES_A_LOOK):
                self._try(movable[int(self.random.random() * len(movable))], warmth)
            share = left()
            if self.total < best:
                best, kept = self.total, list(self.timetable.slot)
        if self.total > best:
            self._restore(kept)
        return self.total

    def _restore(self, slots: list[int]) -> None:
        if sum(self.gaps) == self.total and slots == self.timetable.slot:
            return
        moved = [(pair, slot) for pair, slot in enumerate(slots) if slot != self.timetable.slot[pair]]
        self._move([(pair, self.timetable.slot[pair]) for pair, _ in moved], moved)
        self.gaps = [self._count(person, self.timetable.busy[person], self.timetable.zones[person])
                     for person in range(len(self.gaps))]
        self.total = sum(self.gaps)

    def _try(self, pair: int, warmth: float) -> None:
        """Exchange the chain of one meeting with a slot that one of its idle sides has free."""
        timetable, instance = self.timetable, self.instance
        person = instance.a[pair] if self.gaps[instance.a[pair]] >= self.gaps[instance.b[pair]] else instance.b[pair]
        idle = instance.usable[pair] & ~timetable.busy[person]
        second = int(self.random.random() * instance.slots)
        if not idle >> second & 1:
            return
        first = timetable.slot[pair]
        chain = self._chain(pair, first, second)
        if chain is None:
            return
        changes = self._effect(chain, first, second)
        if changes is None:
            return
        rise = self._rise(changes)
        surplus = self._surplus(chain, first)
        short = self._lacking_room(surplus, first, second)
        if short is not None:
            # The halls are full: another chain has to come the other way.
            partner = self._partner(chain, surplus, short, first, second)
            if partner is None:
                return
            chain = [*chain, *partner[0]]
            changes = {**changes, **partner[1]}
            rise += partner[2]
        if rise > 0 and (warmth <= 0 or self.random.random() >= math.exp(-rise / warmth)):
            return
        old = [(one, timetable.slot[one]) for one in chain]
        self._move(old, [(one, second if slot == first else first) for one, slot in old])
        for each, count in changes.items():
            self.gaps[each] = count
        self.total += rise

    def _chain(self, pair: int, first: int, second: int) -> list[int] | None:
        """All meetings linked to `pair` in the two slots; None when one of them cannot change its slot."""
        instance, slots = self.instance, self.timetable.slot
        found, waiting = {pair}, [pair]
        while waiting:
            one = waiting.pop()
            target = second if slots[one] == first else first
            if not instance.usable[one] >> target & 1 or one in self.fixed:
                return None
            for person in (instance.a[one], instance.b[one]):
                near = self.at[person].get(target)
                if near is not None and near not in found:
                    found.add(near)
                    waiting.append(near)
        return sorted(found)

    def _partner(self, chain: list[int], surplus: Surplus, short: tuple[int, int], first: int,
                 second: int) -> tuple[list[int], dict[int, int], int] | None:
        """A chain that makes room for `chain`: its meetings, the gaps of its people, and by how much these rise.

        Of a few that would do, the one after which there are the fewest idle gaps. Two chains of the same two slots
        have nobody in common.
        """
        zone, crowded = short
        others = self.rows[zone][crowded]
        best: tuple[list[int], dict[int, int], int] | None = None
        for _ in range(PARTNERS if others else 0):
            one = others[int(self.random.random() * len(others))]
            if one in chain:
                continue
            other = self._chain(one, first, second)
            if other is None:
                continue
            both = dict(surplus)
            for key, more in self._surplus(other, first).items():
                both[key] = both.get(key, 0) + more
            if self._lacking_room(both, first, second) is not None:
                continue
            changes = self._effect(other, first, second)
            if changes is None:
                continue
            rise = self._rise(changes)
            if best is None or rise < best[2]:
                best = other, changes, rise
        return best

    def _rise(self, changes: dict[int, int]) -> int:
        return sum(count - self.gaps[each] for each, count in changes.items())

    def _surplus(self, chain: list[int], first: int) -> Surplus:
        """How many more meetings of each zone, and with each interpreter (~language), the second slot gets."""
        instance, slots = self.instance, self.timetable.slot
        surplus: Surplus = {}
        for one in chain:
            more = 1 if slots[one] == first else -1
            surplus[instance.zone[one]] = surplus.get(instance.zone[one], 0) + more
            if instance.language[one] >= 0:
                key = ~instance.language[one]
                surplus[key] = surplus.get(key, 0) + more
        return surplus

    def _lacking_room(self, surplus: Surplus, first: int, second: int) -> tuple[int, int] | None:
        """(zone, slot) where the tables do not suffice; (0, first) where interpreters do not; None when all do."""
        instance, timetable = self.instance, self.timetable
        for key, more in surplus.items():
            if not more:
                continue
            slot = second if more > 0 else first
            if key >= 0:
                if timetable.tables_used[key][slot] + abs(more) > instance.tables[key]:
                    return key, slot
            elif timetable.interpreters_used[~key][slot] + abs(more) > instance.interpreters[~key]:
                return 0, slot
        return None

    def _effect(self, chain: list[int], first: int, second: int) -> dict[int, int] | None:
        """The idle gaps of everyone whose day changes, if the chain is exchanged; None when a rule of theirs breaks."""
        instance, timetable = self.instance, self.timetable
        flip = 1 << first | 1 << second
        changes: dict[int, int] = {}
        ends: dict[int, int] = {}
        for one in chain:
            for person in (instance.a[one], instance.b[one]):
                ends[person] = ends.get(person, 0) + 1
        for person, meetings in ends.items():
            busy = timetable.busy[person] ^ flip if meetings == 1 else timetable.busy[person]
            zones = timetable.zones[person]
            if instance.walking and len(zones) > 1:
                zones = {zone: mask ^ flip if (mask & flip).bit_count() == 1 else mask for zone, mask in zones.items()}
                if meetings == 2 and zones == timetable.zones[person]:
                    continue
                if not _walks(busy, zones, instance.open_day):
                    return None
            elif meetings == 2:
                continue
            elif zones:
                zones = {zone: mask ^ flip if mask & flip else mask for zone, mask in zones.items()}
            if meetings == 1 and _overlong(busy, instance.longest_run[person], instance.now, instance.slots):
                return None
            changes[person] = self._count(person, busy, zones)
        return changes

    def _move(self, old: list[tuple[int, int]], new: list[tuple[int, int]]) -> None:
        instance = self.instance
        for pair, slot in old:
            self.timetable.remove(pair)
            row = self.rows[instance.zone[pair]][slot]
            last = row.pop()
            if last != pair:
                row[self.place[pair]] = last
                self.place[last] = self.place[pair]
            del self.at[instance.a[pair]][slot], self.at[instance.b[pair]][slot]
        for pair, slot in new:
            self.timetable.add(pair, slot)
            row = self.rows[instance.zone[pair]][slot]
            self.place[pair] = len(row)
            row.append(pair)
            self.at[instance.a[pair]][slot] = self.at[instance.b[pair]][slot] = pair

    def _count(self, person: int, busy: int, zones: dict[int, int]) -> int:
        relevant = sorted(zones.items()) if self.instance.walking and len(zones) > 1 else ()
        key = (busy, *(mask for _, mask in relevant))
        known = self._known[person].get(key)
        if known is None:
            known = count_gaps(busy, self.instance.problem_available[person], [mask for _, mask in relevant],
                               self.instance.longest_run[person])
            self._known[person][key] = known
        return known


def _walks(busy: int, zones: dict[int, int], open_day: int) -> bool:
    """Whether nobody would have to be in two zones in adjacent slots."""
    return not any((mask << 1 | mask >> 1) & busy & ~mask & open_day for mask in zones.values())


def _overlong(busy: int, longest: int, now: int, slots: int) -> bool:
    """Whether a run that does not lie wholly in the past is too long."""
    if longest >= slots:
        return False
    run = busy
    for _ in range(longest):
        run &= run >> 1
    return bool(run >> max(0, now - longest))


def count_gaps(busy: int, available: int, zones: list[int], longest: int) -> int:
    """Idle gaps of one participant: maximal runs of available free slots between two meetings, less the forced ones."""
    if not busy:
        return 0
    low, high = (busy & -busy).bit_length() - 1, busy.bit_length()
    inner = ((1 << high) - 1) & ~((1 << low) - 1)
    idle = available & ~busy & inner
    starts = idle & ~(idle << 1)
    single = starts & ~(idle >> 1) & busy << 1 & busy >> 1      # one slot, a meeting directly on both sides
    count = starts.bit_count()
    while single:
        bit = single & -single
        single ^= bit
        if any(bool(mask & bit << 1) != bool(mask & bit >> 1) for mask in zones) or _joined(busy, bit) > longest:
            count -= 1
    return count


def _joined(busy: int, bit: int) -> int:
    """Meetings in the two runs on the two sides of a slot."""
    length, probe = 0, bit << 1
    while busy & probe:
        length, probe = length + 1, probe << 1
    probe = bit >> 1
    while probe and busy & probe:
        length, probe = length + 1, probe >> 1
    return length
