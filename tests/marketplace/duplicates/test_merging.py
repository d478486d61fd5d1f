"""What the organisers merge becomes one, whole or not at all, once, and everything that moved is in the audit."""

from __future__ import annotations

import threading
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.actor import Actor
from marketplace.audit import service as audit
from marketplace.duplicates import service
from marketplace.duplicates.models import DuplicateCase, LikenessKey
from marketplace.errors import AlreadyDone, Invalid, NotAllowed, NotFound
from marketplace.events.models import Person, Registration
from marketplace.extensions import db
from marketplace.indexing import service as indexing
from marketplace.listings.policy import NotPublishable
from marketplace.matches import service as matches
from marketplace.matches.models import Answer
from marketplace.matchmaking.models import Participation
from marketplace.notifications.models import Notification
from marketplace.offers import service as offers
from marketplace.offers.documents import offer_document
from marketplace.offers.models import Offer
from marketplace.organisations import queries as organisations
from marketplace.organisations.credentials import add_credential
from marketplace.organisations.models import Credential, Membership, Organisation
from marketplace.organisations.profile import Profile
from marketplace.organisations.service import create_from_public_source
from search import FindRequest
from tests.marketplace import factories as make
from tests.marketplace.duplicates.test_noticing import firm
from tests.marketplace.matchmaking.steps import World

SYSTEM = Actor.system()


def only_case(kind: str) -> DuplicateCase:
    return db.session.scalars(sa.select(DuplicateCase).where(DuplicateCase.kind == kind)).one()


def moved_in_audit(kind: str, subject_id: int, action: str) -> dict[str, Any]:
    event = next(one for one in audit.history(subject_kind=kind, subject_id=subject_id) if one.action == action)
    return {value.field: value.after for value in event.values}


@pytest.fixture
def twins(app: Flask) -> tuple[Any, Actor, Any, Actor]:
    one, seller = firm({"zh-Hant": "頤康護理用品有限公司"})
    two, other = firm({"zh-Hans": "颐康护理用品股份有限公司", "en": "Yikang Care"}, "91440101MA59T8G60A", "CN-44")
    return one, seller, two, other


def test_only_organisers_decide(app: Flask, twins: Any) -> None:
    case = only_case("organisation")
    for actor in (twins[1], twins[3], Actor.anonymous()):
        with pytest.raises(NotAllowed):
            service.merge(actor=actor, case_id=case.id, kept_id=twins[0].id)
        with pytest.raises(NotAllowed):
            service.tell_apart(actor=actor, case_id=case.id)
    for wrong, error in ((999, Invalid), (0, Invalid)):
        with pytest.raises(error):
            service.merge(actor=SYSTEM, case_id=case.id, kept_id=wrong)
    with pytest.raises(NotFound):
        service.merge(actor=SYSTEM, case_id=999, kept_id=twins[0].id)
    assert only_case("organisation").decided_at is None


