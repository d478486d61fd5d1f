"""The pages of events, filled in as people do."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from marketplace.accounts.models import User
from marketplace.events import queries
from marketplace.events.models import Event
from marketplace.extensions import db
from tests.marketplace import factories as make
from tests.marketplace.events.steps import make_event, make_participant


@pytest.fixture
def organiser(app: Flask) -> FlaskClient:
    return make.sign_in(app.test_client(), make.make_user(organiser=True))


def test_an_organiser_makes_furnishes_and_publishes_an_event(app: Flask, organiser: FlaskClient) -> None:
    new = "/organiser/events/new"
    filled = {"name_zh_hant": "長者博覽 2030", "slug": "expo-2030", "kind": "expo", "starts_on": "2030-05-01",
              "ends_on": "2030-05-02", "time_zone": "Asia/Hong_Kong", "submission_id": "s"}
    bad = make.post(organiser, new, new, **{**filled, "ends_on": "2030-04-01"})
    assert (bad.status_code, "The end lies before the start." in bad.text) == (422, True)
    made = make.post(organiser, new, new, **filled)
    assert made.status_code == 303
    page = made.location
    assert make.post(organiser, new, new, **filled).location == page
    event = db.session.scalar(sa.select(Event))
    assert app.test_client().get("/events/expo-2030").status_code == 404
    assert make.post(organiser, page, f"{page}/zones", hall="3", code="A", tables="60").status_code == 303
    zone = queries.zones_of(event.id)[0].zone.id
    assert make.post(organiser, page, f"/organiser/events/zones/{zone}/booths", codes="A01-A40").status_code == 303
    assert make.post(organiser, page, f"/organiser/events/zones/{zone}/booths", codes="A40-A01").status_code == 422
    assert make.post(organiser, page, f"/organiser/events/zones/{zone}/tables", tables="70").status_code == 303
    interpreters = f"{page}/interpreters"
    assert make.post(organiser, page, interpreters, name="Ms Ho", languages=["yue"]).status_code == 422
    assert make.post(organiser, page, interpreters, name="Ms Ho", languages=["yue", "en"]).status_code == 303
    assert make.post(organiser, page, f"{page}/publish").status_code == 303
    public = app.test_client().get("/events/expo-2030", headers={"Accept-Language": "zh-HK"})
    assert "長者博覽 2030" in public.text
    assert "長者博覽 2030" in app.test_client().get("/events", headers={"Accept-Language": "zh-HK"}).text
    assert [(row.tables, row.booths) for row in queries.zones_of(event.id)] == [(70, 40)]


def test_a_member_registers_and_names_people(app: Flask, organiser: FlaskClient) -> None:
    event = make_event()
    _organisation, actor = make.make_organisation(kind="institution", name="Home of the test")
    member = make.sign_in(app.test_client(), db.session.get(User, actor.user_id))
    page = f"/events/{event.slug}/register"
    assert make.post(member, page, page, side="demand", message="Four homes").status_code == 303
    people = f"/events/{event.slug}/people"
    assert make.post(member, people, people, name="").status_code == 422
    named = {"name": "Ms Chan", "languages": ["yue", "cmn"], "basic": ["en"], "submission_id": "once"}
    assert make.post(member, people, people, **named).status_code == 303
    assert make.post(member, people, people, **named).status_code == 303
    text = member.get(people).text
    assert text.count("Ms Chan") == 2  # once as a name, once in the words of its button
    assert "English (A little)" in text
    registrations = f"/organiser/events/{event.id}/registrations"
    assert "Four homes" in organiser.get(registrations).text
    row = queries.registrations_of(event.id)[0]
    decide = f"/organiser/events/registrations/{row.id}/decide"
    assert make.post(organiser, registrations, decide, decision="refuse", reason="").status_code == 422
    assert make.post(organiser, registrations, decide, decision="approve").status_code == 303
    assert "Home of the test" in app.test_client().get(f"/events/{event.slug}").text
    assert "You take part" in member.get("/inbox").text


def test_the_public_page_costs_the_same_for_one_and_for_many(app: Flask, client: FlaskClient) -> None:
    event = make_event()
    statements: list[str] = []
    sa.event.listen(db.engine, "after_cursor_execute", lambda *args: statements.append(args[2]))
    counts = []
    for number in (1, 5):
        for _ in range(number):
            make_participant(event, "supply")
        db.session.rollback()
        statements.clear()
        assert client.get(f"/events/{event.slug}").status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]
