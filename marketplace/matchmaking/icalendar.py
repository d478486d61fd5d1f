"""A timetable as an iCalendar file (RFC 5545): times in UTC, folded lines, a revision for each change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True)
class Entry:
    """One event of a calendar. `uid` stays when it moves, `revision` counts its changes."""

    uid: str
    starts_at: datetime
    ends_at: datetime
    summary: str
    location: str = ""
    url: str = ""
    revision: int = 0
    cancelled: bool = False


def calendar(name: str, entries: Iterable[Entry], *, now: datetime) -> str:
    """The whole file, lines ended by CRLF as the format asks."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Silver Marketplace//Timetable//EN", "CALSCALE:GREGORIAN",
             "METHOD:PUBLISH", f"X-WR-CALNAME:{_text(name)}", "REFRESH-INTERVAL;VALUE=DURATION:PT15M"]
    for one in entries:
        lines += [
            "BEGIN:VEVENT", f"UID:{one.uid}", f"DTSTAMP:{_moment(now)}", f"DTSTART:{_moment(one.starts_at)}",
            f"DTEND:{_moment(one.ends_at)}", f"SEQUENCE:{one.revision}", f"SUMMARY:{_text(one.summary)}",
            f"STATUS:{'CANCELLED' if one.cancelled else 'CONFIRMED'}",
        ]
        if one.location:
            lines.append(f"LOCATION:{_text(one.location)}")
        if one.url:
            lines.append(f"URL:{one.url}")
        if not one.cancelled:
            lines += ["BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-PT15M", f"DESCRIPTION:{_text(one.summary)}",
                      "END:VALARM"]
        lines.append("END:VEVENT")
    return "".join(f"{_folded(line)}\r\n" for line in (*lines, "END:VCALENDAR"))


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(value: str) -> str:
    for sign, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r", ""), ("\n", "\\n")):
        value = value.replace(sign, escaped)
    return value


def _folded(line: str) -> str:
    """At most 75 octets a line, never cutting a character in two."""
    pieces, piece, size = [], "", 0
    for character in line:
        length = len(character.encode())
        if size + length > 75:
            pieces.append(piece)
            piece, size = "", 1   # the space that goes before what continues
        piece, size = piece + character, size + length
    return "\r\n ".join([*pieces, piece])
