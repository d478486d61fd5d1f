"""Entering an organisation and changing it: what is kept, what is refused, what the audit and the hooks hear."""

from __future__ import annotations

import html
import re
import threading
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask

from catalogue import places
from marketplace import hooks
from marketplace.actor import Actor
from marketplace.audit import service as audit
from marketplace.errors import Conflict, Invalid
from marketplace.extensions import db
from marketplace.organisations import place_words, service
from marketplace.organisations.models import Organisation
from marketplace.organisations.profile import Profile
from marketplace.organisations.registration import is_credit_code, is_well_formed, normalised, problem
from tests.marketplace.accounts.steps import browser, errors, hidden, make_user, send, signed_in
from tests.marketplace.organisations.steps import FORM, PROFILE, acting, make_organisation


def stored() -> list[Profile]:
    db.session.rollback()
    return [Profile.of(one) for one in db.session.scalars(sa.select(Organisation).order_by(Organisation.id))]


def test_what_is_filled_in_is_what_is_stored(app: Flask) -> None:
    make_user("a@b.example.org")
    client = signed_in(app, "a@b.example.org")
    answer = send(client, "/organisations/new", FORM)
    assert (answer.status_code, answer.location) == (302, "/organisations/1")
    assert stored() == [PROFILE]
    page = client.get("/organisations/1").text
    assert "Not approved yet: only its members see this page." in page
    [event] = audit.history(subject_kind="organisation", subject_id=1)
    assert (event.action, {v.field: v.value_class for v in event.values}["contact"]) == (
        "organisation.created", "personal")


def test_a_double_click_enters_one_organisation(app: Flask) -> None:
    make_user("a@b.example.org")
    client = signed_in(app, "a@b.example.org")
    data = {**hidden(client.get("/organisations/new").text), **FORM}
    answers = [client.post("/organisations/new", data=data) for _ in range(2)]
    assert [answer.location for answer in answers] == ["/organisations/1", "/organisations/1"]
    assert len(stored()) == 1


@pytest.mark.parametrize(("changes", "said"), [
    ({"side": ""}, ["What brings you here: Please fill this in."]),
    ({"name_zh_Hant": " ", "name_en": ""}, ["Name in English: Please give the name in at least one language."]),
    ({"name_en": "x" * 4000}, ["Name in English: At most 200 characters."]),
    ({"profile_en": "x" * 4001}, ["Profile in English: At most 4000 characters."]),
    ({"place": "Atlantis City"}, ["Where you are: No place of this name was found: Atlantis City."]),
    ({"place": "Hong Kong and Macao"},
     ["Where you are: This may mean several places: Hong Kong; Macao. Please write more of the one you mean."]),
    ({"serves": "Macao\nAtlantis City"},
     ["Places you serve or seek for: No place of this name was found: Atlantis City."]),
    ({"website": "javascript:alert(1)"},
     ["Web site: Please give a whole web address, for example https://www.example.org."]),
    ({"jurisdiction": "CN"},
     ["Registration number: A unified social credit code has 18 characters; this has 8: 1234 5678."]),
    ({"jurisdiction": "CN", "registration_number": "９１３５０１００M000100Y44"},
     ["Registration number: The check fails, so at least one character is wrong; which one cannot be told. Please "
      "compare with the licence: 91 350100 M0001 00Y4 4."]),
    ({"registration_number": "1234567"},
     ["Registration number: This number has eight digits; what is written here reads 1234 567. Please copy it from "
      "the certificate."]),
    ({"jurisdiction": ""}, ["Registered in: Please say in which place it is registered."]),
    ({"contact_email": "nobody"},
     ["E-mail of that person: Please give an e-mail address, for example name@example.org."]),
    ({"name_en": "a\x00b"}, ["Name in English: This contains a character that cannot be kept. Please type it again."]),
])
def test_bad_input_is_said_at_its_field_and_the_rest_is_kept(
    app: Flask, changes: dict[str, str], said: list[str]
) -> None:
    make_user("a@b.example.org")
    answer = send(signed_in(app, "a@b.example.org"), "/organisations/new", {**FORM, **changes})
    assert (answer.status_code, errors(answer.text)) == (422, said)
    for name, value in {**FORM, **changes}.items():
        if isinstance(value, str) and name not in ("side", "jurisdiction") and "\x00" not in value:
            assert html.escape(value.strip(), quote=True) in answer.text.replace("&#34;", "&quot;"), name
    assert stored() == []


def test_errors_are_in_the_readers_language(app: Flask) -> None:
    make_user("a@b.example.org", locale="zh_Hant")
    answer = send(signed_in(app, "a@b.example.org"), "/organisations/new", {**FORM, "place": "Atlantis City"})
    assert 'lang="zh-Hant-HK"' in answer.text
    assert answer.status_code == 422


