"""A changed number or representative is told to who has a mutual interest, and to nobody else."""

from __future__ import annotations

from dataclasses import replace

from flask import Flask

from marketplace.extensions import db
from marketplace.matches import service
from marketplace.notifications.models import Notification
from marketplace.organisations.models import Organisation
from marketplace.organisations.profile import Profile
from marketplace.organisations.service import edit_organisation
from tests.marketplace import factories as make


def test_a_changed_number_or_representative_is_told_to_counterparts(app: Flask) -> None:
    supplier, seller = make.make_organisation(kind="supplier")
    institution, buyer = make.make_organisation(kind="institution")
    _other, neighbour = make.make_organisation(kind="institution")
    offer = make.make_offer(seller).id
    demand, half = make.make_demand(buyer).id, make.make_demand(neighbour).id
    for actor, wanted in ((seller, demand), (buyer, demand), (seller, half)):
        service.answer(actor=actor, demand_id=wanted, offer_id=offer, answer="interested")

    def change(**changes: object) -> list[tuple[int | None, list[str]]]:
        before = Notification.query.filter_by(kind="identity_changed").count()
        row = db.session.get(Organisation, supplier.id)
        profile, version = replace(Profile.of(row), **changes), row.lock_version
        db.session.rollback()
        edit_organisation(actor=seller, organisation_id=supplier.id, profile=profile, base_version=version)
        rows = Notification.query.filter_by(kind="identity_changed").order_by(Notification.id).all()[before:]
        found = [(one.organisation_id, one.params["what"]) for one in rows]
        db.session.rollback()
        return found

    assert change(jurisdiction="HK", registration_number="12345678") == []  # the first number replaces none
    assert change(website="https://new.example.org") == []
    assert change(registration_number="87654321") == [(institution.id, ["number"])]
    assert change(contact={"person": "Somebody else", "phone": "5550 0000"}) == [(institution.id, ["representative"])]
