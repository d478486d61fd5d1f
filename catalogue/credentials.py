"""What an offer says of its registrations and of the supplier's role in each place, and what of it has lapsed.

A certificate counts through its last day, in the region's time, and from the next day on it is as if it were not
stated. So nothing has to be changed on that day: what counts follows from the dates and from when it is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta, timezone
from typing import Any

REGION = timezone(timedelta(hours=8))
# Fact that lapses to the fact that says on which day it is last valid.
UNTIL = {
    "device_number": "device_valid_until",
    "seller_licence": "seller_licence_until",
    "hk_device_listing": "hk_device_listing_until",
    "mo_device_registration": "mo_device_registration_until",
    "role_mainland": "agent_mainland_until",
    "role_hk": "agent_hk_until",
    "role_mo": "agent_mo_until",
}
# The registrations by which a device may be had in a place, by the place's code in `registered_in`.
REGISTRATIONS = {"cn": "device_number", "hk": "hk_device_listing", "mo": "mo_device_registration"}
# A Mainland number names the device (械); what does not is another place's, written where both may stand.
_MAINLAND = "\u68b0"


def day(now: datetime) -> date:
    """The day in the region at a moment (aware)."""
    return now.astimezone(REGION).date()


def lapsed(facts: Mapping[str, Any], today: date) -> frozenset[str]:
    """The keys of facts whose last day has passed."""
    return frozenset(key for key, until in UNTIL.items() if key in facts and is_past(facts.get(until), today))


def next_lapse(facts: Mapping[str, Any], today: date, *, held: Iterable[str | None] = ()) -> date | None:
    """The first day, after today, on which something that counts today counts no more. `held`: last days of what the
    supplier itself holds, YYYY-MM-DD."""
    days = [_date(last) for last in (*(facts.get(until) for key, until in UNTIL.items() if key in facts), *held)]
    return min((one + timedelta(days=1) for one in days if one is not None and one >= today), default=None)


def in_force(facts: Mapping[str, Any], today: date) -> dict[str, Any]:
    """The facts that count today, and `registered_in`, the places in which the device is registered then."""
    gone = lapsed(facts, today)
    found = {key: value for key, value in facts.items() if key not in gone}
    places = [code for code, key in REGISTRATIONS.items() if found.get(key)]
    if "cn" in places and _MAINLAND not in str(found["device_number"]):
        places.remove("cn")
    if places:
        found["registered_in"] = places
    return found


def is_past(value: Any, today: date) -> bool:
    """Whether a last day, written YYYY-MM-DD, is before today; what is no day has not passed."""
    until = _date(value)
    return until is not None and until < today


def _date(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
