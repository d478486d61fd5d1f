"""Credentials: what the public page shows of them, and that their files are the organisers' to see."""

from __future__ import annotations

import io
from datetime import timedelta

import sqlalchemy as sa
from flask import Flask

from marketplace import clock
from marketplace.actor import Actor
from marketplace.extensions import db
from marketplace.files.models import StoredFile
from marketplace.organisations import policy
from marketplace.organisations.models import Credential
from tests.marketplace.accounts.steps import browser, errors, hidden, make_user, send, signed_in
from tests.marketplace.organisations.steps import acting, join, make_organisation

PATH = "/organisations/1/credentials"
FORM = {"kind": "Residential care home licence", "issuer": "Social Welfare Department", "number": "LORCHE-1",
        "expires_on": "2031-06-30", "scope": "60 places"}
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"


def test_a_credential_stands_on_the_public_page_with_its_expiry(app: Flask) -> None:
    make_organisation(make_user("owner@b.example.org").id)
    client = signed_in(app, "owner@b.example.org")
    assert send(client, PATH, FORM).location == PATH
    past = (clock.now() - timedelta(days=3)).date().isoformat()
    send(client, PATH, {"kind": "ISO 13485", "issuer": "A body", "expires_on": past})
    page = browser(app).get("/organisations/1").text
    for fact in ("Residential care home licence", "Social Welfare Department", "LORCHE-1", "30 Jun 2031", "60 places"):
        assert fact in page
    assert page.count(">expired<") == 1


def test_a_file_is_for_members_and_organisers(app: Flask) -> None:
    owner_id = make_user("owner@b.example.org").id
    viewer_id = make_user("viewer@b.example.org").id
    other_id = make_user("other@b.example.org").id
    make_organisation(owner_id)
    join(1, viewer_id, "viewer")
    make_organisation(other_id, names={"en": "Other"})
    client = signed_in(app, "owner@b.example.org")
    answer = send(client, PATH, {**FORM, "file": (io.BytesIO(PDF), "licence.pdf")},
                  content_type="multipart/form-data")
    assert answer.status_code == 302, errors(answer.text)
    file = db.session.scalars(sa.select(StoredFile)).one()
    assert "licence.pdf" in client.get(PATH).text
    assert "licence.pdf" not in browser(app).get("/organisations/1").text
    readers = {
        "owner": acting(owner_id, 1), "viewer": acting(viewer_id, 1), "other": acting(other_id, 2),
        "visitor": Actor.anonymous(), "organiser": Actor(user_id=99, kind="organiser"),
    }
    assert {name: policy.may_read_file(actor, file) for name, actor in readers.items()} == {
        "owner": True, "viewer": True, "other": False, "visitor": False, "organiser": True}


def test_bad_input_is_said_at_its_field_and_the_rest_is_kept(app: Flask) -> None:
    make_organisation(make_user("owner@b.example.org").id)
    client = signed_in(app, "owner@b.example.org")
    answer = send(client, PATH, {**FORM, "kind": "", "expires_on": "30/06/2031"})
    assert (answer.status_code, errors(answer.text)) == (422, [
        "What it is: Please fill this in.",
        "Valid until: Please give a date as year-month-day, for example 2026-12-31."])
    assert 'value="30/06/2031"' in answer.text
    assert 'value="LORCHE-1"' in answer.text
    answer = send(client, PATH, {**FORM, "file": (io.BytesIO(b"MZ not a document"), "licence.pdf")},
                  content_type="multipart/form-data")
    assert answer.status_code == 422
    assert [said.partition(":")[0] for said in errors(answer.text)] == ["Copy of it"]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Credential)) == 0


def test_a_double_click_adds_one(app: Flask) -> None:
    make_organisation(make_user("owner@b.example.org").id)
    client = signed_in(app, "owner@b.example.org")
    data = {**hidden(client.get(PATH).text), **FORM}
    assert [client.post(PATH, data=data).status_code for _ in range(2)] == [302, 302]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Credential)) == 1


def test_only_owners_and_editors_add_and_remove_and_only_their_own(app: Flask) -> None:
    owner_id = make_user("owner@b.example.org").id
    make_organisation(owner_id)
    join(1, make_user("viewer@b.example.org").id, "viewer")
    join(1, make_user("editor@b.example.org").id, "editor")
    make_organisation(make_user("other@b.example.org").id, names={"en": "Other"})
    assert send(signed_in(app, "editor@b.example.org"), PATH, FORM).status_code == 302
    assert signed_in(app, "viewer@b.example.org").get(PATH).status_code == 403
    other = signed_in(app, "other@b.example.org")
    token = hidden(other.get("/account").text)
    assert other.post("/organisations/1/credentials/1/remove", data=token).status_code == 403
    assert other.post("/organisations/2/credentials/1/remove", data=token).status_code == 404
    client = signed_in(app, "owner@b.example.org")
    assert send(client, "/organisations/1/credentials/1/remove", page=PATH).location == PATH
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Credential)) == 0
