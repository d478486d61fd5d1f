"""What an offer states until a day: told of 60, 30 and 7 days before, each once, and marked when it has run out."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import Flask

from marketplace import clock
from marketplace.notifications.models import Notification
from marketplace.offers.reminders import remind
from tests.marketplace import factories as make

END = date(2026, 12, 31)


def offer_until(actor: Any, end: date, **changes: Any) -> int:
    content = make.offer_content()
    facts = {"device_number": "粤械注准20182560001", "device_valid_until": end.isoformat()}
    return make.make_offer(actor, content={**content, "facts": {**content["facts"], **facts}}, **changes).id


def at(day: date) -> Any:
    return clock.frozen(datetime(day.year, day.month, day.day, 2, tzinfo=UTC))


def told() -> list[tuple[int, str, int]]:
    found = Notification.query.filter_by(kind="credential_expiring").order_by(Notification.id)
    return [(one.params["offer_id"], one.params["expires_on"], one.params["days"]) for one in found]


def test_each_day_is_told_of_once(app: Flask) -> None:
    with at(END - timedelta(days=80)):
        offer_id = offer_until(make.make_organisation()[1], END)
    for left in range(62, -3, -1):
        with at(END - timedelta(days=left)):
            remind()
            remind()  # a second worker
    assert told() == [(offer_id, END.isoformat(), days) for days in (60, 30, 7)]


def test_drafts_and_far_days_are_not_told_of(app: Flask) -> None:
    with at(END - timedelta(days=50)):
        actor = make.make_organisation()[1]
        offer_until(actor, END, publish=False)
        offer_until(actor, END + timedelta(days=11))
        assert (remind(), told()) == (0, [])


def test_the_notice_leads_to_the_offer_and_its_page_marks_what_ran_out(app: Flask) -> None:
    with at(END - timedelta(days=5)):
        owner = make.make_user()
        offer_id = offer_until(make.make_organisation(owner=owner)[1], END)
        remind()
        client = make.sign_in(app.test_client(), owner)
        client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
        inbox = client.get("/inbox", follow_redirects=True).get_data(as_text=True)
        assert f"/offers/{offer_id}/edit" in inbox or "Runs out on 2026-12-31" in inbox
        assert "counts no more" not in client.get(f"/offers/{offer_id}").get_data(as_text=True)
    with at(END):
        assert "expired: counts no more" not in client.get(f"/offers/{offer_id}").get_data(as_text=True)
    with at(END + timedelta(days=1)):
        assert client.get(f"/offers/{offer_id}").get_data(as_text=True).count("expired: counts no more") == 1
