"""Views by day, and what was last confirmed too long ago."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.actor import Actor
from marketplace.desk import queries as desk
from marketplace.desk import reminders
from marketplace.extensions import db
from marketplace.listings import views_counted
from marketplace.listings.freshness import stale_facts
from marketplace.listings.models import ListingView
from marketplace.notifications.models import Notification
from marketplace.offers import service as offers
from tests.marketplace import factories as make
from tests.marketplace.listings.statements import statements_of

NOW = datetime(2030, 3, 1, 8, tzinfo=UTC)
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1"


@pytest.mark.parametrize(
    ("facts", "days", "stale"),
    [
        ({"price": {"minor": 1, "currency": "HKD"}}, 90, ()),
        ({"price": {"minor": 1, "currency": "HKD"}}, 91, ("price",)),
        ({"vacancies": 3}, 30, ()),
        ({"vacancies": 0}, 31, ("vacancies",)),
        ({"vacancies": 3, "price": {"minor": 1, "currency": "HKD"}}, 60, ("vacancies",)),
        ({"load_kg": 200}, 900, ()),
    ],
)
def test_vacancies_are_fresh_for_a_month_and_prices_for_three(
    facts: dict[str, Any], days: int, stale: tuple[str, ...]
) -> None:
    assert stale_facts({"facts": facts}, NOW - timedelta(days=days), NOW) == stale
    assert stale_facts({"facts": facts, "source": {"site": "x"}}, NOW - timedelta(days=days), NOW) == ()
    assert stale_facts({"facts": facts}, None, NOW) == ()


def visit(app: Flask, address: str, actor: Actor | None = None, agent: str = PHONE) -> None:
    client = app.test_client()
    if actor is not None:
        make.sign_in(client, db.session.get(User, actor.user_id))
    answer = client.get(address, headers={"User-Agent": agent})
    assert answer.status_code == 200
    answer.close()


def test_views_are_counted_by_day_without_programs_and_own_people(app: Flask) -> None:
    _organisation, seller = make.make_organisation()
    offer_id = make.make_offer(seller).id
    page = f"/offers/{offer_id}"
    staff = Actor(user_id=make.make_user(organiser=True).id, kind="organiser")
    with clock.frozen(clock.now() - timedelta(days=1)):
        views_counted.add("offer", offer_id)
    for _ in range(2):
        visit(app, page)
    visit(app, page, make.make_organisation(kind="institution")[1])
    visit(app, page, seller)
    visit(app, page, staff)
    visit(app, page, agent="Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)")
    visit(app, page, agent="curl/8.5")
    db.session.rollback()
    today = clock.now().date()
    rows = db.session.execute(sa.select(ListingView.side, ListingView.day, ListingView.views).order_by(ListingView.day))
    assert [tuple(row) for row in rows] == [("offer", today - timedelta(days=1), 1), ("offer", today, 3)]
    assert views_counted.views_of("offer", [offer_id, 999]) == {offer_id: 4}
    assert views_counted.views_of("offer", [offer_id], since=today) == {offer_id: 3}
    with clock.frozen(clock.now() + timedelta(days=367)):
        assert views_counted.forget_old() == 2


def test_what_is_stale_is_marked_sinks_and_is_confirmed_by_one_press(app: Flask) -> None:
    _organisation, seller = make.make_organisation()
    old = make.make_offer(seller, content=make.offer_content("Nursing bed: nursing bed, old price")).id
    with clock.frozen(clock.now() + timedelta(days=91)):
        new = make.make_offer(seller, content=make.offer_content("Nursing bed with a new price")).id
        make.run_jobs()
        client = app.test_client()
        client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
        listed = client.get("/offers?q=nursing+bed").text
        assert listed.index(f'href="/offers/{new}"') < listed.index(f'href="/offers/{old}"')
        assert listed.count("Price not confirmed for 90 days") == 1
        assert "Price not confirmed for 90 days" in client.get(f"/offers/{old}").text
        assert "not confirmed" not in client.get(f"/offers/{new}").text
        own = make.sign_in(app.test_client(), db.session.get(User, seller.user_id))
        assert f'action="/offers/{old}/confirm"' in own.get("/desk").text
        assert make.post(own, "/desk", f"/offers/{old}/confirm", submission_id="x").status_code == 303
        assert "/confirm" not in own.get("/desk").text


def test_an_organisation_is_reminded_once_a_month(app: Flask) -> None:
    organisation, seller = make.make_organisation()
    make.make_offer(seller)
    make.make_offer(seller, content=make.offer_content("Second bed"))
    start = clock.now()
    assert reminders.remind() == 0
    due = (start + timedelta(days=91)).replace(day=10) + timedelta(days=31)
    with clock.frozen(due):
        assert (reminders.remind(), reminders.remind()) == (1, 0)
    with clock.frozen(due + timedelta(days=31)):
        assert reminders.remind() == 1
        offers.confirm_offer(actor=seller, offer_id=1)
        offers.confirm_offer(actor=seller, offer_id=2)
    with clock.frozen(due + timedelta(days=62)):
        assert reminders.remind() == 0
    told = db.session.scalars(sa.select(Notification).where(Notification.kind == "confirm_due")).all()
    assert [(one.organisation_id, one.params["count"]) for one in told] == [(organisation.id, 2)] * 2


def test_the_desk_says_what_came_of_each_listing(app: Flask) -> None:
    from marketplace.matches import service as matches

    _one, seller = make.make_organisation()
    two, buyer = make.make_organisation(kind="institution")
    offer, demand = make.make_offer(seller).id, make.make_demand(buyer).id
    make.run_jobs()
    views_counted.add("demand", demand)
    matches.answer(actor=seller, demand_id=demand, offer_id=offer, answer="interested", reason=None, message="")
    [line] = desk.open_demands(two.id)
    assert (line.demand.id, line.views, line.due, line.joins, sum(line.bands.values())) == (demand, 1, 1, 0, 1)
    [mine] = desk.open_offers(seller.organisation_id or 0)
    assert (mine.offer.id, mine.views, mine.due, mine.questions, mine.stale) == (offer, 0, 0, 0, ())
    client = make.sign_in(app.test_client(), db.session.get(User, buyer.user_id))
    page = client.get("/desk").text
    assert "Views in 30 days" in page
    assert "Answers due" in page


def test_the_desk_costs_the_same_for_few_and_for_many(app: Flask) -> None:
    _one, seller = make.make_organisation(kind="both")
    client = make.sign_in(app.test_client(), db.session.get(User, seller.user_id))
    counts = []
    for number in (3, 15):
        for _ in range(number):
            make.make_offer(seller)
            make.make_demand(seller)
        db.session.rollback()
        counts.append(len(statements_of(lambda: client.get("/desk"))[1]))
    assert counts[0] == counts[1]
