"""What of an offer's registrations counts on which day, and how their numbers are written."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from catalogue import credentials, kinds, validation

FACTS: dict[str, Any] = {
    "device_number": "粤械注准20202081234",
    "device_valid_until": "2026-11-30",
    "hk_device_listing": "HKMD No. 123456",
    "hk_device_listing_until": "2027-01-31",
    "role_hk": "agent",
    "agent_hk_until": "2026-12-31",
    "role_mainland": "maker",
    "load_kg": "200",
}


@pytest.mark.parametrize(
    ("today", "lapsed", "places", "following"),
    [
        ("2026-11-29", set(), ["cn", "hk"], "2026-12-01"),
        ("2026-11-30", set(), ["cn", "hk"], "2026-12-01"),
        ("2026-12-01", {"device_number"}, ["hk"], "2027-01-01"),
        ("2027-01-01", {"device_number", "role_hk"}, ["hk"], "2027-02-01"),
        ("2027-02-01", {"device_number", "role_hk", "hk_device_listing"}, None, None),
    ],
)
def test_a_certificate_counts_through_its_last_day(
    today: str, lapsed: set[str], places: list[str] | None, following: str | None
) -> None:
    day = date.fromisoformat(today)
    found = credentials.in_force(FACTS, day)
    assert credentials.lapsed(FACTS, day) == lapsed
    assert found.get("registered_in") == places
    assert {"load_kg", "role_mainland"} <= set(found)
    assert credentials.next_lapse(FACTS, day) == (date.fromisoformat(following) if following else None)


def test_the_day_is_the_regions() -> None:
    assert credentials.day(datetime(2026, 11, 30, 15, 59, tzinfo=UTC)) == date(2026, 11, 30)
    assert credentials.day(datetime(2026, 11, 30, 16, 0, tzinfo=UTC)) == date(2026, 12, 1)


def test_every_last_day_is_a_field_beside_what_lapses() -> None:
    fields = {field.key: field.type for field in kinds.get_kind("equipment").fields("offer")}
    assert {until: fields[until] for until in credentials.UNTIL.values()} == dict.fromkeys(
        credentials.UNTIL.values(), "date"
    )
    assert set(credentials.UNTIL) <= set(fields)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("粤械注准20202081234", "粤械注准20202081234"),
        ("国械注进２０２３３０９１２３４", "国械注进20233091234"),
        ("粤穗械备20200123号", "粤穗械备20200123号"),
        ("HKMD No. 123456", "HKMD No. 123456"),
        ("粤械注准2020208123", None),
        ("粤械注准20204081234", None),
        ("械字第1号", None),
    ],
)
def test_a_mainland_device_number_is_written_as_its_register_writes_it(written: str, kept: str | None) -> None:
    facts, errors = validation.clean(kinds.get_kind("equipment"), "offer", {"device_number": written})
    assert (facts.get("device_number"), {key: error.code for key, error in errors.items()}) == (
        kept,
        {} if kept else {"device_number": "code_form"},
    )
