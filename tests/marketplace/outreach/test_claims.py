"""Claiming an entry: by link and code, by asking, and when two say it is theirs."""

from __future__ import annotations

import re
import threading
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from marketplace import clock
from marketplace.accounts import codes
from marketplace.accounts.models import OneTimeCode, User
from marketplace.actor import Actor
from marketplace.errors import AlreadyDone, NotAllowed, NotFound
from marketplace.extensions import db
from marketplace.moderation import service as moderation
from marketplace.notifications.models import Notification
from marketplace.organisations.models import Membership, Organisation
from marketplace.organisations.profile import Profile
from marketplace.organisations.service import create_from_public_source
from marketplace.outreach import cases, claims, following, links
from marketplace.outreach.applying import apply_list
from marketplace.outreach.models import CallNote, ClaimCase, ClaimLink, Invitee
from tests.marketplace import factories as make
from tests.marketplace.events.steps import make_event
from tests.marketplace.outreach.steps import organiser, read_in, workbook


class World:
    """One firm from a list, with its claim link."""

    def __init__(self, email: str = "chan@example.org") -> None:
        self.organiser = organiser()
        self.event_id = make_event().id
        row = read_in(self.organiser, self.event_id, workbook(
            [["示範護理用品有限公司", "Sample Care", "A01", "A", "陳大文", "51234567", email, "沙田區", "粵語"]]))
        apply_list(actor=self.organiser, list_id=row.id)
        invitee = db.session.scalars(sa.select(Invitee)).one()
        self.invitee_id, self.organisation_id = invitee.id, invitee.registration.organisation_id
        self.registration_id = invitee.registration_id
        self.text = self.link()

    def link(self, renew: bool = False) -> str:
        return links.text_of(links.for_invitee(actor=self.organiser, invitee_id=self.invitee_id, renew=renew))

    def owners(self) -> list[int]:
        db.session.rollback()
        return list(db.session.scalars(sa.select(Membership.user_id).where(
            Membership.organisation_id == self.organisation_id, Membership.role == "owner").order_by(Membership.id)))


def newest_code() -> str:
    db.session.rollback()
    return codes.digits_of(db.session.scalars(sa.select(OneTimeCode).order_by(OneTimeCode.id.desc())).first())


def browser(app: Flask) -> FlaskClient:
    client = app.test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def take(client: FlaskClient, text: str, code: str | None = None) -> tuple[int, str]:
    """Have a code sent and type it; (status, where it led)."""
    page = f"/claim/{text}"
    make.post(client, page, f"{page}/code", way="mail")
    answer = make.post(client, page, page, code=code or newest_code(), name="Chan Tai Man")
    return answer.status_code, answer.location or ""


def test_the_link_and_the_code_make_an_account_that_owns_the_entry(app: Flask, tmp_path: Path) -> None:
    world, client = World(), browser(app)
    page = client.get(f"/claim/{world.text}")
    assert (page.status_code, page.headers["Referrer-Policy"], page.headers["Cache-Control"]) == (
        200, "no-referrer", "no-store")
    assert "c•••@example.org" in page.text
    assert "chan@example.org" not in page.text
    assert "51234567" not in page.text
    assert take(client, world.text, "000000") == (422, "")
    assert world.owners() == []
    assert take(client, world.text) == (303, f"/organisations/{world.organisation_id}")
    user = db.session.scalars(sa.select(User).where(User.email == "chan@example.org")).one()
    assert (world.owners(), user.is_confirmed, user.name) == ([user.id], True, "Chan Tai Man")
    assert client.get(f"/organisations/{world.organisation_id}/edit").status_code == 200
    assert "You have taken it over already" in client.get(f"/claim/{world.text}").text


def test_who_is_signed_in_takes_it_over_with_that_account(app: Flask) -> None:
    world = World()
    user_id = make.make_user(email="other@example.org").id
    client = make.sign_in(browser(app), db.session.get(User, user_id))
    assert take(client, world.text)[0] == 303
    assert world.owners() == [user_id]
    assert db.session.scalar(sa.select(User.id).where(User.email == "chan@example.org")) is None