def test_two_listings_become_one_and_answers_move_pair_by_pair(app: Flask) -> None:
    _firm, seller = make.make_organisation()
    homes = [make.make_organisation(kind="institution") for _ in range(2)]
    first, second = make.make_offer(seller), make.make_offer(seller)
    demands = [make.make_demand(actor, content=make.demand_content(f"30张电动护理床 {number}"))
               for number, (_home, actor) in enumerate(homes)]
    make.run_jobs()
    for demand, (_home, buyer) in zip(demands, homes, strict=True):
        matches.answer(actor=buyer, demand_id=demand.id, offer_id=second.id, answer="interested")
    matches.answer(actor=homes[0][1], demand_id=demands[0].id, offer_id=first.id, answer="declined", reason="price")
    case = only_case("offer")
    moved = service.merge(actor=SYSTEM, case_id=case.id, kept_id=first.id)
    now = {(one.demand_id, one.offer_id): one.answer for one in db.session.scalars(sa.select(Answer))}
    assert now == {(demands[0].id, first.id): "declined", (demands[0].id, second.id): "interested",
                   (demands[1].id, first.id): "interested"}
    assert len(moved["answers"]) == 1
    assert moved_in_audit("offer", second.id, "offer.merged_into") == {
        "merged_into": first.id, "moved answers": moved["answers"]}
    gone = db.session.get(Offer, second.id)
    assert (gone.merged_into_id, gone.withdrawn_at is not None) == (first.id, True)
    assert offer_document(second.id)["deleted"]
    assert "deleted" not in offer_document(first.id)
    with pytest.raises(NotPublishable) as refusal:
        offers.publish_offer(actor=seller, offer_id=second.id)
    assert refusal.value.reason == "merged"
    told = db.session.scalars(sa.select(Notification).where(Notification.kind == "listings_merged")).all()
    assert [(one.organisation_id, one.params["kept_id"]) for one in told] == [(seller.organisation_id, first.id)]
    with pytest.raises(AlreadyDone):
        service.merge(actor=SYSTEM, case_id=case.id, kept_id=first.id)
    make.run_jobs()


def test_listings_of_two_organisations_wait_until_these_are_one(app: Flask, twins: Any) -> None:
    one, seller, _two, other = twins
    first, second = make.make_offer(seller), make.make_offer(other)
    case = only_case("offer")
    with pytest.raises(Invalid) as refused:
        service.merge(actor=SYSTEM, case_id=case.id, kept_id=first.id)
    assert refused.value.errors["kept"].code == "organisations_first"
    assert only_case("offer").decided_at is None
    service.merge(actor=SYSTEM, case_id=only_case("organisation").id, kept_id=one.id)
    service.merge(actor=SYSTEM, case_id=case.id, kept_id=first.id)
    assert db.session.get(Offer, second.id).merged_into_id == first.id


def test_two_organisations_become_one(app: Flask, twins: Any) -> None:
    one, seller, two, other = twins
    both = make.make_user()
    db.session.add_all([Membership(user_id=both.id, organisation_id=one.id, role="viewer"),
                        Membership(user_id=both.id, organisation_id=two.id, role="editor")])
    db.session.commit()
    offer = make.make_offer(other, content=make.offer_content("Shower chair"))
    credential = add_credential(actor=other, organisation_id=two.id, kind="Licence", issuer="A", number="1",
                                expires_on=None, scope="", file_id=None, submission_id=None)
    moved = service.merge(actor=SYSTEM, case_id=only_case("organisation").id, kept_id=one.id)
    kept, gone = db.session.get(Organisation, one.id), db.session.get(Organisation, two.id)
    assert (gone.state, gone.merged_into_id, gone.is_approved) == ("merged", one.id, False)
    assert kept.names == {"zh-Hant": "頤康護理用品有限公司", "zh-Hans": "颐康护理用品股份有限公司", "en": "Yikang Care"}
    assert (kept.jurisdiction, kept.registration_number) == ("CN-44", "91440101MA59T8G60A")
    roles = dict(db.session.execute(sa.select(Membership.user_id, Membership.role).where(
        Membership.organisation_id == one.id)).tuples().all())
    assert roles == {seller.user_id: "owner", other.user_id: "owner", both.id: "editor"}
    assert organisations.roles_in(other.user_id, two.id) == frozenset()
    assert db.session.get(Offer, offer.id).organisation_id == one.id
    assert db.session.get(Credential, credential.id).organisation_id == one.id
    assert moved["memberships of users"] == [other.user_id, both.id]
    said = moved_in_audit("organisation", two.id, "organisation.merged_into")
    assert said["moved offers"] == [offer.id]
    assert said["moved credentials"] == [credential.id]
    assert said["merged_into"] == one.id
    assert said["moved memberships of users"] == [other.user_id, both.id]
    assert db.session.scalars(sa.select(LikenessKey).where(
        LikenessKey.kind == "organisation", LikenessKey.subject_id == two.id)).all() == []
    told = db.session.scalars(sa.select(Notification).where(Notification.kind == "organisations_merged")).all()
    assert [row.organisation_id for row in told] == [one.id]
    make.run_jobs()
    assert offer_document(offer.id)["organisation"]["id"] == str(one.id)


