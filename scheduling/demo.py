"""Synthetic expos of three sizes, drawn from a seed: for demonstrations and for measuring."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from scheduling.problem import DEMAND, SUPPLY, Interpreter, Pair, Participant, Problem, Zone


@dataclass(frozen=True, slots=True)
class Size:
    """Numbers of buyers, suppliers, slots, tables and candidate suppliers of each buyer."""

    buyers: int
    suppliers: int
    slots: int
    tables: int
    candidates: int


SIZES = {
    "small": Size(20, 60, 16, 8, 25),
    "mid": Size(100, 300, 24, 50, 50),
    "large": Size(300, 1000, 32, 170, 80),
}
LAWS: dict[str, Callable[[random.Random], float]] = {
    "lognormal": lambda source: source.lognormvariate(0, 0.8),
    "pareto": lambda source: source.paretovariate(1.5),     # held out: never used while the solver was tuned
}
PENALTY = 300


def demo(size: str, *, full: bool = False, seed: int = 1, law: str = "lognormal") -> Problem:
    """Draw a problem. `full` adds three zones with walking gaps, breaks and interpreters to the core rules.

    `law` is the distribution of the suppliers' popularity. Raises KeyError for an unknown size or law.
    """
    shape, popularity = SIZES[size], LAWS[law]
    source = random.Random(f"{size} {seed} {law}")   # noqa: S311 (reproducible, no secret)
    zones = _zones(shape.tables, 3 if full else 1)
    buyers = [_participant(source, f"b{index + 1}", shape.slots, full, buyer=True) for index in range(shape.buyers)]
    suppliers = [replace(_participant(source, f"s{index + 1}", shape.slots, full, buyer=False),
                         zone=source.choices(zones, [one.tables for one in zones])[0].id)
                 for index in range(shape.suppliers)]
    fame = [popularity(source) for _ in suppliers]
    pairs = []
    for buyer in buyers:
        for index in _draw(source, fame, shape.candidates):
            supplier = suppliers[index]
            common = set(buyer.languages) & set(supplier.languages)
            pairs.append(Pair(buyer.id, supplier.id, source.randint(1, 100),
                              interpreter=buyer.languages[0] if full and not common else None))
    wanted: dict[str, int] = {}
    for pair in pairs:
        for name in (pair.a, pair.b):
            wanted[name] = wanted.get(name, 0) + 1
    participants = [replace(one, min_meetings=min(one.min_meetings, wanted.get(one.id, 0), one.max_meetings))
                    for one in (*buyers, *suppliers)]
    return Problem(
        slots=shape.slots, zones=tuple(zones), participants=tuple(participants), pairs=tuple(pairs),
        interpreters=(Interpreter("en", max(1, round(0.06 * shape.tables))),) if full else (),
        shortfall_penalty=PENALTY, walking_gap=full,
    )


def _zones(tables: int, count: int) -> list[Zone]:
    return [Zone("ABC"[index], tables // count + (index < tables % count)) for index in range(count)]


def _participant(source: random.Random, name: str, slots: int, full: bool, *, buyer: bool) -> Participant:
    kind = source.random()
    away: set[int] = set()
    if kind < 0.3:                    # here for half of the day
        half = slots // 2
        away = set(range(half)) if source.random() < 0.5 else set(range(half, slots))
    elif kind < 0.5:                  # comes and goes
        away = {slot for slot in range(slots) if source.random() < 0.3}
    talk = source.random()
    languages: tuple[str, ...] = ("zh",)
    if buyer:
        languages = ("en",) if talk < 0.15 else ("zh", "en") if talk < 0.35 else ("zh",)
    elif talk < 0.2:
        languages = ("zh", "en")
    return Participant(
        id=name, side=DEMAND if buyer else SUPPLY, unavailable=frozenset(away),
        max_meetings=round((0.7 if buyer else 0.35) * slots), min_meetings=4 if buyer else 1,
        max_in_a_row=4 if full else None, languages=languages,
    )


def _draw(source: random.Random, fame: list[float], count: int) -> list[int]:
    """`count` different suppliers, each in proportion to its fame (the smallest of exponential waiting times)."""
    waits = sorted((source.expovariate(1.0) / one, index) for index, one in enumerate(fame))
    return sorted(index for _, index in waits[:count])
