"""Dates as notices give them."""

from __future__ import annotations

import calendar
import datetime
import re
from typing import Any

from catalogue.record_errors import RecordError

_PARTS = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?\Z")


def read_date(value: Any, where: str) -> str:
    """The last day of what is named: "2026-12-31" from "2026-12-31", "2026-12" or "2026". Raises RecordError."""
    found = _PARTS.match(value.strip()) if isinstance(value, str) else None
    if not found:
        raise RecordError(where, "not_a_date", "must be a date such as 2026-12-31, 2026-12 or 2026")
    year, month = int(found[1]), int(found[2] or 12)
    try:
        day = int(found[3]) if found[3] else calendar.monthrange(year, month)[1]
        return datetime.date(year, month, day).isoformat()
    except (ValueError, calendar.IllegalMonthError):
        raise RecordError(where, "not_a_date", "is not a day of the calendar") from None