def test_the_names_of_the_one_that_went_still_find_it(app: Flask) -> None:
    one, _seller = firm({"en": "Silver Hands Ltd"}, "91440101MA59T8G60A", "CN-44")
    two, other = firm({"en": "Golden Years Care"}, "91440101MA59T8G60A", "CN-44")
    offer = make.make_offer(other)
    make.make_offer(make.make_organisation(name="Golden Gate Care Years")[1])
    service.merge(actor=SYSTEM, case_id=only_case("organisation").id, kept_id=one.id)
    make.run_jobs()
    kept = db.session.get(Organisation, one.id)
    assert (kept.names, kept.other_names) == ({"en": "Silver Hands Ltd"}, ["Golden Years Care"])
    assert [row.id for row in organisations.find_organisations(text="golden years")[0]] == [one.id]
    found = indexing.search().find(FindRequest(
        collection="offers", text="Golden Years Care", now=clock.now(), viewer=indexing.viewer_of(Actor.anonymous())))
    assert found.hits[0].id == str(offer.id)
    alike = organisations.alike(names={"en": "GOLDEN YEARS CARE LTD"}, jurisdiction="", number="", public=True)
    assert [row.organisation.id for row in alike] == [one.id]
    assert two.id


def test_an_import_under_the_old_name_finds_the_one_that_stays(app: Flask) -> None:
    listed = create_from_public_source(actor=SYSTEM, profile=Profile(names={"en": "Silver Hands"}, is_supplier=True))
    own, owner = firm({"en": "Silver Hands Ltd"})
    service.merge(actor=SYSTEM, case_id=only_case("organisation").id, kept_id=own.id)
    again = create_from_public_source(actor=SYSTEM, profile=Profile(names={"en": "Silver Hands"}, is_supplier=True))
    assert again.id == own.id
    assert listed.id != own.id
    assert owner.user_id


def test_the_approved_one_stays(app: Flask) -> None:
    one, _actor = make.make_organisation(name="Silver Hands")
    two, _other = make.make_organisation(name="Silver Hands Ltd", approved=False)
    case = only_case("organisation")
    with pytest.raises(Invalid) as refused:
        service.merge(actor=SYSTEM, case_id=case.id, kept_id=two.id)
    assert refused.value.errors["kept"].code == "approved_stays"
    service.merge(actor=SYSTEM, case_id=case.id, kept_id=one.id)
    assert db.session.get(Organisation, two.id).state == "merged"


def test_what_was_told_apart_stays_apart(app: Flask, twins: Any) -> None:
    one, _seller, two, _other = twins
    service.tell_apart(actor=SYSTEM, case_id=only_case("organisation").id)
    three, _third = firm({"en": "Yikang Care Ltd"})
    case = db.session.scalars(sa.select(DuplicateCase).where(DuplicateCase.decided_at.is_(None))).one()
    assert (case.first_id, case.second_id) == (two.id, three.id)
    service.merge(actor=SYSTEM, case_id=case.id, kept_id=three.id)
    rows = {(row.first_id, row.second_id): row.decision for row in db.session.scalars(sa.select(DuplicateCase))}
    assert rows == {(one.id, two.id): "different", (two.id, three.id): "merged", (one.id, three.id): "different"}


