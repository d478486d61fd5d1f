"""A scheduling problem: who may meet whom, when, where and under which rules; read from JSON and validated."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from scheduling.positions import line_of

DEMAND = "demand"
SUPPLY = "supply"
MOST_SLOTS = 10_000


class ProblemError(ValueError):
    """A malformed problem or plan: `field` is the path of the value, `line` its 1-based line (None without a text)."""

    def __init__(self, field: str, message: str, line: int | None = None) -> None:
        self.field = field
        self.message = message
        self.line = line
        place = f"line {line}: " if line is not None else ""
        super().__init__(f"{place}{field}: {message}" if field else f"{place}{message}")


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
    try:
        return read_problem(load_json(text))
    except ProblemError as error:
        if error.line is not None or not error.field:
            raise
        raise ProblemError(error.field, error.message, line_of(text, split_path(error.field))) from None


def load_json(text: str) -> Any:
    """Decode JSON; ProblemError with the line where it stops being JSON."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise ProblemError("", f"not JSON: {error.msg} (column {error.colno})", error.lineno) from None
    except (RecursionError, ValueError) as error:
        raise ProblemError("", f"not readable as JSON: {error}", 1) from None


def split_path(path: str) -> list[str | int]:
    """Turn `pairs[3].weight` into its steps."""
    steps: list[str | int] = []
    for part in path.replace("[", ".[").split("."):
        if part.startswith("["):
            steps.append(int(part[1:-1]))
        elif part:
            steps.append(part)
    return steps


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


_REQUIRED: Any = object()


class Reader:
    """Reads typed members of one JSON object and names the path of what is wrong (ProblemError)."""

    def __init__(self, data: Any, path: str) -> None:
        self.path = path
        if not isinstance(data, dict):
            raise ProblemError(path, f"must be an object, not {_kind(data)}")
        self.data = data

    def error(self, key: str, message: str) -> ProblemError:
        """An error at the member `key` of this object."""
        return ProblemError(f"{self.path}.{key}" if self.path else key, message)

    def _get(self, key: str, default: Any, accept: Callable[[Any], bool], wanted: str) -> Any:
        value = self.data.get(key)
        if value is None:
            if default is _REQUIRED:
                raise self.error(key, f"is missing, must be {wanted}" if key not in self.data
                                 else f"must be {wanted}, not null")
            return default
        if not accept(value):
            raise self.error(key, f"must be {wanted}, not {_kind(value)}")
        return value

    def text(self, key: str, default: Any = _REQUIRED) -> Any:
        """A string that is not empty."""
        return self._get(key, default, lambda value: isinstance(value, str) and value != "", "a string, not empty")

    def flag(self, key: str, default: Any = _REQUIRED) -> Any:
        """True or false."""
        return self._get(key, default, lambda value: isinstance(value, bool), "true or false")

    def whole(self, key: str, least: int, most: int | None = None, default: Any = _REQUIRED) -> Any:
        """A whole number in least..most."""
        wanted = f"a whole number from {least}" + (f" to {most}" if most is not None else "")
        return self._get(key, default, lambda value: _is_whole(value, least, most), wanted)

    def number(self, key: str, default: Any = _REQUIRED) -> Any:
        """A finite number, zero or more."""
        return self._get(
            key, default,
            lambda value: isinstance(value, (int, float)) and not isinstance(value, bool)
            and value >= 0 and value < 1e300 and math.isfinite(value),
            "a number, zero or more",
        )

    def objects(self, key: str, default: Any = _REQUIRED) -> Iterator[Reader]:
        """The members of a list of objects."""
        listed = self._get(key, default, lambda value: isinstance(value, list), "a list")
        name = f"{self.path}.{key}" if self.path else key
        for index, one in enumerate(listed):
            yield Reader(one, f"{name}[{index}]")

    def wholes(self, key: str, most: int) -> list[int]:
        """A list of whole numbers in 0..most; empty when it is missing."""
        listed: list[int] = self._get(key, [], lambda value: isinstance(value, list), "a list")
        for index, value in enumerate(listed):
            if not _is_whole(value, 0, most):
                raise self.error(f"{key}[{index}]", f"must be a whole number from 0 to {most}, not {_kind(value)}")
        return listed

    def texts(self, key: str) -> list[str]:
        """A list of strings; empty when it is missing."""
        listed: list[str] = self._get(key, [], lambda value: isinstance(value, list), "a list")
        for index, value in enumerate(listed):
            if not isinstance(value, str):
                raise self.error(f"{key}[{index}]", f"must be a string, not {_kind(value)}")
        return listed


def _is_whole(value: Any, least: int, most: int | None) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least and (most is None or value <= most)


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, (dict, list)):
        return "an object" if isinstance(value, dict) else "a list"
    return json.dumps(value)[:60]
