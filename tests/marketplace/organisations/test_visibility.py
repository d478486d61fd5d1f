"""Who sees what of an organisation: the contact nobody, an unapproved one only its own."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask

from marketplace import clock
from marketplace.extensions import db
from marketplace.organisations import panels, queries, states
from marketplace.organisations.models import Organisation
from tests.marketplace.accounts.steps import browser, make_user, send, signed_in
from tests.marketplace.organisations.steps import PROFILE, join, make_organisation

SECRETS = ("Secret Person", "secret@harbour.example.org", "5555 0000")


def test_the_public_page_shows_the_facts_and_never_the_contact(app: Flask) -> None:
    owner_id = make_user("owner@b.example.org").id
    make_user("other@b.example.org")
    make_user("organiser@b.example.org", organiser=True)
    make_organisation(owner_id)
    other_id = queries.members(1)[0].user_id + 1
    make_organisation(other_id, names={"en": "Other Home"})
    readers = [browser(app), signed_in(app, "other@b.example.org"), signed_in(app, "owner@b.example.org"),
               signed_in(app, "organiser@b.example.org")]
    for reader in readers:
        page = reader.get("/organisations/1")
        assert page.status_code == 200
        assert [secret for secret in SECRETS if secret in page.text] == []
    page = browser(app).get("/organisations/1").text
    for fact in ("Harbour Home", "海港安老院", "Sha Tin, New Territories, Hong Kong", "12345678", "Cantonese, English",
                 "https://harbour.example.org/", "九龍一間有六十個床位的安老院。"):
        assert fact in page
    assert "owner@b.example.org" not in page


def test_the_contact_is_on_the_form_of_those_who_may_edit_only(app: Flask) -> None:
    owner_id = make_user("owner@b.example.org").id
    viewer_id = make_user("viewer@b.example.org").id
    make_user("other@b.example.org")
    make_organisation(owner_id)
    join(1, viewer_id, "viewer")
    answers = {
        name: signed_in(app, f"{name}@b.example.org").get("/organisations/1/edit")
        for name in ("owner", "viewer", "other")
    }
    assert {name: answer.status_code for name, answer in answers.items()} == {"owner": 200, "viewer": 403, "other": 403}
    assert [name for name, answer in answers.items() if SECRETS[0] in answer.text] == ["owner"]
    assert browser(app).get("/organisations/1/edit").location == "/sign-in?next=/organisations/1/edit"


def test_an_unapproved_organisation_is_not_found_by_others(app: Flask) -> None:
    owner_id = make_user("owner@b.example.org").id
    make_user("other@b.example.org")
    make_user("organiser@b.example.org", organiser=True)
    make_organisation(owner_id, approved=False)
    other = signed_in(app, "other@b.example.org")
    pages = ["", "/edit", "/members", "/credentials", "/approval"]
    assert [browser(app).get("/organisations/1").status_code] == [404]
    assert [other.get(f"/organisations/1{page}").status_code for page in pages] == [404] * 5
    owner = signed_in(app, "owner@b.example.org")
    assert [owner.get(f"/organisations/1{page}").status_code for page in pages] == [200] * 5
    assert signed_in(app, "organiser@b.example.org").get("/organisations/1").status_code == 200
    assert other.get("/organisations/1").text == other.get("/organisations/99").text.replace("/99", "/1")


def test_states_are_the_same_in_python_and_in_sql(app: Flask) -> None:
    moments = {"submitted_at": 1, "approved_at": 2, "rejected_at": 4, "suspended_at": 8}
    for bits in range(16):
        db.session.add(Organisation(
            names={"en": str(bits)}, is_supplier=True,
            **{name: clock.now() if bits & bit else None for name, bit in moments.items()}))
    db.session.add(Organisation(names={"en": "merged"}, is_supplier=True, merged_into_id=1, suspended_at=clock.now()))
    db.session.commit()
    rows = db.session.execute(sa.select(Organisation, states.expression(Organisation)).order_by(Organisation.id)).all()
    assert [row.state for row, _sql in rows] == [sql for _row, sql in rows]
    assert {row.state for row, _sql in rows} == set(states.NAMES)
    public = set(db.session.scalars(sa.select(Organisation.id).where(states.is_public(Organisation))))
    assert public == {row.id for row, _sql in rows if row.is_approved}


def test_panels_are_asked_with_who_looks_and_shown_in_order(app: Flask) -> None:
    asked = []

    def panel(organisation_id, actor):
        asked.append((organisation_id, actor.kind))
        return "<section>Offers of it</section>"

    panels.register_panel(app, panel)
    panels.register_panel(app, lambda organisation_id, actor: "")
    make_organisation(make_user("owner@b.example.org").id)
    page = browser(app).get("/organisations/1").text
    assert "<section>Offers of it</section>" in page
    assert asked == [(1, "anonymous")]


def test_a_hostile_name_and_website_are_shown_as_text(app: Flask) -> None:
    owner_id = make_user("owner@b.example.org").id
    make_organisation(owner_id, names={"en": "<script>alert(1)</script>"}, profile={"en": "<img src=x onerror=y>"},
                      website='https://x.example.org/"onmouseover="z')
    page = browser(app).get("/organisations/1").text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert '"onmouseover' not in page


def test_the_other_chinese_script_is_converted_and_the_original_one_tap_away(app: Flask) -> None:
    make_organisation(make_user("owner@b.example.org").id)
    page = browser(app, "zh-CN").get("/organisations/1").text
    assert "九龙一间有六十个床位的安老院。" in page
    assert "九龍一間有六十個床位的安老院。" in page
    assert "海港安老院" in page


def test_finding_by_name_place_and_role(app: Flask) -> None:
    owner_id = make_user("owner@b.example.org").id
    make_organisation(owner_id)
    make_organisation(owner_id, names={"zh-Hans": "广州颐养器械"}, place_id="CN-440103", is_institution=False,
                      is_supplier=True)
    make_organisation(owner_id, approved=False, names={"zh-Hans": "广州隐藏"}, place_id="CN-440103")

    def found(**wanted: str) -> tuple[list[int], int]:
        rows, total = queries.find_organisations(**wanted)  # type: ignore[arg-type]
        return [row.id for row in rows], total

    assert found() == ([1, 2], 2)
    assert found(text="廣州") == ([2], 1)
    assert found(text="HARBOUR h") == ([1], 1)
    assert found(text="%") == ([], 0)
    assert found(place="CN-44") == ([2], 1)
    assert found(place="HK") == ([1], 1)
    assert found(role="supplier") == ([2], 1)
    assert found(role="institution", place="CN") == ([], 0)
    assert queries.find_organisations(page=2, size=1)[0][0].id == 2
    assert queries.public_organisations([1, 2, 3]).keys() == {1, 2}


def test_switching_acts_for_another_organisation_of_ones_own_only(app: Flask) -> None:
    owner_id = make_user("owner@b.example.org").id
    other_id = make_user("other@b.example.org").id
    make_organisation(owner_id, names={"en": "First"})
    make_organisation(owner_id, names={"en": "Second"})
    make_organisation(other_id, names={"en": "Theirs"})
    client = signed_in(app, "owner@b.example.org")

    def acting_for() -> str:
        return client.get("/account").text.split('menu-head mb-0">')[1].split("</a>")[0].split(">")[-2].split("<")[0]

    before = acting_for()
    assert send(client, "/organisations/switch", {"organisation_id": "2", "next": "/account"},
                page="/account").location == "/account"
    assert (before, acting_for()) == ("First", "Second")
    assert send(client, "/organisations/switch", {"organisation_id": "3"}, page="/account").status_code == 404
    assert send(client, "/organisations/switch", {"organisation_id": "x"}, page="/account").status_code == 404
    assert client.post("/organisations/switch", data={"organisation_id": "1"}).status_code == 302
    assert acting_for() == "Second"  # without its token nothing changes
    assert PROFILE.names["en"] not in client.get("/account").text