def test_registrations_and_parts_move_where_the_other_has_none(app: Flask) -> None:
    world = World(buyers=1, suppliers=2)
    (first_part, first), (second_part, second) = world.suppliers
    third, actor = make.make_organisation(name="Third")
    ids = (first.organisation_id, second.organisation_id, third.id)
    for pair in ((ids[0], ids[1]), (ids[1], ids[2])):
        db.session.add(DuplicateCase(kind="organisation", first_id=min(pair), second_id=max(pair), why="name"))
    db.session.commit()
    cases = db.session.scalars(sa.select(DuplicateCase).order_by(DuplicateCase.id)).all()
    service.merge(actor=SYSTEM, case_id=cases[1].id, kept_id=third.id)  # moves: the third takes part in nothing
    part = db.session.get(Participation, second_part)
    assert part.organisation_id == part.registration.organisation_id == third.id
    assert {one.organisation_id for one in part.people} == {third.id}
    pair = sorted((ids[0], third.id))
    db.session.add(DuplicateCase(kind="organisation", first_id=pair[0], second_id=pair[1], why="name"))
    db.session.commit()
    case = db.session.scalars(sa.select(DuplicateCase).where(DuplicateCase.decided_at.is_(None))
                              .order_by(DuplicateCase.id.desc())).first()
    moved = service.merge(actor=SYSTEM, case_id=case.id, kept_id=ids[0])  # withdraws: both take part
    assert moved["parts withdrawn"] == [second_part]
    assert moved["registrations withdrawn"]
    assert db.session.get(Participation, first_part).withdrawn_at is None
    assert db.session.get(Participation, second_part).withdrawn_at is not None
    states = {row.organisation_id: row.state for row in db.session.scalars(
        sa.select(Registration).where(Registration.side == "supply"))}
    assert states == {ids[0]: "approved", third.id: "withdrawn"}
    assert {row.organisation_id for row in db.session.scalars(sa.select(Person))} == {
        ids[0], world.buyers[0][1].organisation_id}
    assert actor.user_id


def test_meetings_that_stand_are_never_merged_away(app: Flask) -> None:
    world = World(buyers=1, suppliers=2)
    world.all_wish()
    world.published()
    one, other = (actor.organisation_id for _part, actor in world.suppliers)
    db.session.add(DuplicateCase(kind="organisation", first_id=one, second_id=other, why="name"))
    db.session.commit()
    case = only_case("organisation")
    with pytest.raises(Invalid) as refused:
        service.merge(actor=SYSTEM, case_id=case.id, kept_id=one)
    assert (refused.value.errors["kept"].code, refused.value.errors["kept"].params) == (
        "meetings_first", {"names": {"en": "Morning"}})
    assert (db.session.get(Organisation, other).merged_into_id, only_case("organisation").decided_at) == (None, None)


def test_merging_the_same_pair_twice_at_once_merges_once(app: Flask, twins: Any) -> None:
    one, _seller, two, other = twins
    offer_ids = [make.make_offer(other, content=make.offer_content(f"Chair {number}")).id for number in range(3)]
    case_id, ids = only_case("organisation").id, (one.id, two.id)
    db.session.rollback()
    answers: list[str] = []
    barrier = threading.Barrier(4)

    def press(kept_id: int) -> None:
        with app.app_context():
            barrier.wait()
            try:
                service.merge(actor=SYSTEM, case_id=case_id, kept_id=kept_id)
                answers.append("merged")
            except AlreadyDone:
                answers.append("already")
            finally:
                db.session.remove()

    threads = [threading.Thread(target=press, args=(ids[number % 2],)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(answers) == ["already", "already", "already", "merged"]
    case = db.session.get(DuplicateCase, case_id)
    owners = set(db.session.scalars(sa.select(Offer.organisation_id).where(Offer.id.in_(offer_ids))))
    assert owners == {case.kept_id}
    gone = ids[0] if case.kept_id == ids[1] else ids[1]
    assert db.session.get(Organisation, gone).merged_into_id == case.kept_id
    assert db.session.get(Organisation, case.kept_id).merged_into_id is None
    assert db.session.scalar(sa.select(sa.func.count()).select_from(User)) >= 2
