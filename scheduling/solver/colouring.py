"""Slots by theorem: when only availability-free rules bind, every choice of pairs fits, and fast.

A bipartite graph of greatest degree D can be coloured with D colours so that no two edges at a vertex share one
(König), and the classes can be made equal within one edge (de Werra). With full availability, one zone, and neither
breaks, walking, interpreters nor pins, a colour is a slot: any chosen pairs that respect everyone's limit and the total
of tables get their slots without loss.
"""

from __future__ import annotations

from collections.abc import Iterable

from scheduling.solver.instance import Instance, bits


def applies(instance: Instance) -> bool:
    """Whether slots are interchangeable for every pair that can meet."""
    usable = [pair for pair, mask in enumerate(instance.usable) if mask]
    length = instance.open_day.bit_count()
    people = {instance.a[pair] for pair in usable} | {instance.b[pair] for pair in usable}
    return bool(usable) and (
        all(instance.usable[pair] == instance.open_day for pair in usable)
        and all(instance.language[pair] == -1 for pair in usable)
        and len({instance.zone[pair] for pair in usable}) == 1
        and all(instance.longest_run[person] >= instance.slots for person in people)
        and not (instance.walking and instance.now)
        and length > 0
    )


def colour(instance: Instance, chosen: Iterable[int]) -> list[tuple[int, int]]:
    """Slots for all chosen pairs, no class larger than needed; the pairs respect every degree and the sum of tables."""
    slots = bits(instance.open_day)
    colouring = _Colouring(instance, len(slots))
    for pair in chosen:
        colouring.add(pair)
    colouring.balance()
    return [(pair, slots[colour]) for pair, colour in sorted(colouring.colour.items())]


class _Colouring:
    def __init__(self, instance: Instance, colours: int) -> None:
        self.ends = list(zip(instance.a, instance.b, strict=True))
        self.colour: dict[int, int] = {}
        self.at: list[dict[int, int]] = [{} for _ in instance.cap]      # person -> colour -> pair
        self.free = [(1 << colours) - 1 for _ in instance.cap]
        self.classes: list[set[int]] = [set() for _ in range(colours)]

    def add(self, pair: int) -> None:
        a, b = self.ends[pair]
        both = self.free[a] & self.free[b]
        if both:
            self._set(pair, (both & -both).bit_length() - 1)
            return
        first = (self.free[a] & -self.free[a]).bit_length() - 1
        second = (self.free[b] & -self.free[b]).bit_length() - 1
        self._swap(self._path(b, first, second))
        self._set(pair, first)

    def balance(self) -> None:
        """Swap along alternating paths until the largest and the smallest class differ by one at most."""
        while True:
            sizes = [len(each) for each in self.classes]
            large, small = sizes.index(max(sizes)), sizes.index(min(sizes))
            if sizes[large] - sizes[small] <= 1:
                return
            for pair in sorted(self.classes[large]):
                path = self._component(pair, large, small)
                if sum(1 if self.colour[each] == large else -1 for each in path) == 1:
                    self._swap(path)
                    break

    def _set(self, pair: int, colour: int) -> None:
        self.colour[pair] = colour
        self.classes[colour].add(pair)
        for person in self.ends[pair]:
            self.at[person][colour] = pair
            self.free[person] &= ~(1 << colour)

    def _swap(self, path: list[int]) -> None:
        """Exchange the two colours of a whole component of them."""
        colours = {self.colour[pair] for pair in path}
        if len(path) == 1 or len(colours) == 1:
            colours = self._two
        first, second = sorted(colours)
        new = {pair: second if self.colour[pair] == first else first for pair in path}
        for pair in path:
            old = self.colour.pop(pair)
            self.classes[old].discard(pair)
            for person in self.ends[pair]:
                del self.at[person][old]
                self.free[person] |= 1 << old
        for pair, colour in new.items():
            self._set(pair, colour)

    def _path(self, person: int, first: int, second: int) -> list[int]:
        """The pairs met from `person` on, alternating in the two colours; it lacks `second`."""
        self._two = {first, second}
        path, colour = [], first
        while colour in self.at[person]:
            pair = self.at[person][colour]
            path.append(pair)
            a, b = self.ends[pair]
            person = b if person == a else a
            colour = second if colour == first else first
        return path

    def _component(self, pair: int, first: int, second: int) -> list[int]:
        """All pairs joined to `pair` by the two colours."""
        self._two = {first, second}
        found, waiting = {pair}, [pair]
        while waiting:
            for person in self.ends[waiting.pop()]:
                for colour in (first, second):
                    near = self.at[person].get(colour)
                    if near is not None and near not in found:
                        found.add(near)
                        waiting.append(near)
        return sorted(found)
