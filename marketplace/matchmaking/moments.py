"""Moments as the clocks of the event show them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import format_datetime


def local_time(value: datetime | str, zone: str) -> str:
    """A moment (or its ISO text) as "HH:MM" in a time zone."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.astimezone(ZoneInfo(zone)).strftime("%H:%M")


def local_moment(value: datetime, zone: str) -> str:
    """A moment with its day in a time zone."""
    return format_datetime(value.astimezone(ZoneInfo(zone)).replace(tzinfo=None), "y-MM-dd HH:mm", rebase=False)
