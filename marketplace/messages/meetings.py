"""The entries of a calendar file, to be shown on a page."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any


def entries(text: str) -> list[dict[str, Any]]:
    """{summary, location, starts, ends} of each entry, the earliest first; times aware, whole days as dates."""
    lines = text.replace("\r\n", "\n").replace("\n ", "").replace("\n\t", "").split("\n")
    found: list[dict[str, Any]] = []
    current: dict[str, Any] | None = None
    for line in lines:
        name, _, value = line.partition(":")
        name = name.partition(";")[0].upper()
        if line == "BEGIN:VEVENT":
            current = {"summary": "", "location": "", "starts": None, "ends": None}
        elif line == "END:VEVENT" and current is not None:
            found.append(current)
            current = None
        elif current is not None and name in ("SUMMARY", "LOCATION"):
            current[name.lower()] = _plain(value)
        elif current is not None and name in ("DTSTART", "DTEND"):
            current["starts" if name == "DTSTART" else "ends"] = _moment(value)
    return sorted(found, key=lambda one: str(one["starts"]))


def _plain(value: str) -> str:
    return value.replace("\\n", " ").replace("\\,", ",").replace("\\;", ";").replace("\\\\", "\\")


def _moment(value: str) -> datetime | date | None:
    for form in ("%Y%m%dT%H%M%SZ", "%Y%m%dT%H%M%S"):
        try:
            return datetime.strptime(value, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    try:
        return datetime.strptime(value, "%Y%m%d").replace(tzinfo=UTC).date()
    except ValueError:
        return None