@pytest.mark.parametrize("place_id", [*places.gba(), "CN-440103", "HK-NST", "CN", "TW", "GB-LND"])
@pytest.mark.parametrize("lang", ["zh-Hans", "zh-Hant", "en"])
def test_the_words_shown_for_a_place_lead_back_to_it(place_id: str, lang: str) -> None:
    assert place_words.read_many(place_words.word(place_id, lang)) == ([place_id], [])


def test_many_places_in_any_language_and_with_any_comma() -> None:
    assert place_words.read_many("香港、Macao\n广州，佛山; 香港") == (["HK", "MO", "CN-4401", "CN-4406"], [])
    assert place_words.read_many(" \n,, ") == ([], [])


@pytest.mark.parametrize(("number", "right"), [
    ("91350100M000100Y43", True),  # the example of the national standard GB 32100-2015
    ("91350100M000100Y44", False),
    ("91350100M000100Y4", False),
    ("91350100I000100Y43", False),
    ("", False),
])
def test_a_unified_social_credit_code_checks_itself(number: str, right: bool) -> None:
    assert is_credit_code(number) is right


@pytest.mark.parametrize(("place", "written", "kept", "wrong"), [
    ("CN", "９１３５０１００ｍ０００１００ｙ４３", "91350100M000100Y43", None),
    ("CN", "91350100 M000100Y4-3", "91350100M000100Y43", None),
    ("CN", "91350100M000100Y34", "91350100M000100Y34", "check_sign_fails"),
    ("CN", "91350100I000100Y43", "91350100I000100Y43", "credit_code_signs"),
    ("CN", "9135010", "9135010", "credit_code_length"),
    ("HK", "１２３４５６７８", "12345678", None),
    ("HK", "12345678-000-03-24-A", "12345678", None),
    ("HK", "1234567", "1234567", "not_eight_digits"),
    ("TW", "0459 5257", "04595257", None),
    ("TW", "04595253", "04595253", "check_sign_fails"),
    ("MO", " SO  1234 ", "SO 1234", None),
    ("MO", "7", "7", "number_too_short"),
])
def test_a_number_is_checked_as_its_register_publishes(place: str, written: str, kept: str, wrong: str | None) -> None:
    number = normalised(place, written)
    found = problem(place, number)
    assert (number, found and found.code) == (kept, wrong)
    assert is_well_formed(place, number) is (wrong is None and place != "MO")


@pytest.mark.parametrize(("changes", "by"), [
    ({"name_zh_Hant": "", "name_zh_Hans": "海港安老院有限公司", "name_en": "", "registration_number": "8765 4321"},
     "name"),
    ({"name_zh_Hant": "", "name_en": "HARBOUR HOME Ltd.", "registration_number": ""}, "name"),
    ({"name_zh_Hant": "別院", "name_en": "", "registration_number": "1234 5678"}, "number"),
])
def test_what_is_there_already_is_pointed_out_and_nothing_typed_is_lost(
    app: Flask, changes: dict[str, str], by: str
) -> None:
    make_organisation(make_user("first@b.example.org").id)
    make_user("a@b.example.org")
    client = signed_in(app, "a@b.example.org")
    answer = send(client, "/organisations/new", {**FORM, **changes})
    assert answer.status_code == 422
    assert "ask to join it" in answer.text
    said = {"number": "the same registration number", "name": "the same name, in whichever script"}
    assert [text in answer.text for text in said.values()] == [by == "number", by == "name"]
    assert "/organisations/1/claim" in answer.text
    assert "九龍一間有六十個床位的安老院。" in answer.text
    entered = client.post("/organisations/new", data={**hidden(answer.text), **FORM, **changes, "anyway": "y"})
    assert (entered.status_code, entered.location) == (302, "/organisations/2")


def test_others_are_not_pointed_out(app: Flask) -> None:
    make_organisation(make_user("first@b.example.org").id)
    make_organisation(make_user("draft@b.example.org").id, approved=False, names={"en": "Quiet Home"},
                      registration_number="11112222")
    make_user("a@b.example.org")
    client = signed_in(app, "a@b.example.org")
    for changes in ({"name_en": "Harbour House"}, {"name_en": "Quiet Home"}, {"registration_number": "11112222"}):
        other = {"name_zh_Hant": "", "name_en": "Another", "registration_number": "87654321", **changes}
        assert send(client, "/organisations/new", {**FORM, **other}).status_code == 302, changes


