"""A scheduling problem: who may meet whom, when, where and under which rules; read from JSON and validated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from scheduling.reading import ProblemError, Reader, parse_json

DEMAND = "demand"
SUPPLY = "supply"
MOST_SLOTS = 10_000


@dataclass(frozen=True, slots=True)
class Zone:
    """A part of the hall with `tables` tables, numbered 1..tables."""

    id: str
    tables: int


@dataclass(frozen=True, slots=True)
class Interpreter:
    """`count` interpreters of one language, for the whole event."""

    language: str
    count: int


@dataclass(frozen=True, slots=True)
class Participant:
    """One person or organisation; slots are 0-based, `max_in_a_row` None means no break rule."""

    id: str
    side: str
    max_meetings: int
    min_meetings: int = 0
    unavailable: frozenset[int] = frozenset()
    max_in_a_row: int | None = None
    zone: str | None = None
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """Two participants who may meet: `a` on the demand side, `b` on the supply side."""

    a: str
    b: str
    weight: float
    pinned_slot: int | None = None
    interpreter: str | None = None


@dataclass(frozen=True, slots=True)
class Meeting:
    """A pair placed in a slot, at a table of a zone."""

    a: str
    b: str
    slot: int
    zone: str
    table: int

    @property
    def pair(self) -> tuple[str, str]:
        """The two participants, demand side first."""
        return self.a, self.b

    def as_dict(self) -> dict[str, Any]:
        """The meeting as it stands in a plan file."""
        return {"a": self.a, "b": self.b, "slot": self.slot, "zone": self.zone, "table": self.table}


@dataclass(frozen=True)
class Problem:
    """Everything a plan must respect. The last four fields are set only when a published plan is repaired."""

    slots: int
    zones: tuple[Zone, ...]
    participants: tuple[Participant, ...]
    pairs: tuple[Pair, ...]
    interpreters: tuple[Interpreter, ...] = ()
    shortfall_penalty: float = 0
    walking_gap: bool = False
    published: tuple[Meeting, ...] = ()
    now_slot: int = 0
    absent: frozenset[str] = field(default_factory=frozenset)
    stability: float = 0

    @cached_property
    def by_id(self) -> dict[str, Participant]:
        """Participants by id."""
        return {one.id: one for one in self.participants}

    @cached_property
    def interpreter_counts(self) -> dict[str, int]:
        """Interpreters by language, equal languages added up."""
        counts: dict[str, int] = {}
        for one in self.interpreters:
            counts[one.language] = counts.get(one.language, 0) + one.count
        return counts

    @cached_property
    def past(self) -> tuple[Meeting, ...]:
        """Published meetings before `now_slot`: they stay as they are."""
        return tuple(one for one in self.published if one.slot < self.now_slot)

    def zone_of(self, a: str, b: str) -> str | None:
        """The zone in which `a` and `b` would meet; None when there is no zone at all."""
        return self.by_id[b].zone or self.by_id[a].zone or (self.zones[0].id if self.zones else None)

    def as_dict(self) -> dict[str, Any]:
        """The problem as it stands in a problem file."""
        written: dict[str, Any] = {
            "slots": self.slots,
            "zones": [{"id": one.id, "tables": one.tables} for one in self.zones],
            "interpreters": [{"language": one.language, "count": one.count} for one in self.interpreters],
            "participants": [
                {"id": one.id, "side": one.side, "unavailable": sorted(one.unavailable),
                 "max_meetings": one.max_meetings, "min_meetings": one.min_meetings,
                 "max_in_a_row": one.max_in_a_row, "zone": one.zone, "languages": list(one.languages)}
                for one in self.participants
            ],
            "pairs": [
                {"a": one.a, "b": one.b, "weight": one.weight, "pinned_slot": one.pinned_slot,
                 "interpreter": one.interpreter}
                for one in self.pairs
            ],
            "shortfall_penalty": self.shortfall_penalty,
            "walking_gap": self.walking_gap,
        }
        if self.published or self.now_slot or self.absent or self.stability:
            written |= {
                "published": [one.as_dict() for one in self.published], "now_slot": self.now_slot,
                "absent": sorted(self.absent), "stability": self.stability,
            }
        return written


def parse(text: str) -> Problem:
    """Read a problem from JSON; ProblemError names the field and the line of what is malformed."""
    return parse_json(text, read_problem)


def read_problem(data: Any) -> Problem:
    """Build a problem from decoded JSON; ProblemError names the field."""
    root = Reader(data, "")
    slots = root.whole("slots", 0, MOST_SLOTS)
    zones = tuple(Zone(one.text("id"), one.whole("tables", 0)) for one in root.objects("zones"))
    _unique("zones", "id", [one.id for one in zones])
    interpreters = tuple(
        Interpreter(one.text("language"), one.whole("count", 0)) for one in root.objects("interpreters", default=[])
    )
    known_zones = {one.id for one in zones}
    participants = tuple(_participant(one, slots, known_zones) for one in root.objects("participants"))
    _unique("participants", "id", [one.id for one in participants])
    sides = {one.id: one.side for one in participants}
    pairs = tuple(_pair(one, slots, sides) for one in root.objects("pairs"))
    _unique("pairs", "b", [(one.a, one.b) for one in pairs])
    published = tuple(read_meeting(one) for one in root.objects("published", default=[]))
    _unique("published", "b", [one.pair for one in published])
    return Problem(
        slots=slots, zones=zones, participants=participants, pairs=pairs, interpreters=interpreters,
        shortfall_penalty=root.number("shortfall_penalty", default=0),
        walking_gap=root.flag("walking_gap", default=False),
        published=published, now_slot=root.whole("now_slot", 0, slots, default=0),
        absent=frozenset(root.texts("absent")), stability=root.number("stability", default=0),
    )


def read_meeting(one: Reader) -> Meeting:
    """Build a meeting from its JSON object; the participants and the zone need not exist (any more)."""
    return Meeting(one.text("a"), one.text("b"), one.whole("slot", 0), one.text("zone"), one.whole("table", 1))


def _participant(one: Reader, slots: int, zones: set[str]) -> Participant:
    side = one.text("side")
    if side not in (DEMAND, SUPPLY):
        raise one.error("side", f'must be "{DEMAND}" or "{SUPPLY}", not {side!r}')
    zone = one.text("zone", default=None)
    if zone is not None and zone not in zones:
        raise one.error("zone", f"no zone has the id {zone!r}")
    return Participant(
        id=one.text("id"), side=side, max_meetings=one.whole("max_meetings", 0),
        min_meetings=one.whole("min_meetings", 0), unavailable=frozenset(one.wholes("unavailable", slots - 1)),
        max_in_a_row=one.whole("max_in_a_row", 1, default=None), zone=zone, languages=tuple(one.texts("languages")),
    )


def _pair(one: Reader, slots: int, sides: Mapping[str, str]) -> Pair:
    a, b = one.text("a"), one.text("b")
    for key, name, side in (("a", a, DEMAND), ("b", b, SUPPLY)):
        if name not in sides:
            raise one.error(key, f"no participant has the id {name!r}")
        if sides[name] != side:
            raise one.error(key, f"{name!r} is not on the {side} side")
    return Pair(a, b, one.number("weight"), one.whole("pinned_slot", 0, slots - 1, default=None),
                one.text("interpreter", default=None))


def _unique(name: str, key: str, values: Sequence[object]) -> None:
    if len(set(values)) == len(values):
        return
    seen = set()
    for index, value in enumerate(values):
        if value in seen:
            raise ProblemError(f"{name}[{index}].{key}", f"{value!r} is listed twice")
        seen.add(value)
