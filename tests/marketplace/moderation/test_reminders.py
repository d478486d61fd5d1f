"""Credentials that run out are told of 60, 30 and 7 days before, each once, and what was renewed is not."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from marketplace import clock
from marketplace.errors import Invalid
from marketplace.moderation.reminders import remind
from marketplace.notifications.models import Notification
from marketplace.organisations import credentials, invitations
from marketplace.organisations.models import Credential
from tests.marketplace import factories as make

END = date(2026, 12, 31)


def add(actor: Any, number: int = 1, **facts: Any) -> Credential:
    values: dict[str, Any] = {"kind": "RCHE licence", "issuer": "SWD", "number": "1", "scope": "", "file_id": None,
                              "expires_on": END, "submission_id": f"credential-{number}", **facts}
    return credentials.add_credential(actor=actor, organisation_id=actor.organisation_id, **values)


def told_on(*days: date) -> list[tuple[str, int]]:
    """Whether each day's run told, and of how many days before."""
    found = []
    for day in days:
        with clock.frozen(datetime(day.year, day.month, day.day, 2, tzinfo=UTC)):
            remind()
            remind()  # a second worker
    for one in Notification.query.filter_by(kind="credential_expiring").order_by(Notification.id):
        found.append((one.params["credential"], one.params["days"]))
    return found


def test_each_day_is_told_of_once(app: Flask) -> None:
    add(make.make_organisation()[1])
    days = [END - timedelta(days=left) for left in range(70, -3, -1)]
    assert told_on(*days) == [("RCHE licence", 60), ("RCHE licence", 30), ("RCHE licence", 7)]


def test_a_run_that_comes_late_tells_of_the_nearest_day_alone(app: Flask) -> None:
    add(make.make_organisation()[1])
    assert told_on(END - timedelta(days=20), END - timedelta(days=5)) == [("RCHE licence", 30), ("RCHE licence", 7)]


@pytest.mark.parametrize(("renewed", "told"), [
    ({"kind": "rche  LICENCE", "expires_on": date(2028, 12, 31)}, []),
    ({"expires_on": None}, []),
    ({"kind": "Fire certificate", "expires_on": date(2028, 12, 31)}, [("RCHE licence", 60)]),
    ({"place_id": "MO", "expires_on": date(2028, 12, 31)}, [("RCHE licence", 60)]),
])
def test_what_was_renewed_is_not_told_of(app: Flask, renewed: dict[str, Any], told: list[tuple[str, int]]) -> None:
    actor = make.make_organisation()[1]
    add(actor)
    add(actor, 2, **renewed)
    assert told_on(END - timedelta(days=59)) == told


@pytest.mark.parametrize(("dates", "errors"), [
    ({"valid_from": date(2026, 11, 3)}, {"valid_from": "starts_in_the_future"}),
    ({"valid_from": date(2026, 11, 2), "expires_on": date(2026, 11, 1)}, {"expires_on": "ends_before_it_starts"}),
    ({"valid_from": date(2026, 11, 2)}, {}),
])
def test_dates_that_cannot_be_are_told_at_their_field(
    app: Flask, dates: dict[str, date], errors: dict[str, str]
) -> None:
    actor = make.make_organisation()[1]
    with clock.frozen(datetime(2026, 11, 1, 16, tzinfo=UTC)):  # the second of November in the region
        if errors:
            with pytest.raises(Invalid) as refused:
                add(actor, **dates)
            assert {name: error.code for name, error in refused.value.errors.items()} == errors
        else:
            assert add(actor, **dates).valid_from == dates["valid_from"]


def test_one_mark_in_two_organisations_makes_one_thing_in_each(app: Flask) -> None:
    one, other = make.make_organisation()[1], make.make_organisation()[1]
    made = [add(actor, 7).organisation_id for actor in (one, other, other)]
    assert made == [one.organisation_id, other.organisation_id, other.organisation_id]
    asked = [
        invitations.invite(actor=actor, organisation_id=actor.organisation_id or 0, email="new@example.com",
                           role="editor", submission_id="the-same").organisation_id
        for actor in (one, other)
    ]
    assert asked == [one.organisation_id, other.organisation_id]