def test_a_link_that_no_longer_works_says_what_to_do(app: Flask) -> None:
    world, client = World(), browser(app)
    newer = world.link(renew=True)
    gone = client.get(f"/claim/{world.text}")
    assert (gone.status_code, "replaced by a newer one" in gone.text) == (410, True)
    assert client.get(f"/claim/{newer[:-1]}x").status_code == 404
    with clock.frozen(clock.now() + links.LIFETIME + timedelta(minutes=1)):
        old = client.get(f"/claim/{newer}")
        assert (old.status_code, "too old" in old.text) == (410, True)
        assert make.post(client, f"/claim/{newer}", f"/claim/{newer}/new").status_code == 303
    assert [(one.kind, one.user_id) for one in db.session.scalars(sa.select(CallNote))] == [("note", None)]
    assert take(client, newer)[0] == 303
    used = browser(app).get(f"/claim/{newer}")
    assert (used.status_code, "was used" in used.text, "invite you" in used.text) == (410, True, True)


def test_a_code_sent_for_one_link_does_not_open_another(app: Flask) -> None:
    world, client = World(), browser(app)
    page = f"/claim/{world.text}"
    make.post(client, page, f"{page}/code", way="mail")
    newer = world.link(renew=True)
    with client.session_transaction() as session:
        refs = session["claim_ref"]
        session["claim_ref"] = {str(links.find(newer).id): next(iter(refs.values()))}
    answer = make.post(client, f"/claim/{newer}", f"/claim/{newer}", code=newest_code(), name="X")
    assert (answer.status_code, world.owners()) == (422, [])


def test_two_who_claim_one_entry_are_heard_and_the_organiser_decides(app: Flask) -> None:
    world = World()
    assert take(browser(app), world.text)[0] == 303
    (first,) = world.owners()
    second_id = make.make_user(email="second@example.org").id
    second = make.sign_in(browser(app), db.session.get(User, second_id))
    status, where = take(second, world.link(renew=True))
    assert (status, where.startswith("/claims/"), world.owners()) == (303, True, [first])
    case_id = int(where.rpartition("/")[2])
    said = make.post(second, where, where, role="Director", evidence="Call the number of our web site")
    assert said.status_code == 303
    told = db.session.scalars(sa.select(Notification).where(Notification.kind == "claim_disputed")).one()
    assert told.organisation_id == world.organisation_id
    cases.defend(actor=Actor(user_id=first, kind="member"), case_id=case_id, text="They left us last year")
    stranger = make.sign_in(browser(app), make.make_user())
    assert stranger.get(where).status_code == 404
    with pytest.raises(NotFound):
        cases.defend(actor=Actor(user_id=second_id, kind="member"), case_id=case_id, text="x")
    staff = make.sign_in(browser(app), db.session.get(User, world.organiser.user_id))
    page = staff.get(f"/organiser/approvals/claim/{case_id}").text
    for words in ("They left us last year", "Call the number of our web site", "c•••@example.org"):
        assert words in page
    moderation.decide(
        actor=world.organiser, kind="claim", subject_id=case_id, decision="approved", reason="Called them")
    assert world.owners() == [second_id]
    lost = db.session.scalars(sa.select(Notification).where(Notification.kind == "claim_refused")).one()
    assert lost.user_id == first
    make.run_jobs()
    inbox = second.get("/inbox")
    assert "Who acts for this organisation is decided" in inbox.text


def test_a_public_entry_is_claimed_by_asking(app: Flask) -> None:
    staff = organiser()
    organisation = create_from_public_source(actor=Actor.system(), profile=Profile(
        names={"en": "Found on the web"}, is_supplier=True, place_id="HK"))
    page = f"/organisations/{organisation.id}"
    before = browser(app).get(page).text
    assert f"{page}/claim" in before
    assert "not entered by the organisation" in before
    asker_id = make.make_user().id
    asker = make.sign_in(browser(app), db.session.get(User, asker_id))
    assert make.post(asker, f"{page}/claim", f"{page}/claim", role="", evidence="").status_code == 422
    sent = make.post(asker, f"{page}/claim", f"{page}/claim", role="Owner", evidence="See our imprint")
    assert sent.status_code == 303
    case = db.session.scalars(sa.select(ClaimCase)).one()
    with pytest.raises(AlreadyDone):
        cases.ask(actor=Actor(user_id=asker_id, kind="member"), organisation_id=organisation.id, role="x", evidence="y")
    with pytest.raises(NotAllowed):
        moderation.decide(actor=Actor(user_id=asker_id, kind="member"), kind="claim", subject_id=case.id,
                          decision="approved")
    client = make.sign_in(browser(app), db.session.get(User, staff.user_id))
    assert "Found on the web" in client.get("/organiser/approvals").text
    moderation.decide(actor=staff, kind="claim", subject_id=case.id, decision="approved")
    assert db.session.scalars(sa.select(Membership.user_id)).all() == [asker_id]
    after = browser(app).get(page).text
    assert f"{page}/claim" not in after
    assert "not entered by the organisation" not in after
    again = create_from_public_source(actor=Actor.system(), profile=Profile(
        names={"en": "Found on the web"}, is_supplier=True, place_id="HK"))
    assert again.id == organisation.id  # read again, what was found belongs to it still


