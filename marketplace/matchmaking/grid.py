"""The slots of a session: local times of its parts and breaks, turned into numbered spans of time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from marketplace.errors import ErrorCode
from marketplace.matchmaking.models import MEETING_PARTS, MatchmakingSession, Part

TICK = 300  # seconds


@dataclass(frozen=True)
class Slot:
    """One slot of the timetable's problem; without a part it is a break, in which nobody is available."""

    index: int
    starts_at: datetime
    ends_at: datetime
    part_id: int | None

    @property
    def ticks(self) -> range:
        """The five minutes since 1970 that the slot touches."""
        return ticks(self.starts_at, self.ends_at)


def ticks(starts_at: datetime, ends_at: datetime) -> range:
    """The five minutes since 1970 that a span of time touches."""
    return range(int(starts_at.timestamp()) // TICK, -(-int(ends_at.timestamp()) // TICK))


def of_tick(tick: int) -> datetime:
    """The moment at which a tick begins."""
    return datetime.fromtimestamp(tick * TICK, UTC)


def moment(day: date, local: str, zone: str) -> datetime:
    """A local time ("HH:MM") of a day as a moment in UTC. Raises ValueError for what is no time."""
    hour, minute = map(int, local.split(":"))
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def read_time(name: str, text: str, errors: dict[str, ErrorCode]) -> str:
    """A local time as "HH:MM" on the five minutes; where it is none, `errors` says so under `name`."""
    try:
        hour, minute = map(int, text.strip().replace("：", ":").split(":")[:2])
    except ValueError:
        errors[name] = ErrorCode("not_a_time")
        return ""
    if not (0 <= hour <= 23 and 0 <= minute <= 59) or minute % 5:
        errors[name] = ErrorCode("not_a_time")
        return ""
    return f"{hour:02}:{minute:02}"


def slots_of(session: MatchmakingSession, parts: Iterable[Part]) -> list[Slot]:
    """All slots in the order of time, breaks and the time between parts included as slots without a part."""
    zone = session.event.time_zone
    day = session.held_on
    breaks = sorted((moment(day, first, zone), moment(day, last, zone)) for first, last in session.breaks or [])
    length, gap = timedelta(minutes=session.slot_minutes), timedelta(minutes=session.gap_minutes)
    found: list[Slot] = []
    for part in sorted((one for one in parts if one.kind in MEETING_PARTS), key=lambda one: (one.starts, one.id)):
        at, end = moment(day, part.starts, zone), moment(day, part.ends, zone)
        if found and at < found[-1].ends_at:
            at = found[-1].ends_at + gap
        elif found and at > found[-1].ends_at + gap:
            found.append(Slot(len(found), found[-1].ends_at, at, None))
        while at + length <= end:
            pause = next((one for one in breaks if one[0] < at + length and one[1] > at), None)
            if pause is not None:
                if found and found[-1].part_id is not None:
                    found.append(Slot(len(found), max(pause[0], found[-1].ends_at), pause[1], None))
                at = pause[1]
                continue
            found.append(Slot(len(found), at, at + length, part.id))
            at += length + gap
    while found and found[-1].part_id is None:
        found.pop()
    return found
