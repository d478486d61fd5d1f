"""Trust as dated facts: what is known from which day, and what nobody checked, before contacts are exchanged."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.actor import Actor
from marketplace.errors import Invalid, NotAllowed
from marketplace.extensions import db
from marketplace.organisations import trust
from marketplace.organisations.models import Credential, Membership, Organisation
from marketplace.transaction import transaction
from tests.marketplace import factories as make

NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
TODAY = date(2026, 11, 2)


def codes(organisation_id: int, **more: datetime) -> dict[str, tuple[bool, date | None]]:
    facts = trust.facts_of(db.session.get(Organisation, organisation_id), **more)
    return {fact.code: (fact.checked, fact.day) for fact in facts}


def test_nothing_is_known_until_something_is_seen(app: Flask) -> None:
    with clock.frozen(NOW):
        organisation, _actor = make.make_organisation()
        assert codes(organisation.id) == {
            "number_missing": (False, None), "licence_not_seen": (False, None),
            "person_not_checked": (False, TODAY), "no_credential": (False, None),
        }


def test_each_fact_has_its_day(app: Flask) -> None:
    with clock.frozen(NOW):
        organisation, _actor = make.make_organisation()
        organiser = Actor(user_id=make.make_user(organiser=True).id, kind="organiser")
        with transaction():
            row = db.session.get(Organisation, organisation.id)
            row.jurisdiction, row.registration_number = "HK", "12345678"
            member = db.session.query(Membership).filter_by(organisation_id=row.id).one()
            member.authorised_how = "evidence"
            for kind, end in (("Licence", TODAY), ("Old", TODAY - timedelta(days=1)), ("Endless", None)):
                db.session.add(Credential(organisation_id=row.id, kind=kind, issuer="x", expires_on=end))
        for _click in range(2):
            trust.record_sighting(actor=organiser, organisation_id=organisation.id, document="BR certificate, original",
                                  seen_on=date(2026, 11, 1), credential_id=None, submission_id="one")
        assert codes(organisation.id, confirmed_at=NOW - timedelta(days=90)) == {
            "number_has_its_form": (True, TODAY), "licence_seen": (True, date(2026, 11, 1)),
            "person_evidence": (True, TODAY), "credential_until": (True, TODAY),
            "credential_expired": (False, TODAY - timedelta(days=1)), "credential_stated": (True, None),
            "listing_confirmed": (True, date(2026, 8, 4)),
        }
        assert codes(organisation.id, confirmed_at=NOW - timedelta(days=91))["listing_stale"][0] is False
    with clock.frozen(NOW + timedelta(days=400)):
        assert codes(organisation.id)["number_has_its_form"] == (True, TODAY)


def test_another_number_is_checked_anew(app: Flask) -> None:
    with clock.frozen(NOW):
        organisation_id = make.make_organisation()[0].id
    for place, number, days, found in (
        ("HK", "12345678", 1, "number_has_its_form"), ("HK", "87654321", 2, "number_has_its_form"),
        ("MO", "SO 1234", 3, "number_not_checkable"),
    ):
        with clock.frozen(NOW + timedelta(days=days)), transaction():
            row = db.session.get(Organisation, organisation_id)
            row.jurisdiction, row.registration_number = place, number
            db.session.flush()
            expected = (True, TODAY + timedelta(days=days)) if place == "HK" else (False, None)
            assert codes(organisation_id)[found] == expected


def test_only_an_organiser_says_what_was_seen_and_not_of_a_day_to_come(app: Flask) -> None:
    organisation, actor = make.make_organisation()
    organiser = Actor(user_id=make.make_user(organiser=True).id, kind="organiser")
    facts = {"organisation_id": organisation.id, "document": "x", "credential_id": None, "submission_id": "s"}
    with pytest.raises(NotAllowed):
        trust.record_sighting(actor=actor, seen_on=TODAY, **facts)
    with clock.frozen(NOW), pytest.raises(Invalid) as refused:
        trust.record_sighting(actor=organiser, seen_on=TODAY + timedelta(days=1), **facts)
    assert {name: error.code for name, error in refused.value.errors.items()} == {"seen_on": "seen_in_the_future"}


def test_an_organiser_records_it_on_the_page_and_everybody_sees_it(app: Flask) -> None:
    organisation, _actor = make.make_organisation()
    client = make.sign_in(app.test_client(), make.make_user(organiser=True))
    page = f"/organiser/approvals/organisation/{organisation.id}"
    address = f"/organiser/organisations/{organisation.id}/sightings"
    answer = make.post(client, page, address, document="RCHE licence, original", seen_on="2026-10-30",
                       submission_id="form")
    assert answer.status_code == 302, answer.text
    shown = app.test_client().get(f"/organisations/{organisation.id}").text
    assert "RCHE licence, original" in shown
    wrong = make.post(client, page, address, document="", seen_on="2999-01-01", submission_id="other")
    assert wrong.status_code == 422
    assert 'value="2999-01-01"' in wrong.text


def test_what_is_not_checked_is_said_before_contacts_are_exchanged(app: Flask) -> None:
    _supplier, seller = make.make_organisation(kind="supplier")
    _institution, buyer = make.make_organisation(kind="institution")
    offer, demand = make.make_offer(seller).id, make.make_demand(buyer).id
    make.run_jobs()
    client = make.sign_in(app.test_client(), db.session.get(User, buyer.user_id))
    shown = client.get(f"/matches/{demand}/{offer}").text
    assert "this is not checked about the other side" in shown
    assert "The organisers have seen no licence." in shown
