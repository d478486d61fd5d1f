"""The organiser's pages, and what everybody else sees of what was merged."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from marketplace.accounts.models import User
from marketplace.actor import Actor
from marketplace.duplicates import service
from marketplace.duplicates.models import DuplicateCase
from marketplace.errors import AlreadyDone
from marketplace.extensions import db
from marketplace.moderation.service import decide
from tests.marketplace import factories as make
from tests.marketplace.duplicates.test_noticing import firm
from tests.marketplace.listings.steps import fill_in

SYSTEM = Actor.system()


@pytest.fixture
def organiser(client: FlaskClient) -> FlaskClient:
    return make.sign_in(client, make.make_user(organiser=True))


def browser(app: Flask, user_id: int | None = None) -> FlaskClient:
    client = app.test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client if user_id is None else make.sign_in(client, db.session.get(User, user_id))


def test_an_organiser_compares_and_merges_two_offers(app: Flask, organiser: FlaskClient) -> None:
    _firm, seller = make.make_organisation()
    first, second = make.make_offer(seller), make.make_offer(seller)
    case = db.session.scalars(sa.select(DuplicateCase)).one()
    page = f"/organiser/duplicates/{case.id}"
    assert "posted or registered twice: 1" in organiser.get("/organiser").text
    assert f'href="{page}"' in organiser.get("/organiser/duplicates").text
    compared = organiser.get(page).text
    assert "safe working load 200 kg" in compared
    assert "the same" in compared
    assert "one alone says it" not in compared
    assert make.post(organiser, page, page, decision="keep-999").status_code == 422
    assert make.post(organiser, page, page, decision=f"keep-{first.id}").location == "/organiser/duplicates"
    again = make.post(organiser, page, page, decision=f"keep-{second.id}")
    assert (again.status_code, "Nothing was changed by you" in again.text) == (409, True)
    assert "Pairs that wait" not in organiser.get("/organiser/duplicates").text
    public = browser(app).get(f"/offers/{second.id}")
    assert (public.status_code, public.location) == (301, f"/offers/{first.id}")
    own = browser(app, seller.user_id)
    assert "The organisers kept the other one" in own.get(f"/offers/{second.id}").text
    assert "Publish" not in own.get(f"/offers/{second.id}/preview").text.partition("notice")[2].partition("aside")[0]
    assert "Posted twice, now one" in own.get("/inbox").text


def test_the_page_of_a_merged_organisation_leads_to_the_one_that_stays(app: Flask, organiser: FlaskClient) -> None:
    one, seller = firm({"en": "Silver Hands"})
    two, other = firm({"en": "Silver Hands Ltd"})
    case = db.session.scalars(sa.select(DuplicateCase)).one()
    page = f"/organiser/duplicates/{case.id}"
    assert organiser.get(page).status_code == 200
    assert make.post(organiser, page, page, decision=f"keep-{one.id}").status_code == 302
    answer = browser(app).get(f"/organisations/{two.id}")
    assert (answer.status_code, answer.location) == (301, f"/organisations/{one.id}")
    assert "registered twice" in organiser.get(f"/organisations/{two.id}").text
    assert "Silver Hands Ltd" in browser(app).get(f"/organisations/{one.id}").text
    assert organiser.get(page).status_code == organiser.get("/organiser/duplicates").status_code == 200
    assert "Two entries of your organisation" in browser(app, other.user_id).get("/inbox").text
    assert browser(app, other.user_id).get(f"/organisations/{one.id}/edit").status_code == 200
    with pytest.raises(AlreadyDone):
        decide(actor=SYSTEM, kind="organisation", subject_id=two.id, decision="restored")
    assert seller.user_id


def test_a_draft_is_in_no_comparison(app: Flask, organiser: FlaskClient) -> None:
    from marketplace.offers import service as offers

    _firm, seller = make.make_organisation()
    first, _second = make.make_offer(seller), make.make_offer(seller)
    changed = make.offer_content("Electric nursing bed")
    changed["texts"]["summary"]["en"] = "A secret price list."
    offers.save_draft(actor=seller, offer_id=first.id, base_version_id=first.live_version_id, raw=changed)
    case = db.session.scalars(sa.select(DuplicateCase)).one()
    assert "secret price" not in organiser.get(f"/organiser/duplicates/{case.id}").text
    for reader in (browser(app, seller.user_id), browser(app)):
        assert reader.get(f"/organiser/duplicates/{case.id}").status_code in (302, 403)


def test_told_apart_by_the_button(organiser: FlaskClient) -> None:
    _home, buyer = make.make_organisation(kind="institution")
    make.make_demand(buyer)
    make.make_demand(buyer)
    case = db.session.scalars(sa.select(DuplicateCase)).one()
    page = f"/organiser/duplicates/{case.id}"
    assert make.post(organiser, page, page, decision="different").status_code == 302
    db.session.expire_all()
    assert (case.decision, case.kept_id) == ("different", None)
    assert "They are different" in organiser.get("/organiser/duplicates").text
    with pytest.raises(AlreadyDone):
        service.merge(actor=SYSTEM, case_id=case.id, kept_id=case.first_id)


def test_publishing_from_the_form_stops_at_the_preview(client: FlaskClient) -> None:
    _firm, seller = make.make_organisation()
    make.sign_in(client, db.session.get(User, seller.user_id))
    make.make_offer(seller)
    draft = make.make_offer(seller, publish=False)
    answer = fill_in(client, f"/offers/{draft.id}/edit", action="publish")
    assert (answer.status_code, answer.location) == (303, f"/offers/{draft.id}/preview")
    db.session.expire_all()
    assert draft.live_version_id is None
    newest = draft.newest_version_id
    answer = make.post(client, f"/offers/{draft.id}/preview", f"/offers/{draft.id}/publish", version_id=newest)
    db.session.expire_all()
    assert draft.live_version_id == newest


def test_the_queue_costs_the_same_statements_for_3_and_300(organiser: FlaskClient) -> None:
    _firm, seller = make.make_organisation()
    offers = [make.make_offer(seller, content=make.offer_content(f"Chair {number}")).id for number in range(26)]
    firms = [make.make_organisation(name=f"Firm {number}")[0].id for number in range(4)]
    counted: list[str] = []
    sa.event.listen(db.engine, "before_cursor_execute", lambda _c, _cur, statement, *_more: counted.append(statement))

    def statements() -> int:
        counted.clear()
        assert organiser.get("/organiser/duplicates").status_code == 200
        return len([s for s in counted if "BEGIN" not in s.upper()])

    def add(pairs: list[tuple[str, int, int]]) -> None:
        db.session.add_all(DuplicateCase(kind=kind, first_id=a, second_id=b, why="title") for kind, a, b in pairs)
        db.session.commit()

    add([("organisation", firms[0], firms[1]), ("organisation", firms[2], firms[3]), ("offer", *offers[:2])])
    organiser.get("/organiser/duplicates")
    three = statements()
    pairs = [("offer", a, b) for a in offers for b in offers if a < b][1:298]
    add(pairs)
    page = organiser.get("/organiser/duplicates").text
    assert f"Pairs that wait: {3 + len(pairs)}" in page
    assert page.count("Compare<") == 20
    assert statements() == three
    assert organiser.get("/organiser/duplicates?page=15").status_code == 200
