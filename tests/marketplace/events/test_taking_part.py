"""Registration with approval, stands, people, check-in."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import Flask

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.actor import Actor
from marketplace.errors import Invalid, NotAllowed, NotFound
from marketplace.events import people, queries, registration, service
from marketplace.events.people import PersonValues
from marketplace.extensions import db
from marketplace.notifications.models import Notification
from tests.marketplace import factories as make
from tests.marketplace.events.steps import make_event, make_participant


def test_a_registration_waits_for_the_organisers_who_tell_the_organisation(app: Flask) -> None:
    event = make_event()
    organisation, actor = make.make_organisation()
    row = registration.register(
        actor=actor, event_id=event.id, organisation_id=organisation.id, side="supply", message="Two stands, please")
    assert row.state == "waiting"
    assert queries.registrations_of(event.id, only_approved=True) == []
    with pytest.raises(NotAllowed):
        registration.decide(actor=actor, registration_id=row.id, approve=True)
    with pytest.raises(Invalid):
        registration.decide(actor=Actor.system(), registration_id=row.id, approve=False)
    registration.decide(actor=Actor.system(), registration_id=row.id, approve=False, reason="The hall is full")
    registration.register(actor=actor, event_id=event.id, organisation_id=organisation.id, side="supply")
    assert db.session.get(type(row), row.id).state == "waiting"
    registration.decide(actor=Actor.system(), registration_id=row.id, approve=True)
    assert [one.id for one in queries.registrations_of(event.id, only_approved=True)] == [row.id]
    told = db.session.scalars(sa.select(Notification).order_by(Notification.id)).all()
    assert [(one.kind, one.params["approved"], one.params["reason"]) for one in told] == [
        ("registration_decided", False, "The hall is full"), ("registration_decided", True, "")]


def test_who_may_not_register(app: Flask) -> None:
    event = make_event(registration_until="2030-04-01")
    organisation, actor = make.make_organisation(kind="supplier")
    _other, stranger = make.make_organisation()
    drafting, owner = make.make_organisation(approved=False)
    with pytest.raises(NotFound):
        registration.register(actor=stranger, event_id=event.id, organisation_id=organisation.id, side="supply")
    with pytest.raises(NotAllowed) as refused:
        registration.register(actor=owner, event_id=event.id, organisation_id=drafting.id, side="supply")
    assert refused.value.reason == "approval"
    with pytest.raises(Invalid):
        registration.register(actor=actor, event_id=event.id, organisation_id=organisation.id, side="demand")
    with clock.frozen(datetime(2030, 4, 1, 16, 0, tzinfo=UTC)), pytest.raises(NotAllowed) as refused:
        registration.register(actor=actor, event_id=event.id, organisation_id=organisation.id, side="supply")
    assert refused.value.reason == "registration_closed"
    hidden = make_event(slug="hidden", publish=False)
    with pytest.raises(NotFound):
        registration.register(actor=actor, event_id=hidden.id, organisation_id=organisation.id, side="supply")


def test_registration_ends_with_the_local_day(app: Flask) -> None:
    event = make_event(registration_until="2030-04-01")
    with clock.frozen(datetime(2030, 4, 1, 15, 59, tzinfo=UTC)):
        assert registration.is_open(event)
    with clock.frozen(datetime(2030, 4, 1, 16, 0, tzinfo=UTC)):
        assert not registration.is_open(event)


def test_a_stand_is_given_to_one(app: Flask) -> None:
    event = make_event()
    service.add_booths(actor=Actor.system(), zone_id=queries.zones_of(event.id)[0].zone.id, codes="A01")
    booth = queries.booths_of(event.id)[0][0]
    one, two = (queries.registrations_of_organisation(event.id, make_participant(event, "supply")[0].id)[0].id
                for _ in range(2))
    staff = make.make_user(organiser=True)
    registration.place(actor=Actor.system(), registration_id=one, booth_id=booth.id, owner_id=staff.id)
    with pytest.raises(Invalid):
        registration.place(actor=Actor.system(), registration_id=two, booth_id=booth.id, owner_id=None)
    with pytest.raises(Invalid):
        registration.place(actor=Actor.system(), registration_id=two, booth_id=None, owner_id=make.make_user().id)
    registration.withdraw(actor=Actor.system(), registration_id=one)
    registration.place(actor=Actor.system(), registration_id=two, booth_id=booth.id, owner_id=None)
    assert [row.owner for row in queries.stage_board(event.id)] == [""]


def test_mobile_numbers_are_seen_by_the_own_organisation_and_organisers(app: Flask) -> None:
    event = make_event()
    _organisation, actor, _sent = make_participant(event, "supply")
    _other, stranger, _their = make_participant(event, "demand")
    pages = {}
    for name, user in (("own", actor.user_id), ("stranger", stranger.user_id)):
        client = make.sign_in(app.test_client(), db.session.get(User, user))
        pages[name] = client.get(f"/events/{event.slug}").text + client.get(f"/events/{event.slug}/people").text
    organiser = make.sign_in(app.test_client(), make.make_user(organiser=True))
    assert f"Guest 1 of {_organisation.id}" not in pages["stranger"]
    assert f"Guest 1 of {_organisation.id}" in pages["own"]
    assert organiser.get(f"/organiser/events/{event.id}/people").text.count("5550 1234") == 2


def test_another_organisations_people_cannot_be_changed(app: Flask) -> None:
    event = make_event()
    _organisation, _actor, (person,) = make_participant(event, "supply")
    _other, stranger, _their = make_participant(event, "demand")
    with pytest.raises(NotFound):
        people.edit_person(actor=stranger, person_id=person.id, values=PersonValues(name="Nobody"))
    client = make.sign_in(app.test_client(), db.session.get(User, stranger.user_id))
    assert client.get(f"/events/{event.slug}/people/{person.id}").status_code == 404


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        (PersonValues(name=""), {"name": "required"}),
        (PersonValues(name="A", languages={"tlh": "fluent"}), {"languages": "unknown_choice"}),
        (PersonValues(name="A", mobile="1" * 41), {"mobile": "too_long"}),
    ],
)
def test_a_person_is_read_with_care(app: Flask, values: PersonValues, errors: dict[str, str]) -> None:
    event = make_event()
    organisation, actor, _sent = make_participant(event, "supply")
    with pytest.raises(Invalid) as refused:
        people.add_person(actor=actor, event_id=event.id, organisation_id=organisation.id, values=values)
    assert {name: error.code for name, error in refused.value.errors.items()} == errors


def test_a_badge_is_checked_in_by_its_code_once(app: Flask) -> None:
    event = make_event()
    _organisation, _actor, (person,) = make_participant(event, "supply")
    client = make.sign_in(app.test_client(), make.make_user(organiser=True))
    page = f"/organiser/events/{event.id}/check-in"
    assert make.post(client, page, page, code="ZZZZZZ").status_code == 422
    assert make.post(client, page, page, code=person.code.lower()).status_code == 303
    first = queries.person(person.id).arrived_at
    assert make.post(client, page, page, code=person.code).status_code == 303
    db.session.expire_all()
    assert queries.person(person.id).arrived_at == first
    assert "1 of 1 people are here" in client.get(page).text