def test_saving_what_somebody_else_changed_meanwhile_shows_both_versions(app: Flask) -> None:
    owner_id = make_user("a@b.example.org").id
    make_organisation(owner_id)
    client = signed_in(app, "a@b.example.org")
    opened = client.get("/organisations/1/edit").text
    actor = acting(owner_id, 1)
    service.edit_organisation(actor=actor, organisation_id=1, base_version=1, profile=replace(
        PROFILE, website="https://theirs.example.org/", names={"en": "Harbour Home East"}))
    answer = client.post("/organisations/1/edit", data={
        **hidden(opened), **FORM, "website": "https://mine.example.org/"})
    assert answer.status_code == 409
    rows = re.findall(r"<tr><th scope=\"row\"><a href=\"#(\w+)\">.*?</th><td[^>]*>(.*?)</td><td[^>]*>(.*?)</td></tr>",
                      answer.text)
    assert rows == [
        ("name_zh_Hant", "—", "海港安老院"),
        ("name_en", "Harbour Home East", "Harbour Home"),
        ("website", "https://theirs.example.org/", "https://mine.example.org/"),
    ]
    assert stored()[0].website == "https://theirs.example.org/"
    assert 'value="https://mine.example.org/"' in answer.text
    again = client.post("/organisations/1/edit", data={
        **hidden(answer.text), **FORM, "website": "https://mine.example.org/"})
    assert again.status_code == 302
    assert stored()[0].website == "https://mine.example.org/"


def test_of_two_who_save_at_once_one_is_told(app: Flask) -> None:
    owner_id = make_user("a@b.example.org").id
    make_organisation(owner_id)
    actor = acting(owner_id, 1)
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def save(website: str) -> None:
        with app.app_context():
            start.wait(30)
            try:
                service.edit_organisation(
                    actor=actor, organisation_id=1, base_version=1, profile=replace(PROFILE, website=website))
                outcomes.append(website)
            except Conflict as conflict:
                outcomes.append(f"told of {conflict.theirs.website}")

    for round_number in range(10):
        db.session.execute(sa.update(Organisation).values(lock_version=1, website=""))
        db.session.commit()
        outcomes.clear()
        names = [f"https://{side}{round_number}.example.org/" for side in "ab"]
        threads = [threading.Thread(target=save, args=(name,)) for name in names]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        [kept] = {profile.website for profile in stored()}
        assert sorted(outcomes) == sorted([kept, f"told of {kept}"])


def test_a_new_name_or_place_is_told_to_who_carries_it_and_other_changes_are_not(app: Flask) -> None:
    heard: list[int] = []
    hooks.subscribe(app, "organisation_renamed", lambda organisation_id: heard.append(organisation_id))
    owner_id = make_user("a@b.example.org").id
    make_organisation(owner_id)
    actor = acting(owner_id, 1)
    versions = [
        replace(PROFILE, website="https://other.example.org/"),
        replace(PROFILE, website="https://other.example.org/", names={"en": "New"}),
        replace(PROFILE, website="https://other.example.org/", names={"en": "New"}, place_id="MO"),
        replace(PROFILE, website="https://other.example.org/", names={"en": "New"}, place_id="MO"),
    ]
    counts = []
    for number, profile in enumerate(versions, start=1):
        service.edit_organisation(actor=actor, organisation_id=1, profile=profile, base_version=number)
        counts.append(len(heard))
    assert counts == [0, 1, 2, 2]


def test_public_information_makes_one_organisation_for_one_name(app: Flask) -> None:
    profile = Profile(names={"zh-Hans": "某市民政局"}, is_institution=True)
    first = service.create_from_public_source(actor=Actor.system(), profile=profile).id
    again = service.create_from_public_source(actor=Actor.system(), profile=profile).id
    other = service.create_from_public_source(
        actor=Actor.system(), profile=replace(profile, names={"zh-Hans": "某县民政局"})).id
    assert (first == again, first == other) == (True, False)
    page = browser(app).get(f"/organisations/{first}")
    assert page.status_code == 200
    assert "Public information, not entered by the organisation" in page.text
    assert "Approved by the organisers" not in page.text


def test_a_profile_that_no_form_would_send_is_refused_too(app: Flask) -> None:
    with pytest.raises(Invalid) as refused:
        service.create_from_public_source(actor=Actor.system(), profile=Profile(
            names={}, place_id="XX-99", website="ftp://x", jurisdiction="CN", registration_number="1"))
    assert {name: error.code for name, error in refused.value.errors.items()} == {
        "names": "name_needed", "side": "side_needed", "place": "unknown_place", "website": "not_a_web_address",
        "registration_number": "credit_code_length"}
