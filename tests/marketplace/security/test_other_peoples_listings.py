"""What is not published is its owner's alone, whichever door somebody tries."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.demands import service as demands
from marketplace.errors import NotFound
from marketplace.extensions import db
from marketplace.matches import service as matches
from marketplace.matches.models import Answer
from marketplace.notifications.models import Notification
from marketplace.offers import service as offers
from tests.marketplace import factories as make

SECRET = "Unannounced dementia wing"


def browser(app: Flask, user: User):
    client = app.test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return make.sign_in(client, user)


def written(**changes):
    """A demand of English words that nobody else writes."""
    return make.demand_content(
        SECRET, lang="en", texts={"title": {"en": SECRET}, "text": {"en": f"{SECRET}, 30 beds."}}, requirements=[],
        **changes,
    )


def test_an_organiser_does_not_read_a_draft_by_way_of_its_matches(app: Flask) -> None:
    _organisation, buyer = make.make_organisation(kind="institution")
    draft = make.make_demand(buyer, publish=False, content=written())
    organiser = browser(app, make.make_user(organiser=True))
    answer = organiser.get(f"/demands/{draft.id}/matches")
    assert (answer.status_code, SECRET in answer.text) == (404, False)
    owner = browser(app, db.session.get(User, buyer.user_id))
    assert SECRET in owner.get(f"/demands/{draft.id}/matches").text


@pytest.mark.parametrize("how", ["withdrawn", "scheduled", "suspended"])
def test_an_answer_opens_no_demand_that_its_side_may_not_read(app: Flask, how: str) -> None:
    organisation, buyer = make.make_organisation(kind="institution")
    _supplier, seller = make.make_organisation(kind="supplier")
    tomorrow = (clock.now() + timedelta(days=3)).date().isoformat()
    demand = make.make_demand(buyer, content=written(dates={"opens_on": tomorrow} if how == "scheduled" else {}))
    if how == "withdrawn":
        demands.withdraw_demand(actor=buyer, demand_id=demand.id)
    if how == "suspended":
        organisation.suspended_at = clock.now()
        db.session.commit()
    offer = make.make_offer(seller)
    with pytest.raises(NotFound):
        matches.answer(actor=seller, demand_id=demand.id, offer_id=offer.id, answer="interested")
    client = browser(app, db.session.get(User, seller.user_id))
    assert client.get(f"/demands/{demand.id}").status_code == 404
    form = make.post(client, "/matches", f"/matches/{demand.id}/{offer.id}/answer", answer="interested")
    page = client.get(f"/matches/{demand.id}/{offer.id}")
    assert (form.status_code, page.status_code, SECRET in page.text) == (404, 404, False)
    assert db.session.query(Answer).count() == 0


def test_an_answer_opens_no_withdrawn_offer(app: Flask) -> None:
    _organisation, buyer = make.make_organisation(kind="institution")
    _supplier, seller = make.make_organisation(kind="supplier")
    demand, offer = make.make_demand(buyer), make.make_offer(seller)
    offers.withdraw_offer(actor=seller, offer_id=offer.id)
    with pytest.raises(NotFound):
        matches.answer(actor=buyer, demand_id=demand.id, offer_id=offer.id, answer="interested")


def test_a_pair_that_was_answered_before_can_still_be_answered(app: Flask) -> None:
    _organisation, buyer = make.make_organisation(kind="institution")
    _supplier, seller = make.make_organisation(kind="supplier")
    demand, offer = make.make_demand(buyer), make.make_offer(seller)
    matches.answer(actor=seller, demand_id=demand.id, offer_id=offer.id, answer="interested")
    offers.withdraw_offer(actor=seller, offer_id=offer.id)
    kept = matches.answer(actor=buyer, demand_id=demand.id, offer_id=offer.id, answer="declined", reason="other")
    assert (kept.side, kept.answer) == ("institution", "declined")


def test_nobody_hears_of_a_demand_before_it_opens(app: Flask) -> None:
    _organisation, buyer = make.make_organisation(kind="institution")
    supplier, seller = make.make_organisation(kind="supplier")
    offer = make.make_offer(seller)
    opens = clock.now() + timedelta(days=3)
    demand = make.make_demand(buyer, content=make.demand_content(dates={"opens_on": opens.date().isoformat()}))
    make.run_jobs()
    told = db.select(db.func.count()).select_from(Notification).where(Notification.organisation_id == supplier.id)
    client = browser(app, db.session.get(User, seller.user_id))
    assert (db.session.scalar(told), client.get(f"/matches/{demand.id}/{offer.id}").status_code) == (0, 404)
    with clock.frozen(opens + timedelta(days=1)):
        make.run_jobs()
        assert db.session.scalar(told) == 1


def test_an_organiser_who_withdraws_a_listing_does_not_see_its_draft(app: Flask) -> None:
    _organisation, buyer = make.make_organisation(kind="institution")
    demand = make.make_demand(buyer)
    demands.save_draft(actor=buyer, demand_id=demand.id, base_version_id=demand.live_version_id, raw=written())
    organiser = browser(app, make.make_user(organiser=True))
    page = organiser.get(f"/demands/{demand.id}/withdraw")
    assert (page.status_code, SECRET in page.text, "30张电动护理床" in page.text) == (200, False, True)
