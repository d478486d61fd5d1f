"""Languages spoken, each with how well, and apart from them the scripts that are read."""

from __future__ import annotations

import importlib

import pytest
from flask import Flask

from marketplace.errors import Invalid
from marketplace.events import people
from marketplace.events.people import PersonValues
from marketplace.extensions import db
from marketplace.matchmaking.models import Participation
from marketplace.matchmaking.problem import spoken
from marketplace.organisations.languages import with_levels
from marketplace.organisations.models import Organisation
from tests.marketplace import factories as make
from tests.marketplace.matchmaking.steps import World
from tests.marketplace.organisations import steps


def test_a_language_is_kept_once_at_the_best_level() -> None:
    assert with_levels(["yue"], ["en", "yue"], ["pt", "en"]) == [
        {"code": "yue", "level": "fluent"}, {"code": "en", "level": "working"}, {"code": "pt", "level": "basic"}]


def test_the_profile_says_how_well_and_what_is_read(app: Flask) -> None:
    user = make.make_user()
    client = make.sign_in(app.test_client(), user)
    sent = {**steps.FORM, "working": ["en"], "basic": ["pt"], "reads": ["zh-Hant", "en"], "submission_id": "once"}
    answer = make.post(client, "/organisations/new", "/organisations/new", **sent)
    assert answer.status_code in (302, 303), answer.text
    organisation = db.session.query(Organisation).one()
    assert organisation.languages == [
        {"code": "yue", "level": "fluent"}, {"code": "en", "level": "working"}, {"code": "pt", "level": "basic"}]
    assert organisation.reads == ["zh-Hant", "en"]
    page = client.get(f"/organisations/{organisation.id}").text
    assert "Cantonese, English (Well enough for a meeting), Portuguese (A little)" in page
    assert "繁體中文, English" in page
    form = client.get(f"/organisations/{organisation.id}/edit").text
    assert form.count("checked") >= 5


def test_a_language_is_common_when_both_can_hold_a_meeting_in_it(app: Flask) -> None:
    world = World(buyers=1, suppliers=1)
    number, actor = world.buyers[0]
    person = world.people[number][0]
    people.edit_person(actor=actor, person_id=person, values=PersonValues(
        name="Ms Chan", languages={"yue": "fluent", "cmn": "working", "en": "basic"}, reads=["zh-Hant"]))
    assert spoken(db.session.get_one(Participation, number)) == {"yue", "cmn"}


def test_what_is_not_offered_is_refused() -> None:
    for values in (PersonValues(name="A", languages={"yue": "native"}), PersonValues(name="A", reads=["zh"])):
        with pytest.raises(Invalid) as refused:
            values.checked()
        assert list(refused.value.errors) == ["languages"]


def test_earlier_lists_become_fluent() -> None:
    revision = importlib.import_module(
        "marketplace.migrations.versions.20261125_0021_languages_with_levels_and_scripts_read")
    assert [revision._with_level(one) for one in ["yue", {"code": "en", "level": "basic"}]] == [
        {"code": "yue", "level": "fluent"}, {"code": "en", "level": "basic"}]
    assert revision._without_mother_tongue({"code": "cmn", "level": "native"}) == {"code": "cmn", "level": "fluent"}
    assert revision._without_level({"code": "cmn", "level": "fluent"}) == "cmn"
