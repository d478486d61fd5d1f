"""Members: roles, leaving, and that an organisation always has an owner."""

from __future__ import annotations

import threading

import pytest
from flask import Flask

from marketplace.errors import Invalid, NotAllowed, NotFound
from marketplace.organisations import members
from tests.marketplace.accounts.steps import browser, make_user, send, signed_in
from tests.marketplace.organisations.steps import acting, join, make_organisation, roles


@pytest.fixture
def team(app: Flask) -> dict[str, int]:
    """User ids of organisation 1's owner, editor and viewer, and of organisation 2's owner."""
    ids = {name: make_user(f"{name}@b.example.org", name=name).id for name in ("owner", "editor", "viewer", "other")}
    make_organisation(ids["owner"])
    join(1, ids["editor"], "editor")
    join(1, ids["viewer"], "viewer")
    make_organisation(ids["other"], names={"en": "Other"})
    return ids


def test_the_list_names_members_to_members_only(app: Flask, team: dict[str, int]) -> None:
    statuses = {name: signed_in(app, f"{name}@b.example.org").get("/organisations/1/members").status_code
                for name in team}
    assert statuses == {"owner": 200, "editor": 200, "viewer": 200, "other": 403}
    assert browser(app).get("/organisations/1/members").status_code == 302
    page = signed_in(app, "viewer@b.example.org").get("/organisations/1/members").text
    assert "owner@b.example.org" in page
    assert "Invite somebody" not in page
    assert "Remove" not in page


def test_an_owner_changes_roles_and_removes(app: Flask, team: dict[str, int]) -> None:
    client = signed_in(app, "owner@b.example.org")
    base = "/organisations/1/members"
    send(client, f"{base}/{team['viewer']}/role", {"role": "owner"}, page=base)
    assert roles(1) == {team["owner"]: "owner", team["editor"]: "editor", team["viewer"]: "owner"}
    removed = signed_in(app, "editor@b.example.org")
    assert removed.get("/organisations/1/edit").status_code == 200
    send(client, f"{base}/{team['editor']}/remove", page=base)
    assert roles(1) == {team["owner"]: "owner", team["viewer"]: "owner"}
    assert removed.get("/organisations/1/edit").status_code == 403
    assert send(client, f"{base}/{team['viewer']}/role", {"role": "emperor"}, page=base).status_code == 422
    assert send(client, f"{base}/{team['other']}/remove", page=base).status_code == 404


@pytest.mark.parametrize("name", ["editor", "viewer", "other"])
def test_only_owners_manage_members(app: Flask, team: dict[str, int], name: str) -> None:
    actor = acting(team[name], 1)
    with pytest.raises(NotAllowed):
        members.change_role(actor=actor, organisation_id=1, user_id=team[name], role="owner")
    with pytest.raises(NotAllowed):
        members.remove_member(actor=actor, organisation_id=1, user_id=team["owner"])
    assert roles(1)[team["owner"]] == "owner"
    assert roles(2) == {team["other"]: "owner"}


def test_the_last_owner_stays(app: Flask, team: dict[str, int]) -> None:
    client = signed_in(app, "owner@b.example.org")
    base = "/organisations/1/members"
    for path, data in ((f"{base}/{team['owner']}/role", {"role": "viewer"}), (f"{base}/{team['owner']}/remove", {}),
                       ("/organisations/1/leave", {})):
        answer = send(client, path, data, page=base)
        assert answer.status_code == 422
        assert "An organisation needs an owner. Make somebody else an owner first." in answer.text
    assert roles(1)[team["owner"]] == "owner"


def test_leaving_takes_oneself_out(app: Flask, team: dict[str, int]) -> None:
    client = signed_in(app, "viewer@b.example.org")
    assert send(client, "/organisations/1/leave", page="/organisations/1/members").location == "/account"
    assert roles(1) == {team["owner"]: "owner", team["editor"]: "editor"}
    with pytest.raises(NotFound):
        members.leave(actor=acting(team["viewer"], 1), organisation_id=1)


def test_two_owners_who_leave_at_once_do_not_both_go(app: Flask, team: dict[str, int]) -> None:
    members.change_role(actor=acting(team["owner"], 1), organisation_id=1, user_id=team["editor"], role="owner")
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def go(user_id: int) -> None:
        with app.app_context():
            actor = acting(user_id, 1)
            start.wait(30)
            try:
                members.leave(actor=actor, organisation_id=1)
                outcomes.append("left")
            except Invalid:
                outcomes.append("stays")

    threads = [threading.Thread(target=go, args=(team[name],)) for name in ("owner", "editor")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) == ["left", "stays"]
    assert sorted(roles(1).values()) == ["owner", "viewer"]


def test_two_owners_who_remove_each_other_at_once_do_not_both_go(app: Flask, team: dict[str, int]) -> None:
    members.change_role(actor=acting(team["owner"], 1), organisation_id=1, user_id=team["editor"], role="owner")
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def remove(user_id: int, other_id: int) -> None:
        with app.app_context():
            actor = acting(user_id, 1)
            start.wait(30)
            try:
                members.remove_member(actor=actor, organisation_id=1, user_id=other_id)
                outcomes.append("removed")
            except (NotAllowed, NotFound):
                outcomes.append("was removed")

    pairs = [(team["owner"], team["editor"]), (team["editor"], team["owner"])]
    threads = [threading.Thread(target=remove, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) == ["removed", "was removed"]
    assert sorted(roles(1).values()) == ["owner", "viewer"]
