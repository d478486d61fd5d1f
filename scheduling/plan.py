"""A plan: who meets whom, in which slot and at which table, its value and bound, and why the others do not meet."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scheduling.problem import Meeting, read_meeting
from scheduling.reading import Reader, parse_json

REASONS = (
    "no_common_slot", "absent", "pin_impossible",
    "limit", "tables", "interpreter", "busy", "break", "walking",
)


@dataclass(frozen=True, slots=True)
class Unscheduled:
    """A pair that does not meet and one true reason for it (one of REASONS)."""

    a: str
    b: str
    reason: str

    def as_dict(self) -> dict[str, str]:
        """The entry as it stands in a plan file."""
        return {"a": self.a, "b": self.b, "reason": self.reason}


@dataclass(frozen=True)
class Plan:
    """Meetings in the order of slot, zone and table.

    `value` is the sum of weights less the penalty for missing meetings, `upper_bound` a proven limit of it. `figures`
    is what the solver measured on the way; it is not written to the file.
    """

    meetings: tuple[Meeting, ...]
    value: float
    upper_bound: float
    unscheduled: tuple[Unscheduled, ...] = ()
    figures: dict[str, Any] = field(default_factory=dict, compare=False)

    def as_dict(self) -> dict[str, Any]:
        """The plan as it stands in a plan file."""
        return {
            "meetings": [one.as_dict() for one in self.meetings],
            "value": self.value,
            "upper_bound": self.upper_bound,
            "unscheduled": [one.as_dict() for one in self.unscheduled],
        }


def parse_plan(text: str) -> Plan:
    """Read a plan from JSON; ProblemError names the field and the line of what is malformed."""
    return parse_json(text, read_plan)


def read_plan(data: Any) -> Plan:
    """Build a plan from decoded JSON; ProblemError names the field."""
    root = Reader(data, "")
    return Plan(
        meetings=tuple(read_meeting(one) for one in root.objects("meetings")),
        value=_finite(root, "value"),
        upper_bound=_finite(root, "upper_bound"),
        unscheduled=tuple(
            Unscheduled(one.text("a"), one.text("b"), one.text("reason")) for one in root.objects("unscheduled")
        ),
    )


def _finite(root: Reader, key: str) -> float:
    value = root.data.get(key)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < float("inf"):
        raise root.error(key, "must be a number")
    return value


def write_plan(plan: Plan, path: str | os.PathLike[str]) -> None:
    """Put the plan at `path` in one step: a reader, or a kill in the middle, sees the old file or the new one.

    Raises OSError when the folder cannot be written.
    """
    target = Path(path)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(json.dumps(plan.as_dict(), ensure_ascii=False, separators=(",", ":")))
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        umask = os.umask(0)
        os.umask(umask)
        Path(name).chmod(0o666 & ~umask)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