def test_a_refused_claim_is_told_why(app: Flask) -> None:
    world = World()
    asker = make.make_user().id
    case = cases.ask(actor=Actor(user_id=asker, kind="member"), organisation_id=world.organisation_id, role="x",
                     evidence="y")
    moderation.decide(
        actor=world.organiser, kind="claim", subject_id=case.id, decision="rejected", reason="Unknown there")
    assert world.owners() == []
    make.run_jobs()
    client = make.sign_in(browser(app), db.session.get(User, asker))
    assert "Unknown there" in client.get("/inbox").text
    assert "Unknown there" in client.get(f"/claims/{case.id}").text


def test_links_are_made_by_organisers_only_and_shown_as_a_code(app: Flask) -> None:
    world = World()
    with pytest.raises(NotFound):
        links.for_invitee(actor=make.make_organisation()[1], invitee_id=world.invitee_id)
    client = make.sign_in(browser(app), db.session.get(User, world.organiser.user_id))
    page = f"/organiser/events/{world.event_id}/claim-links"
    assert "<svg" not in client.get(page).text.partition('class="links"')[2]
    sheet = make.post(client, page, page).text
    assert re.search(r'class="links".*<svg[^>]*>', sheet, re.DOTALL)
    assert db.session.scalar(sa.select(sa.func.count(ClaimLink.id))) == 1
    follow = client.get(f"/organiser/outreach/registrations/{world.registration_id}").text
    assert f"/claim/{world.text}" in follow
    assert "陳大文" in follow
    for program in ("https://wa.me/", "sms:", "mailto:"):
        assert world.text in follow.partition(f'href="{program}')[2].partition('"')[0], program
    assert db.session.get(Organisation, world.organisation_id).names["en"] == "Sample Care"


def test_a_refused_claim_sent_again_leads_to_its_answer(app: Flask) -> None:
    world = World()
    asker = Actor(user_id=make.make_user().id, kind="member")
    said = {"organisation_id": world.organisation_id, "role": "x", "evidence": "y", "submission_id": "once"}
    case_id = cases.ask(actor=asker, **said).id
    moderation.decide(actor=world.organiser, kind="claim", subject_id=case_id, decision="rejected", reason="Unknown")
    with pytest.raises(AlreadyDone) as again:
        cases.ask(actor=asker, **said)
    assert again.value.result == case_id


def test_of_two_who_claim_by_one_link_at_the_same_moment_one_gets_it(app: Flask) -> None:
    world = World()
    users = [make.make_user(email=f"claimant{number}@example.org").id for number in range(2)]
    sent = {"text": world.text, "way": "mail", "locale": "en", "address": "203.0.113.9"}
    codes_sent = [(claims.send_code(**sent), newest_code())]
    # The contact's address is set right in between: what went to the earlier one is a code of this link, too.
    following.edit_contact(actor=world.organiser, invitee_id=world.invitee_id, name="Chan",
                           email="chan.two@example.org", mobile="")
    assert world.link() == world.text
    codes_sent.append((claims.send_code(**sent), newest_code()))
    db.session.rollback()
    outcomes: list[str] = []
    gate = threading.Barrier(2)

    def press(user_id: int, ref: str, code: str) -> None:
        with app.app_context():
            gate.wait(30)
            try:
                taken = claims.take(actor=Actor(user_id=user_id, kind="member"), text=world.text, ref=ref, code=code,
                                    name="", locale="en", address="203.0.113.9", agent="test")
                outcomes.append(f"owner {taken.user_id} {taken.case_id}")
            except NotAllowed as refused:
                outcomes.append(str(refused))
            finally:
                db.session.remove()

    threads = [threading.Thread(target=press, args=(user_id, *sent))
               for user_id, sent in zip(users, codes_sent, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    (owner,) = world.owners()
    assert sorted(outcomes) == ["link_used", f"owner {owner} None"]
    assert owner in users
    assert db.session.scalar(sa.select(sa.func.count(ClaimCase.id))) == 0
    assert links.find(world.text).used_by == owner
