"""What a person does with the form, in a browser without JavaScript."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from catalogue import kinds
from marketplace.extensions import db
from marketplace.files.models import StoredFile
from marketplace.listings import queries, service
from marketplace.listings.desk import Desk
from tests.marketplace.files import making
from tests.marketplace.listings.steps import (
    CONTENTS,
    DESKS,
    errors_of,
    fields_of,
    fill_in,
    make_actor,
    make_listing,
    make_member,
    make_organisation,
    send,
    sign_in,
    visitor,
    words_of,
)

TITLE = {"offer": "title_en", "demand": "title_zh_Hant"}


@pytest.fixture(params=["offer", "demand"])
def desk(request: pytest.FixtureRequest) -> Desk:
    return DESKS[request.param]


def count(desk: Desk) -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(desk.listing)) or 0


def numbers(desk: Desk, listing_id: int) -> list[int]:
    db.session.rollback()
    return [version.number for version in queries.versions(desk, listing_id)]


def newest(desk: Desk, listing_id: int) -> dict[str, Any]:
    db.session.rollback()
    return queries.versions(desk, listing_id)[0].content


def test_a_new_listing_is_drafted_completed_and_published(app: Flask, desk: Desk) -> None:
    client = sign_in(app, make_actor())
    chooser = client.get(f"/{desk.plural}/new").text
    assert f'href="/{desk.plural}/new?kind=equipment"' in chooser
    made = fill_in(client, f"/{desk.plural}/new?kind=equipment", {"lang": "en", "title_en": "Nursing bed"})
    assert (made.status_code, made.location) == (303, f"/{desk.plural}/1/edit")
    page = client.get(made.location)
    named = {"offer": "Summary (English)", "demand": "Description of the need (English)"}[desk.name]
    assert re.findall(rf'<a href="#{desk.body}_en">([^<]+)</a>', page.text) == [named]
    refused = fill_in(client, made.location, action="publish")
    assert (refused.status_code, refused.location) == (303, f"/{desk.plural}/1/edit#missing")
    done = fill_in(client, made.location, {f"{desk.body}_en": "Thirty of them."}, action="publish")
    assert (done.status_code, done.location) == (303, f"/{desk.plural}/1")
    shown = visitor(app).get(done.location)
    assert shown.status_code == 200
    assert "Nursing bed" in words_of(shown.text)
    assert "Thirty of them." in words_of(shown.text)


def test_every_kind_has_its_form(app: Flask, desk: Desk) -> None:
    actor = make_actor()
    clients = [sign_in(app, actor, language) for language in ("en", "zh-CN", "zh-HK")]
    for number, kind in enumerate(kinds.all_kinds()):
        assert clients[number % 3].get(f"/{desk.plural}/new?kind={kind.key}").status_code == 200, kind.key


def test_a_form_shows_again_what_is_stored_and_saving_it_changes_nothing(app: Flask, desk: Desk) -> None:
    actor = make_actor()
    file_id = upload(actor, making.picture(), "bed.jpg", "picture")
    listing = make_listing(
        desk,
        actor,
        pictures=[{"file": file_id, "alt": {CONTENTS[desk.name]["lang"]: "A bed", "zh-Hans": "床"}}],
        facts={
            "rental": True,
            "features": {"en": ["quiet", "washable"], "zh-Hans": ["安静"]},
            "load_kg": "200.5",
            "price" if desk.name == "offer" else "features": (
                {"minor": 680050, "currency": "MOP"} if desk.name == "offer" else {"en": ["quiet"]}
            ),
            "serves" if desk.name == "offer" else "rental": ["CN-4401", "HK"] if desk.name == "offer" else True,
        },
        dates={"closes_on": "2199-12-31"},
        price_audience="members",
    )
    before = newest(desk, listing.id)
    saved = fill_in(sign_in(app, actor), f"/{desk.plural}/{listing.id}/edit")
    assert saved.status_code == 303
    assert newest(desk, listing.id) == before


def upload(actor: Any, content: bytes, name: str, purpose: str) -> int:
    from marketplace.files import service as files

    return files.store(actor=actor, stream=io.BytesIO(content), filename=name, purpose=purpose).id


def test_a_double_click_makes_one_listing(app: Flask, desk: Desk) -> None:
    client = sign_in(app, make_actor())
    path = f"/{desk.plural}/new?kind=equipment"
    fields = fields_of(client.get(path).text)
    answers = [send(client, path, fields, {"title_en": "Bed"}) for _ in range(2)]
    assert [(a.status_code, a.location) for a in answers] == [(303, f"/{desk.plural}/1/edit")] * 2
    assert count(desk) == 1


def test_a_double_click_saves_one_version(app: Flask, desk: Desk) -> None:
    actor = make_actor()
    listing = make_listing(desk, actor)
    client = sign_in(app, actor)
    path = f"/{desk.plural}/{listing.id}/edit"
    fields = fields_of(client.get(path).text)
    answers = [send(client, path, fields, {TITLE[desk.name]: "Better bed"}) for _ in range(2)]
    assert [(a.status_code, a.location) for a in answers] == [(303, path)] * 2
    assert numbers(desk, listing.id) == [2, 1]


def test_an_expired_token_shows_the_filled_form_and_sending_it_again_does_it(app: Flask, desk: Desk) -> None:
    client = sign_in(app, make_actor())
    path = f"/{desk.plural}/new?kind=equipment"
    fields = {**fields_of(client.get(path).text), "csrf_token": ["expired"]}
    refused = send(client, path, fields, {"title_en": "Nursing bed", "title_zh_Hans": "护理床"})
    assert refused.status_code == 422
    assert errors_of(refused.text) == ["This page was open for too long. Nothing is lost: please send it again."]
    again = fields_of(refused.text)
    assert (again["title_en"], again["title_zh_Hans"]) == (["Nursing bed"], ["护理床"])
    assert count(desk) == 0
    assert send(client, path, again).status_code == 303
    assert newest(desk, 1)["texts"]["title"] == {"en": "Nursing bed", "zh-Hans": "护理床"}


def test_the_second_saver_sees_both_versions_with_their_own_words_kept(app: Flask, desk: Desk) -> None:
    organisation = make_organisation()
    first, second = make_member(organisation), make_member(organisation, "lee@harbour.example", "editor")
    listing = make_listing(desk, first)
    path = f"/{desk.plural}/{listing.id}/edit"
    client = sign_in(app, second)
    fields = fields_of(client.get(path).text)
    assert fill_in(sign_in(app, first), path, {TITLE[desk.name]: "Bed of the first"}).status_code == 303
    refused = send(client, path, fields, {TITLE[desk.name]: "Bed of the second", "closes_on": "2199-01-31"})
    assert refused.status_code == 409
    rows = re.search(r'id="conflict".*?</table>', refused.text, re.S)
    assert rows is not None
    told = [re.sub(r"<[^>]+>", "|", row) for row in re.findall(r"<tr><th scope=\"row\">.*?</tr>", rows[0], re.S)]
    labels = {"offer": "Title (English)", "demand": "Title (繁體中文)"}
    assert [[part for part in row.split("|") if part] for row in told] == [
        [labels[desk.name], "Bed of the first", "Bed of the second"],
        ["Closes on", "–", "Thu 31 Jan 2199"],
    ]
    assert newest(desk, listing.id)["texts"]["title"] == {CONTENTS[desk.name]["lang"]: "Bed of the first"}
    kept = fields_of(refused.text)
    assert (kept[TITLE[desk.name]], kept["closes_on"]) == (["Bed of the second"], ["2199-01-31"])
    assert send(client, path, kept).status_code == 303
    assert newest(desk, listing.id)["texts"]["title"] == {CONTENTS[desk.name]["lang"]: "Bed of the second"}
    assert numbers(desk, listing.id) == [3, 2, 1]


def test_a_published_listing_stays_as_it_is_while_its_draft_changes(app: Flask, desk: Desk) -> None:
    actor = make_actor()
    listing = make_listing(desk, actor)
    client = sign_in(app, actor)
    fill_in(client, f"/{desk.plural}/{listing.id}/edit", {TITLE[desk.name]: "Not for others yet"})
    page = f"/{desk.plural}/{listing.id}"
    assert "Not for others yet" not in visitor(app).get(page).text
    assert "Not for others yet" not in client.get(page).text
    assert "Not for others yet" in client.get(f"{page}/preview").text


def test_more_rows_are_added_and_nothing_typed_or_uploaded_is_lost(app: Flask, desk: Desk) -> None:
    client = sign_in(app, make_actor())
    path = f"/{desk.plural}/new?kind=equipment"
    fields = fields_of(client.get(path).text)
    rows = len({name for name in fields if re.fullmatch(r"pictures-\d+-file", name)})
    answer = send(
        client,
        path,
        fields,
        {
            "title_en": "Bed",
            "pictures-0-upload": (io.BytesIO(making.picture()), "bed.jpg"),
            "pictures-0-text_en": "A bed",
        },
        "rows",
    )
    again = fields_of(answer.text)
    assert answer.status_code == 200
    assert (again["title_en"], again["pictures-0-text_en"]) == (["Bed"], ["A bed"])
    assert again["pictures-0-file"] == [str(db.session.scalar(sa.select(StoredFile.id)))]
    assert len({name for name in again if re.fullmatch(r"pictures-\d+-file", name)}) > rows
    assert count(desk) == 0
    assert send(client, path, again).status_code == 303
    assert newest(desk, 1)["pictures"] == [{"file": int(again["pictures-0-file"][0]), "alt": {"en": "A bed"}}]


def test_another_kind_keeps_what_the_two_have_in_common(app: Flask) -> None:
    client = sign_in(app, make_actor())
    path = "/offers/new?kind=equipment"
    changed = fill_in(
        client,
        path,
        {"title_en": "Bed", "new_kind": "care_place", "fact_price_amount": "100", "fact_price_currency": "HKD"},
        "kind",
    )
    fields = fields_of(changed.text)
    assert changed.status_code == 200
    assert (fields["kind"], fields["title_en"], fields["fact_price_amount"], fields["fact_price_currency"]) == (
        ["care_place"],
        ["Bed"],
        ["100"],
        ["HKD"],
    )
    assert "fact_load_kg" not in fields
    assert send(client, path, fields).status_code == 303
    assert newest(DESKS["offer"], 1)["kind"] == "care_place"


def test_a_picture_is_taken_off(app: Flask, desk: Desk) -> None:
    actor = make_actor()
    file_id = upload(actor, making.picture(), "bed.jpg", "picture")
    lang = CONTENTS[desk.name]["lang"]
    listing = make_listing(desk, actor, pictures=[{"file": file_id, "alt": {lang: "A bed"}}])
    fill_in(sign_in(app, actor), f"/{desk.plural}/{listing.id}/edit", {"pictures-0-remove": "y"})
    assert newest(desk, listing.id)["pictures"] == []


def test_places_are_understood_and_what_is_not_is_said(app: Flask) -> None:
    actor = make_actor()
    client = sign_in(app, actor)
    made = fill_in(client, "/offers/new?kind=equipment", {"fact_serves": "廣州\nShenzhen\nAtlantis"})
    content = newest(DESKS["offer"], 1)
    assert (content["facts"]["serves"], content["unresolved"]) == (["CN-4401", "CN-4403"], {"serves": ["Atlantis"]})
    page = client.get(made.location).text
    said = words_of(page)
    assert "Understood as: Guangzhou, Guangdong; Shenzhen, Guangdong" in said
    assert "Not found among the places, so it does not count in matching: Atlantis" in said
    assert fields_of(page)["fact_serves"] == ["Guangzhou\nShenzhen\nAtlantis"]


def test_a_demands_place_is_understood_and_what_is_not_is_said(app: Flask) -> None:
    client = sign_in(app, make_actor())
    fill_in(client, "/demands/new?kind=equipment", {"place_text": "澳門"})
    fill_in(client, "/demands/new?kind=equipment", {"place_text": "Atlantis"})
    contents = [newest(DESKS["demand"], number) for number in (1, 2)]
    assert [(c["place_text"], c["places"]) for c in contents] == [("澳門", ["MO"]), ("Atlantis", [])]
    assert "does not count in matching: Atlantis" in words_of(client.get("/demands/2/edit").text)


def test_a_missing_translation_shows_the_original_beside_its_field(app: Flask, desk: Desk) -> None:
    actor = make_actor()
    listing = make_listing(
        desk, actor, lang="en", texts={"title": {"en": "Bed", "zh-Hans": "床"}, desk.body: {"en": "Low entry."}}
    )
    page = sign_in(app, actor).get(f"/{desk.plural}/{listing.id}/edit").text
    hints = dict(re.findall(r'id="(\w+)-hint">Not translated yet. Original: ([^<]*)<', page))
    assert hints == {"title_zh_Hant": "Bed", f"{desk.body}_zh_Hans": "Low entry.", f"{desk.body}_zh_Hant": "Low entry."}
    opened = re.findall(r"<details( open)?>\s*<summary><span lang=\"([\w-]+)\">", page)
    assert opened == [(" open", "en"), ("", "zh-Hans"), ("", "zh-Hant")]


def test_an_unapproved_organisation_is_told_why_and_loses_nothing(app: Flask, desk: Desk) -> None:
    actor = make_actor(approved=False)
    client = sign_in(app, actor)
    answer = fill_in(
        client,
        f"/{desk.plural}/new?kind=equipment",
        {"lang": "en", "title_en": "Bed", f"{desk.body}_en": "Low."},
        "publish",
    )
    assert (answer.status_code, answer.location) == (303, f"/{desk.plural}/1/preview")
    page = client.get(answer.location)
    assert "Saved. To publish, ask the organisers to approve your organisation." in words_of(page.text)
    assert f'href="/organisations/{actor.organisation_id}"' in page.text
    assert visitor(app).get(f"/{desk.plural}/1").status_code == 404
    assert newest(desk, 1)["texts"]["title"] == {"en": "Bed"}


def test_history_shows_what_each_version_changed(app: Flask, desk: Desk) -> None:
    actor = make_actor()
    listing = make_listing(desk, actor)
    lang = CONTENTS[desk.name]["lang"]
    raw = service.version_of(desk, listing.live_version_id).content
    service.save_draft(
        desk,
        actor=actor,
        listing_id=listing.id,
        base_version_id=listing.live_version_id,
        raw={**raw, "texts": {**raw["texts"], "title": {lang: "A better bed"}}},
    )
    before = CONTENTS[desk.name]["texts"]["title"][lang]
    said = words_of(sign_in(app, actor).get(f"/{desk.plural}/{listing.id}/history").text)
    label = "Title (English)" if lang == "en" else "Title (繁體中文)"
    assert f"Version 2 against version 1 What Before After {label} {before} A better bed All versions" in said


def test_withdrawing_asks_first(app: Flask, desk: Desk) -> None:
    actor = make_actor()
    listing = make_listing(desk, actor)
    client = sign_in(app, actor)
    path = f"/{desk.plural}/{listing.id}"
    asked = client.get(f"{path}/withdraw")
    assert visitor(app).get(path).status_code == 200
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', asked.text)
    done = client.post(f"{path}/withdraw", data={"csrf_token": token[1], "submission_id": "w"})  # type: ignore[index]
    assert done.status_code == 303
    assert visitor(app).get(path).status_code == 404
    assert client.post(f"{path}/withdraw", data={}).status_code == 422
