"""From asking for approval to a decision: who may, what is needed, who is told, what others see."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from marketplace import clock, hooks
from marketplace.accounts.models import User
from marketplace.actor import Actor
from marketplace.audit import service as audit
from marketplace.errors import AlreadyDone, Invalid, NotAllowed, NotFound
from marketplace.extensions import db
from marketplace.moderation import queries, service
from marketplace.moderation.models import Case
from marketplace.notifications.models import Notification
from marketplace.organisations.models import Organisation
from marketplace.transaction import transaction
from tests.marketplace.accounts.steps import PASSWORD, browser, errors, hidden, mails, make_user, send, signed_in
from tests.marketplace.organisations.steps import acting, join, make_organisation

ASK = "/organisations/1/approval"
CASE = "/organiser/approvals/organisation/1"


@pytest.fixture
def asked(app: Flask) -> dict[str, int]:
    """An organiser, and organisation 1 that asked for approval; user ids by name."""
    ids = {"organiser": make_user("organiser@b.example.org", name="The Organiser", organiser=True).id,
           "owner": make_user("owner@b.example.org").id, "other": make_user("other@b.example.org").id}
    make_organisation(ids["owner"], approved=False)
    service.ask_for_approval(actor=acting(ids["owner"], 1), organisation_id=1)
    return ids


def state() -> str:
    db.session.rollback()
    return db.session.get(Organisation, 1).state


def told() -> list[tuple[str, dict]]:
    db.session.rollback()
    return [(row.kind, row.params) for row in db.session.scalars(sa.select(Notification).order_by(Notification.id))]


def test_asking_needs_a_complete_profile_and_says_what_is_missing(app: Flask) -> None:
    owner_id = make_user("owner@b.example.org").id
    make_organisation(owner_id, approved=False, profile={}, contact={"phone": "1"}, place_id=None,
                      registration_number="")
    client = signed_in(app, "owner@b.example.org")
    page = client.get(ASK).text
    assert "A decision usually comes within two working days." in page
    for field in ("profile", "place", "registration_number", "contact_person"):
        assert f'href="/organisations/1/edit#{field}"' in page
    assert "#contact_email" not in page
    answer = client.post(ASK, data=hidden(page))
    assert answer.status_code == 422
    assert state() == "draft"
    assert queries.waiting() == []


def test_asking_needs_a_confirmed_address(app: Flask) -> None:
    client = browser(app)
    send(client, "/sign-up", {"name": "A", "email": "a@b.example.org", "password": PASSWORD})
    user_id = db.session.scalar(sa.select(User.id))
    make_organisation(user_id, approved=False)
    page = client.get(ASK)
    assert "We sent a mail to a@b.example.org." in page.text
    assert "Ask for approval</button>" not in page.text
    assert client.post(ASK, data=hidden(page.text)).status_code == 422
    with pytest.raises(NotAllowed):
        service.ask_for_approval(actor=acting(user_id, 1), organisation_id=1)
    assert state() == "draft"


def test_asking_puts_it_into_the_queue_once(app: Flask) -> None:
    owner_id = make_user("owner@b.example.org").id
    make_organisation(owner_id, approved=False)
    client = signed_in(app, "owner@b.example.org")
    data = hidden(client.get(ASK).text)
    assert [client.post(ASK, data=data).location for _ in range(2)] == [ASK, ASK]
    assert "You are told here and by mail." in client.get(ASK).text
    assert [(entry.names["en"], entry.state) for entry in queries.waiting()] == [("Harbour Home", "waiting")]


def test_only_editors_of_the_organisation_ask(app: Flask) -> None:
    owner_id = make_user("owner@b.example.org").id
    viewer_id = make_user("viewer@b.example.org").id
    other_id = make_user("other@b.example.org").id
    make_organisation(owner_id, approved=False)
    join(1, viewer_id, "viewer")
    with pytest.raises(NotAllowed):
        service.ask_for_approval(actor=acting(viewer_id, 1), organisation_id=1)
    with pytest.raises(NotFound):
        service.ask_for_approval(actor=acting(other_id, 1), organisation_id=1)
    assert "An owner or editor of the organisation can ask for it." in signed_in(
        app, "viewer@b.example.org").get(ASK).text


def test_approval_is_kept_recorded_told_and_shown(app: Flask, asked: dict[str, int]) -> None:
    heard: list[int] = []
    hooks.subscribe(app, "organisation_approved", lambda organisation_id: heard.append(organisation_id))
    client = signed_in(app, "organiser@b.example.org")
    assert "Harbour Home" in client.get("/organiser/approvals").text or "海港安老院" in client.get(
        "/organiser/approvals").text
    page = client.get(CASE).text
    for fact in ("Secret Person", "secret@harbour.example.org", "owner@b.example.org", "12345678"):
        assert fact in page
    answer = send(client, CASE, {"decision": "approved"})
    assert answer.location == "/organiser/approvals"
    assert (state(), heard) == ("approved", [1])
    assert told() == [("organisation_approved", {
        "organisation_id": 1, "names": {"zh-Hant": "海港安老院", "en": "Harbour Home"}, "reason": ""})]
    event = audit.history(subject_kind="organisation", subject_id=1)[0]
    assert (event.action, event.user_id) == ("organisation.approved", asked["organiser"])
    assert [(mail["To"], mail["Subject"]) for mail in mails(app)] == [
        ("owner@b.example.org", "Your organisation is approved")]
    assert browser(app).get("/organisations/1").status_code == 200
    assert queries.waiting() == []


def test_rejection_needs_a_reason_and_the_organisation_reads_it_and_asks_again(
    app: Flask, asked: dict[str, int]
) -> None:
    client = signed_in(app, "organiser@b.example.org")
    answer = send(client, CASE, {"decision": "rejected", "reason": " "})
    assert (answer.status_code, errors(answer.text)) == (
        422, ["Reason: Please say why: the organisation reads it."])
    assert state() == "waiting"
    send(client, CASE, {"decision": "rejected", "reason": "The number is not in the register."})
    assert state() == "rejected"
    owner = signed_in(app, "owner@b.example.org")
    assert "The number is not in the register." in owner.get("/organisations/1").text
    assert browser(app).get("/organisations/1").status_code == 404
    assert "The number is not in the register." in mails(app)[0].get_content()
    assert send(owner, ASK).location == ASK
    assert state() == "waiting"
    assert [(case.decision, case.reason) for case, _who in queries.history("organisation", 1)] == [
        (None, ""), ("rejected", "The number is not in the register.")]


@pytest.mark.parametrize("decision", ["approved", "suspended", "restored"])
def test_whoever_carries_the_organisation_hears_of_a_decision(app: Flask, decision: str) -> None:
    assert app.extensions["hooks"].get(f"organisation_{decision}"), "its listings would stay as they are in the index"


def test_suspending_hides_and_lifting_shows_again(app: Flask, asked: dict[str, int]) -> None:
    heard: list[str] = []
    for name in ("organisation_suspended", "organisation_restored"):
        hooks.subscribe(app, name, lambda organisation_id, name=name: heard.append(name))
    client = signed_in(app, "organiser@b.example.org")
    seen = []
    for decision in ("approved", "suspended", "restored"):
        send(client, CASE, {"decision": decision, "reason": "Complaints." if decision == "suspended" else ""})
        seen.append((state(), browser(app).get("/organisations/1").status_code,
                     acting(asked["owner"], 1).is_verified))
    assert seen == [("approved", 200, True), ("suspended", 404, False), ("approved", 200, True)]
    assert heard == ["organisation_suspended", "organisation_restored"]
    assert [kind for kind, _params in told()] == [
        "organisation_approved", "organisation_suspended", "organisation_restored"]
    assert len(mails(app)) == 3


def test_nobody_but_an_organiser_decides_or_sees_the_queue(app: Flask, asked: dict[str, int]) -> None:
    for name in ("owner", "other"):
        client = signed_in(app, f"{name}@b.example.org")
        token = hidden(client.get("/account").text)
        assert client.get("/organiser/approvals").status_code == 403
        assert client.get(CASE).status_code == 403
        assert client.post(CASE, data={**token, "decision": "approved"}).status_code == 403
        with pytest.raises(NotAllowed):
            service.decide(actor=Actor(user_id=asked[name], kind="member"), kind="organisation", subject_id=1,
                           decision="approved")
    assert browser(app).get("/organiser/approvals").location == "/sign-in?next=/organiser/approvals"
    assert state() == "waiting"


def test_a_decision_fits_the_state_and_the_kind_is_known(app: Flask, asked: dict[str, int]) -> None:
    organiser = Actor(user_id=asked["organiser"], kind="organiser")
    for decision in ("suspended", "restored"):
        with pytest.raises(AlreadyDone):
            service.decide(actor=organiser, kind="organisation", subject_id=1, decision=decision, reason="x")
    with pytest.raises(Invalid):
        service.decide(actor=organiser, kind="organisation", subject_id=1, decision="crowned")
    with pytest.raises(NotFound):
        service.decide(actor=organiser, kind="castle", subject_id=1, decision="approved")
    with pytest.raises(NotFound):
        service.decide(actor=organiser, kind="organisation", subject_id=99, decision="approved")
    client = signed_in(app, "organiser@b.example.org")
    assert client.get("/organiser/approvals/castle/1").status_code == 404
    assert client.get("/organiser/approvals/organisation/99").status_code == 404


def test_two_organisers_who_decide_at_once_take_one_decision(app: Flask, asked: dict[str, int]) -> None:
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def decide(decision: str) -> None:
        with app.app_context():
            start.wait(30)
            try:
                service.decide(actor=Actor(user_id=asked["organiser"], kind="organiser"), kind="organisation",
                               subject_id=1, decision=decision, reason="x")
                outcomes.append(decision)
            except AlreadyDone:
                outcomes.append("told")

    threads = [threading.Thread(target=decide, args=(decision,)) for decision in ("approved", "rejected")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) == sorted([state(), "told"])
    assert [kind for kind, _params in told()] == [f"organisation_{state()}"]


def test_the_second_organiser_is_shown_what_was_decided(app: Flask, asked: dict[str, int]) -> None:
    client = signed_in(app, "organiser@b.example.org")
    data = {**hidden(client.get(CASE).text), "decision": "rejected", "reason": "Late."}
    service.decide(actor=Actor(user_id=asked["organiser"], kind="organiser"), kind="organisation", subject_id=1,
                   decision="approved")
    answer = client.post(CASE, data=data)
    assert answer.status_code == 409
    assert "Somebody else decided meanwhile." in answer.text
    assert state() == "approved"


def test_the_same_registration_elsewhere_is_pointed_out(app: Flask, asked: dict[str, int]) -> None:
    make_organisation(asked["other"], names={"en": "Twin Home"}, registration_number=" 12345678 ".strip())
    make_organisation(asked["other"], names={"en": "No Twin"}, jurisdiction="MO")
    page = signed_in(app, "organiser@b.example.org").get(CASE).text
    assert "Twin Home" in page
    assert "No Twin" not in page


def test_the_expected_wait_is_the_median_of_the_last_decisions_asked_for(app: Flask) -> None:
    start = clock.now() - timedelta(days=300)

    def decided(hours: float, *, asked_by: int | None, day: int, decision: str = "approved") -> None:
        asked_at = start + timedelta(days=day)
        with transaction():
            db.session.add(Case(subject_kind="organisation", subject_id=day, asked_at=asked_at, asked_by=asked_by,
                                decided_at=asked_at + timedelta(hours=hours), decision=decision))

    user_id = make_user("a@b.example.org").id
    for day, hours in enumerate((100, 1, 2, 3)):
        decided(hours, asked_by=user_id, day=day)
    decided(0, asked_by=None, day=4, decision="suspended")
    assert queries.expected_wait() is None
    decided(4, asked_by=user_id, day=5, decision="rejected")
    assert queries.expected_wait() == timedelta(hours=3)
    for day in range(6, 26):
        decided(30, asked_by=user_id, day=day)
    assert queries.expected_wait() == timedelta(hours=30)
    make_organisation(user_id, approved=False)
    assert "Half of the last decisions came within 30 hours." in signed_in(app, "a@b.example.org").get(ASK).text
