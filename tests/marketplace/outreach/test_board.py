"""Stages, call list, targets, notes, delegations."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO

import pytest
import sqlalchemy as sa
from flask import Flask
from openpyxl import load_workbook

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.actor import Actor
from marketplace.errors import Invalid, NotAllowed, NotFound
from marketplace.events import queries as events
from marketplace.events.models import Person, Registration
from marketplace.extensions import db
from marketplace.organisations.models import Membership, Organisation
from marketplace.organisations.profile import Profile
from marketplace.organisations.service import create_from_public_source
from marketplace.outreach import delegations, following, links, stages
from marketplace.outreach.applying import apply_list
from marketplace.outreach.delegations import Alike, Home
from marketplace.outreach.models import CallNote, Delegation, Invitee
from marketplace.outreach.stages import Filters
from tests.marketplace import factories as make
from tests.marketplace.events.steps import make_event, make_participant
from tests.marketplace.listings.statements import statements_of
from tests.marketplace.matchmaking.steps import World as Session
from tests.marketplace.outreach.steps import organiser, read_in, workbook


def fill(actor: Actor, event_id: int, count: int, first: int = 0) -> None:
    rows: list[list[object]] = [
        [f"第{number}間公司", f"Firm number {number}", f"A{number:04}", "A", f"代表{number}", f"512{number:05}",
         f"p{number}@example.org", ("沙田區", "灣仔區")[number % 2], "粵語"] for number in range(first, first + count)]
    apply_list(actor=actor, list_id=read_in(actor, event_id, workbook(rows)).id)


def test_stages_are_counted_on_both_sides(app: Flask) -> None:
    world = Session(buyers=2, suppliers=2)
    world.wish(world.buyers[0], world.suppliers[0])
    make.make_demand(world.buyers[0][1])
    event = events.find(world.event_id)
    fill(organiser(), event.id, 1)
    event = events.find(world.event_id)
    found = stages.board(event)
    assert found.totals == {"supply": 3, "demand": 2}
    assert {line.stage: (line.supply, line.demand) for line in found.lines} == {
        "invited": (2, 2), "claimed": (2, 2), "profile": (0, 0), "listings": (0, 1), "availability": (2, 2),
        "preferences": (0, 1), "confirmed": (0, 0)}
    assert [line.due for line in found.lines] == [
        date(2030, 5, 1) - timedelta(days=days) for days in (42, 35, 28, 21, 14, 7, 3)]
    with clock.frozen(clock.now().replace(year=2030, month=4, day=1)):
        assert [line.stage for line in stages.board(event).lines if line.late] == ["invited", "claimed"]


def test_dates_and_targets_are_the_organisers(app: Flask) -> None:
    actor, event = organiser(), make_event()
    fill(actor, event.id, 3)
    zone = str(events.zones_of(event.id)[0].zone.id)
    with pytest.raises(Invalid):
        following.set_days(actor=actor, event_id=event.id, days={**dict.fromkeys(stages.STAGES, "1"), "claimed": "x"})
    following.set_days(actor=actor, event_id=event.id, days={**dict.fromkeys(stages.STAGES, "1"), "claimed": "10"})
    following.set_targets(actor=actor, event_id=event.id, zones={zone: "5"}, districts={"HK-NST": "2", "HK-HWC": "1"})
    with pytest.raises(NotAllowed):
        following.set_targets(actor=make.make_organisation()[1], event_id=event.id, zones={}, districts={})
    found = stages.board(events.find(event.id))
    assert found.lines[1].due == date(2030, 4, 21)
    assert [(one.registered, one.target, one.lacking) for one in found.zones] == [(3, 5, 2)]
    assert {one.key: (one.registered, one.lacking) for one in found.districts} == {"HK-NST": (2, 0), "HK-HWC": (1, 0)}


def test_the_call_list_is_narrowed_and_sorted_by_what_is_due(app: Flask) -> None:
    actor, event = organiser(), make_event()
    fill(actor, event.id, 4)
    ids = list(db.session.scalars(sa.select(Invitee.id).order_by(Invitee.id)))
    following.note(actor=actor, invitee_id=ids[2], kind="call", text="Call back", next_call_on=date(2030, 1, 2),
                   owner_id=actor.user_id)
    following.sent_by_hand(actor=actor, invitee_id=ids[3])
    event = events.find(event.id)
    names = lambda **by: [row.registration.organisation.names["en"] for row in stages.calls(event, Filters(**by))[0]]  # noqa: E731
    assert names()[0] == "Firm number 2"
    assert names(owner=actor.user_id) == ["Firm number 2"]
    assert names(lacks="invited")[-1] != "Firm number 3" and len(names(lacks="invited")) == 3  # noqa: PT018
    assert names(district="HK-HWC") == ["Firm number 3", "Firm number 1"][::-1]
    assert names(text="第1間") == names(text="第1间") == ["Firm number 1"]
    assert names(side="demand") == []
    note = db.session.scalars(sa.select(CallNote).where(CallNote.kind == "call")).one()
    assert (note.text, note.user_id) == ("Call back", actor.user_id)


def test_pages_cost_the_same_for_few_and_for_many(app: Flask) -> None:
    actor, event = organiser(), make_event()
    client = make.sign_in(app.test_client(), db.session.get(User, actor.user_id))
    counts = []
    for first, number in ((0, 3), (3, 297)):
        fill(actor, event.id, number, first)
        db.session.rollback()
        counts.append([len(statements_of(lambda page=page: client.get(page))[1]) for page in (
            f"/organiser/events/{event.id}/stages", f"/organiser/events/{event.id}/calls",
            f"/organiser/events/{event.id}/claim-links")])
    assert counts[0] == counts[1]


def test_the_exported_list_is_the_one_shown_and_holds_no_formula(app: Flask) -> None:
    actor, event = organiser(), make_event()
    apply_list(actor=actor, list_id=read_in(actor, event.id, workbook(
        [["公司甲", "", "", "", "@甲", "51234567", "", "", ""]], heads=None)).id)
    db.session.execute(sa.update(Organisation).values(names={"zh-Hant": "=cmd|公司"}))
    db.session.commit()
    client = make.sign_in(app.test_client(), db.session.get(User, actor.user_id))
    page = client.get(f"/organiser/events/{event.id}/calls.csv").data.decode("utf-8-sig")
    assert "'=cmd|公司" in page
    assert "'@甲" in page
    sheet = load_workbook(BytesIO(client.get(f"/organiser/events/{event.id}/calls.xlsx").data)).active
    assert sheet is not None
    assert sheet["A2"].value == "'=cmd|公司"
    assert client.get(f"/organiser/events/{event.id}/calls.exe").status_code == 404
    narrowed = client.get(f"/organiser/events/{event.id}/calls?form=x&q=公司").text
    assert f"/organiser/events/{event.id}/calls.csv?form=x&amp;q=" in narrowed


class Group:
    """A delegation with its coordinator and one home."""

    def __init__(self) -> None:
        self.organiser = organiser()
        self.event_id = make_event().id
        content = workbook([["沙田代表團", "何女士", "ho@example.org", "第一院舍", "甲", "one@example.org"]],
                           heads=["代表團", "領隊", "領隊電郵", "院舍", "聯絡人", "電郵"])
        apply_list(actor=self.organiser, list_id=read_in(self.organiser, self.event_id, content, "delegations").id)
        self.id = db.session.scalars(sa.select(Delegation.id)).one()
        self.user_id = make.make_user().id
        with db.session.begin_nested():
            db.session.get(Delegation, self.id).coordinator_id = self.user_id
        db.session.commit()
        self.actor = Actor(user_id=self.user_id, kind="member")


def test_a_coordinator_registers_homes_and_the_organisers_approve_them(app: Flask) -> None:
    group = Group()
    home = Home(names={"zh-Hant": "第二院舍"}, district="沙田區", person="乙", email="two@example.org")
    invitee_id = delegations.add_home(actor=group.actor, delegation_id=group.id, home=home).id
    registration = db.session.get(Invitee, invitee_id).registration
    assert (registration.state, registration.organisation.state) == ("waiting", "waiting")
    with pytest.raises(Alike):
        delegations.add_home(
            actor=group.actor, delegation_id=group.id, home=Home(names={"zh-Hans": "第一院舍有限公司"}))
    with pytest.raises(NotAllowed):
        delegations.approve_homes(actor=group.actor, delegation_id=group.id)
    assert delegations.approve_homes(actor=group.organiser, delegation_id=group.id) == 1
    registration = db.session.get(Invitee, invitee_id).registration
    assert (registration.state, registration.organisation.state) == ("approved", "approved")
    delegations.add_person(actor=group.actor, invitee_id=invitee_id, name="丙", mobile="51234567", languages="粵語",
                           submission_id="once")
    assert sorted(db.session.scalars(sa.select(Person.name))) == ["丙", "甲"]
    delegations.edit_home(actor=group.actor, invitee_id=invitee_id, home=Home(names={"zh-Hant": "第二護老院"}))
    assert db.session.get(Invitee, invitee_id).registration.organisation.names == {"zh-Hant": "第二護老院"}


def test_a_coordinator_sees_only_its_own_delegation(app: Flask) -> None:
    group = Group()
    other = make.make_user()
    client = make.sign_in(app.test_client(), db.session.get(User, group.user_id))
    page = client.get(f"/delegations/{group.id}")
    assert (page.status_code, "第一院舍" in page.text) == (200, True)
    assert f"/delegations/{group.id}" in client.get(f"/events/{events.find(group.event_id).slug}").text
    invitee_id = db.session.scalars(sa.select(Invitee.id)).one()
    stranger = make.sign_in(app.test_client(), other)
    for address in (f"/delegations/{group.id}", f"/delegations/homes/{invitee_id}"):
        assert (client.get(address).status_code, stranger.get(address).status_code) == (200, 404)
    foreign, _actor, _people = make_participant(events.find(group.event_id), "demand")
    hidden = following.follow(actor=group.organiser, registration_id=db.session.scalars(
        sa.select(Registration.id).where(Registration.organisation_id == foreign.id)).one()).id
    with pytest.raises(NotFound):
        links.for_invitee(actor=group.actor, invitee_id=hidden)
    assert client.get(f"/delegations/homes/{hidden}").status_code == 404


def test_a_home_with_an_account_is_not_taken_over(app: Flask) -> None:
    group = Group()
    owned, _owner = make.make_organisation(kind="institution", name="Home with account")
    owned_id = owned.id
    home = Home(names={"en": "Home with account Ltd"}, same=str(owned_id))
    with pytest.raises(NotAllowed):
        delegations.add_home(actor=group.actor, delegation_id=group.id, home=home)
    invitee = db.session.scalars(sa.select(Invitee)).one()
    db.session.add(Membership(user_id=make.make_user().id, organisation_id=invitee.registration.organisation_id,
                              role="owner"))
    invitee_id = invitee.id
    db.session.commit()
    with pytest.raises(NotAllowed):
        delegations.edit_home(actor=group.actor, invitee_id=invitee_id, home=Home(names={"en": "Mine now"}))


def test_a_home_that_everybody_knows_is_entrusted_by_the_organisers_first(app: Flask) -> None:
    group = Group()
    known_id = create_from_public_source(actor=Actor.system(), profile=Profile(
        names={"en": "Known Home"}, is_institution=True, place_id="HK")).id
    mine = Home(names={"en": "Known Home"}, person="Mallory", email="mallory@example.org", same=str(known_id))
    invitee_id = delegations.add_home(actor=group.actor, delegation_id=group.id, home=mine).id
    client = make.sign_in(app.test_client(), db.session.get(User, group.user_id))
    page = f"/delegations/homes/{invitee_id}"
    assert make.post(client, page, page, name_en="Mallory Home", email="mallory@example.org").status_code == 422
    assert make.post(client, page, f"{page}/link").status_code == 403
    with pytest.raises(NotAllowed):
        links.for_invitee(actor=group.actor, invitee_id=invitee_id)
    assert db.session.get(Organisation, known_id).names == {"en": "Known Home"}
    delegations.approve_homes(actor=group.organiser, delegation_id=group.id)
    assert make.post(client, page, page, name_en="Known Home II").status_code == 303
    assert make.post(client, page, f"{page}/link").status_code == 303


def test_whom_the_organisers_look_after_is_not_taken_into_a_delegation(app: Flask) -> None:
    group = Group()
    content = workbook([["示範機構", "Listed", "", "", "陳", "51234567", "chan@example.org", "", ""]])
    apply_list(actor=group.organiser, list_id=read_in(group.organiser, group.event_id, content, "buyers").id)
    listed_id, organisation_id = db.session.execute(
        sa.select(Invitee.id, Registration.organisation_id)
        .join(Registration, Registration.id == Invitee.registration_id)
        .where(Invitee.delegation_id.is_(None))).one()
    taken = Home(names={"zh-Hant": "示範機構"}, email="mallory@example.org", same=str(organisation_id))
    with pytest.raises(NotAllowed):
        delegations.add_home(actor=group.actor, delegation_id=group.id, home=taken)
    row = db.session.get(Invitee, listed_id)
    assert (row.delegation_id, row.email) == (None, "chan@example.org")
    assert delegations.add_home(actor=group.organiser, delegation_id=group.id, home=taken).id == listed_id


def test_a_coordinator_fills_the_pages_in(app: Flask) -> None:
    group = Group()
    client = make.sign_in(app.test_client(), db.session.get(User, group.user_id))
    page = f"/delegations/{group.id}"
    assert make.post(client, page, f"{page}/homes").status_code == 422
    asked = make.post(client, page, f"{page}/homes", name_zh_hans="第一院舍", submission_id="a")
    assert (asked.status_code, 'name="same"' in asked.text) == (422, True)
    assert make.post(client, page, f"{page}/homes", name_zh_hans="第一院舍", same="other", submission_id="a"
                     ).status_code == 303
    assert make.post(client, page, f"{page}/homes", name_zh_hans="第一院舍", same="other", submission_id="a"
                     ).status_code == 303
    ids = list(db.session.scalars(sa.select(Invitee.id).order_by(Invitee.id)))
    assert len(ids) == 2
    home = f"/delegations/homes/{ids[1]}"
    assert make.post(client, home, home, name_zh_hant="新院舍", person="丁", email="bad").status_code == 422
    assert make.post(client, home, home, name_zh_hant="新院舍", person="丁", email="d@example.org").status_code == 303
    assert make.post(client, home, f"{home}/people", name="戊", mobile="1").status_code == 422
    assert make.post(client, home, f"{home}/people", name="戊", languages="Cantonese").status_code == 303
    assert make.post(client, home, f"{home}/link").status_code == 303
    text = client.get(home).text
    assert "/claim/" in text
    assert "戊" in text
    assert make.post(client, home, f"{home}/sent").status_code == 303
    db.session.rollback()
    assert db.session.get(Invitee, ids[1]).invited_at is not None


def test_the_organiser_fills_the_pages_in(app: Flask) -> None:
    actor, event = organiser(), make_event()
    client = make.sign_in(app.test_client(), db.session.get(User, actor.user_id))
    page = f"/organiser/events/{event.id}/lists"
    content = workbook([["示範公司", "", "A01", "A", "甲", "", "", "", ""],
                        ["示范公司", "", "A02", "A", "", "", "", "", ""]])
    assert make.post(client, page, page, kind="exhibitors").status_code == 422
    sent = make.post(client, page, page, kind="exhibitors", file=(BytesIO(content), "list.xlsx"))
    assert sent.status_code == 303
    list_id = int(sent.location.rpartition("/")[2])
    text = client.get(sent.location).text
    assert "Is this firm one of these?" in text
    name = text.partition('name="q-')[2].partition('"')[0]
    assert make.post(client, sent.location, f"{sent.location}/apply").status_code == 422
    assert make.post(client, sent.location, f"{sent.location}/answers", **{f"q-{name}": "other"}).status_code == 303
    assert make.post(client, sent.location, f"{sent.location}/columns", **{"column-name": "0", "column-booth": "2"}
                     ).status_code == 303
    text = client.get(sent.location).text
    name = text.partition('name="q-')[2].partition('"')[0]
    make.post(client, sent.location, f"{sent.location}/answers", **{f"q-{name}": "l2"})
    mapping = {"column-name": "0", "column-booth": "2", "column-zone": "3"}
    make.post(client, sent.location, f"{sent.location}/columns", **mapping)
    name = client.get(sent.location).text.partition('name="q-')[2].partition('"')[0]
    make.post(client, sent.location, f"{sent.location}/answers", **{f"q-{name}": "other"})
    assert make.post(client, sent.location, f"{sent.location}/apply", owner=str(actor.user_id)).status_code == 303
    assert "was applied" in client.get(sent.location).text
    registration = db.session.scalars(sa.select(Registration.id).order_by(Registration.id)).first()
    follow = f"/organiser/outreach/registrations/{registration}"
    sent = make.post(client, follow, f"{follow}/contact", name="乙", email="b@example.org", mobile="")
    assert sent.status_code == 303
    assert make.post(client, follow, f"{follow}/link").status_code == 303
    assert make.post(client, follow, f"{follow}/sent").status_code == 303
    assert make.post(client, follow, f"{follow}/note", kind="call", text="Called", next_call_on="2030-04-01",
                     owner=str(actor.user_id), submission_id="n").status_code == 303
    text = client.get(follow).text
    for words in ("Called", "Sent by hand", "/claim/", "乙"):
        assert words in text
    for address in ("stages", "calls", "delegations", "claim-links", "calls?lacks=claimed&owner=0&district=x&q=y"):
        assert client.get(f"/organiser/events/{event.id}/{address}").status_code == 200
    shown = f"/view/organiser/events/{event.id}/calls.csv"
    assert f'href="{shown}"' in client.get(f"/organiser/events/{event.id}/calls").text
    assert "乙" in client.get(shown, headers={"User-Agent": "MicroMessenger/8.0"}).text
    assert make.post(client, page, f"/organiser/lists/{list_id}/discard").status_code == 303
    assert client.get("/organiser/outreach/template/buyers.xlsx").status_code == 200
