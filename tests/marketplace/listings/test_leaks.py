"""Nobody sees another organisation's drafts, by any address, in any state."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from flask import Flask

from marketplace import clock
from marketplace.extensions import db
from marketplace.listings import queries, service
from marketplace.organisations.models import Organisation
from marketplace.transaction import transaction
from tests.marketplace.listings.steps import (
    CONTENTS,
    DESKS,
    make_actor,
    make_listing,
    make_member,
    make_organisation,
    make_organiser,
    sign_in,
    visitor,
)

GETS = ("", "/edit", "/preview", "/history", "/withdraw")
POSTS = ("/edit", "/publish", "/withdraw", "/copy", "/confirm", "/discard")
SECRET = "Words of the draft"


def titled(name: str, title: str) -> dict:
    raw = CONTENTS[name]
    return {"texts": {**raw["texts"], "title": {raw["lang"]: title}}}


@pytest.mark.parametrize("name", ["offer", "demand"])
def test_a_draft_is_not_there_for_others(app: Flask, name: str) -> None:
    owner = make_actor()
    listing = make_listing(DESKS[name], owner, published=False, **titled(name, SECRET))
    readers = {
        "visitor": visitor(app),
        "stranger": sign_in(app, make_actor("Peak Homes", "ho@peak.example")),
        "organiser": sign_in(app, make_organiser()),
    }
    for reader, client in readers.items():
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/account").text)
        assert (token is None) == (reader == "visitor")
        for path in GETS:
            answer = client.get(f"/{name}s/{listing.id}{path}")
            expected = 302 if reader == "visitor" and path else 404
            assert (answer.status_code, SECRET in answer.text) == (expected, False), (reader, path)
        for path in POSTS:
            answer = client.post(
                f"/{name}s/{listing.id}{path}",
                data={"csrf_token": token[1] if token else "", "submission_id": "x", "action": "save"},
            )
            assert answer.status_code in ((302,) if reader == "visitor" else (404,)), (reader, path)
    db.session.rollback()
    [version] = queries.versions(DESKS[name], listing.id)
    assert (listing.draft_version_id, listing.live_version_id, listing.withdrawn_at) == (version.id, None, None)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(DESKS[name].listing)) == 1


@pytest.mark.parametrize("name", ["offer", "demand"])
def test_what_is_published_is_public_and_its_new_draft_is_not(app: Flask, name: str) -> None:
    owner = make_actor()
    listing = make_listing(DESKS[name], owner, **titled(name, "Public words"))
    service.save_draft(
        DESKS[name],
        actor=owner,
        listing_id=listing.id,
        base_version_id=listing.live_version_id,
        raw={**CONTENTS[name], **titled(name, SECRET)},
    )
    for client in (visitor(app), sign_in(app, make_actor("Peak Homes", "ho@peak.example"))):
        page = client.get(f"/{name}s/{listing.id}").text
        assert ("Public words" in page, SECRET in page) == (True, False)


@pytest.mark.parametrize("name", ["offer", "demand"])
@pytest.mark.parametrize("state", ["withdrawn", "scheduled", "suspended owner", "closed"])
def test_who_sees_the_page_in_each_state(app: Flask, name: str, state: str) -> None:
    organisation = make_organisation()
    owner, viewer = make_member(organisation), make_member(organisation, "lee@harbour.example", "viewer")
    dates = {"scheduled": {"opens_on": "2199-01-01"}}.get(state, {})
    listing = make_listing(DESKS[name], owner, dates=dates)
    with transaction():
        row = service.locked(DESKS[name], listing.id)
        if state == "withdrawn":
            row.withdrawn_at = clock.now()
        elif state == "closed":
            row.closes_at = clock.now()
        elif state == "suspended owner":
            db.session.get(Organisation, organisation).suspended_at = clock.now()
    page = f"/{name}s/{listing.id}"
    clients = {
        "visitor": visitor(app),
        "stranger": sign_in(app, make_actor("Peak Homes", "ho@peak.example")),
        "viewer": sign_in(app, viewer),
        "organiser": sign_in(app, make_organiser()),
    }
    public = 200 if state == "closed" else 404
    assert {who: client.get(page).status_code for who, client in clients.items()} == {
        "visitor": public,
        "stranger": public,
        "viewer": 200,
        "organiser": 200,
    }


@pytest.mark.parametrize("name", ["offer", "demand"])
def test_a_viewer_reads_everything_and_changes_nothing(app: Flask, name: str) -> None:
    organisation = make_organisation()
    owner, viewer = make_member(organisation), make_member(organisation, "lee@harbour.example", "viewer")
    listing = make_listing(DESKS[name], owner)
    client = sign_in(app, viewer)
    statuses = {path: client.get(f"/{name}s/{listing.id}{path}").status_code for path in GETS}
    assert statuses == {"": 200, "/edit": 403, "/preview": 200, "/history": 200, "/withdraw": 403}
    assert client.get(f"/{name}s/new").status_code == 403
    shown = client.get(f"/{name}s/{listing.id}").text
    assert f"/{name}s/{listing.id}/edit" not in shown


@pytest.mark.parametrize("name", ["offer", "demand"])
def test_a_visitor_signs_in_first_and_comes_back(app: Flask, name: str) -> None:
    answer = visitor(app).get(f"/{name}s/new?kind=equipment")
    assert (answer.status_code, answer.location) == (302, f"/sign-in?next=/{name}s/new?kind%3Dequipment")


@pytest.mark.parametrize("name", ["offer", "demand"])
def test_a_hidden_price_is_nowhere_on_the_page_of_a_stranger(app: Flask, name: str) -> None:
    owner = make_actor()
    listing = make_listing(DESKS[name], owner, price_audience="hidden")
    sums = {"offer": "6,800", "demand": "200,000"}[name]
    assert sums not in visitor(app).get(f"/{name}s/{listing.id}").text
    assert sums in sign_in(app, owner).get(f"/{name}s/{listing.id}").text


@pytest.mark.parametrize("name", ["offer", "demand"])
def test_an_expired_token_of_a_button_leads_back_and_does_nothing(app: Flask, name: str) -> None:
    owner = make_actor()
    listing = make_listing(DESKS[name], owner, published=False)
    client = sign_in(app, owner)
    for verb in ("publish", "copy", "confirm", "discard"):
        answer = client.post(f"/{name}s/{listing.id}/{verb}", data={"csrf_token": "expired"})
        assert (answer.status_code, answer.location) == (303, f"/{name}s/{listing.id}/preview"), verb
    db.session.rollback()
    assert listing.live_version_id is None
    assert db.session.scalar(sa.select(sa.func.count()).select_from(DESKS[name].listing)) == 1
