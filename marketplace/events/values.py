"""Reading what is filled in about an event: each mistake is named at its field."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo, available_timezones

from marketplace.errors import ErrorCode, Invalid
from marketplace.events.models import KINDS

TIME_ZONES = ("Asia/Hong_Kong", "Asia/Shanghai", "Asia/Macau", "Asia/Taipei", "Asia/Singapore", "UTC")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_RANGE = re.compile(r"([^\W\d]*[-_]?)(\d{1,5})\s*[-–~]\s*(?:\1)?(\d{1,5})")
MOST_AT_ONCE = 2000


@dataclass(frozen=True)
class EventValues:
    """An event as it is filled in; days as text (ISO)."""

    slug: str
    kind: str
    names: dict[str, str]
    starts_on: str
    ends_on: str
    time_zone: str
    summary: dict[str, str] = field(default_factory=dict)
    place: str = ""
    registration_until: str = ""

    def checked(self) -> dict[str, object]:
        """The columns of the row. Raises Invalid by field."""
        errors: dict[str, ErrorCode] = {}
        names = {lang: text for lang, text in self.names.items() if text}
        summary = {lang: text for lang, text in self.summary.items() if text}
        if not names:
            errors["name_zh_hant"] = ErrorCode("name_needed")
        if not _SLUG.fullmatch(self.slug) or len(self.slug) > 60:
            errors["slug"] = ErrorCode("not_a_slug")
        if self.kind not in KINDS:
            errors["kind"] = ErrorCode("unknown_choice")
        if self.time_zone not in available_timezones():
            errors["time_zone"] = ErrorCode("unknown_choice")
        starts, ends = day("starts_on", self.starts_on, errors), day("ends_on", self.ends_on, errors)
        until = day("registration_until", self.registration_until, errors) if self.registration_until else None
        if starts and ends and ends < starts:
            errors["ends_on"] = ErrorCode("end_before_start")
        if starts and ends and (ends - starts).days > 30:
            errors["ends_on"] = ErrorCode("event_too_long", {"maximum": 31})
        if until and ends and until > ends:
            errors["registration_until"] = ErrorCode("after_the_event")
        if errors:
            raise Invalid(errors)
        return {"slug": self.slug, "kind": self.kind, "names": names, "summary": summary, "place": self.place,
                "starts_on": starts, "ends_on": ends, "time_zone": self.time_zone, "registration_until": until}


def day(name: str, text: str, errors: dict[str, ErrorCode]) -> date | None:
    """The day that `text` names; where there is none, `errors` says so under `name`."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        errors[name] = ErrorCode("not_a_date" if text.strip() else "required")
        return None


def booth_codes(text: str) -> list[str]:
    """The codes in "A01-A40, B7": ranges keep the width of their first number. Raises Invalid at "codes"."""
    found: list[str] = []
    for part in re.split(r"[,，、;；\n]+", text):
        part = part.strip()
        if not part:
            continue
        span = _RANGE.fullmatch(part)
        if span is None:
            found.append(part)
            continue
        letters, first, last = span.groups()
        if int(last) < int(first) or int(last) - int(first) >= MOST_AT_ONCE:
            raise Invalid({"codes": ErrorCode("not_a_range", {"value": part})})
        found += [f"{letters}{number:0{len(first)}}" for number in range(int(first), int(last) + 1)]
    if not found:
        raise Invalid({"codes": ErrorCode("required")})
    if len(found) > MOST_AT_ONCE or any(len(code) > 20 for code in found):
        raise Invalid({"codes": ErrorCode("not_a_range", {"value": text[:40]})})
    return list(dict.fromkeys(found))


def zone_of(name: str) -> ZoneInfo:
    """The time zone of an event."""
    return ZoneInfo(name)
