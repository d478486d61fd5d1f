"""Anybody pastes a need and sees what meets it; only that browser reads it again, and it survives signing up."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace import clock
from marketplace.demands.models import Demand
from marketplace.extensions import db
from tests.marketplace import factories as make


@pytest.fixture
def offer_id(app: Flask) -> int:
    _supplier, seller = make.make_organisation(kind="supplier")
    offer = make.make_offer(seller)
    make.run_jobs()
    return offer.id


def paste(client: FlaskClient, text: str):
    return make.post(client, "/", "/need", text=text)


def test_a_visitor_sees_what_meets_a_pasted_need_and_nobody_else_reads_it(app: Flask, client, offer_id: int) -> None:
    answer = paste(client, "沙田院舍需要30张电动护理床\n- 载重至少180公斤")
    assert answer.status_code == 303
    shown = client.get(answer.location)
    assert shown.status_code == 200
    assert f'href="/offers/{offer_id}"' in shown.text
    assert "载重至少180公斤" in shown.text
    assert app.test_client().get(answer.location).status_code == 404


def test_a_day_without_a_year_is_shown_as_assumed_with_its_words(app: Flask, client, offer_id: int) -> None:
    with clock.frozen(datetime(2026, 11, 25, tzinfo=UTC)):
        answer = paste(client, "30 electric nursing beds for Sha Tin, delivered before 20 January")
    # Looked at later, the day is still that of the text's own coming January.
    page = client.get(answer.location).text
    assert "20 January 2027" in page or "20 Jan 2027" in page
    assert "the nearest day to come is assumed" in page
    assert "<q" in page
    assert "20 January</q>" in page


def test_a_pasted_need_becomes_a_draft_of_the_organisation_that_signs_in(app: Flask, client, offer_id: int) -> None:
    paste(client, "30 electric nursing beds for a home in Sha Tin")
    institution, buyer = make.make_organisation(kind="institution", approved=False)
    from marketplace.accounts.models import User

    make.sign_in(client, db.session.get(User, buyer.user_id))
    assert "The need you pasted waits" in client.get("/desk").text
    made = make.post(client, "/desk", "/need/draft")
    assert made.status_code == 303
    [demand] = db.session.query(Demand).all()
    assert (demand.organisation_id, demand.live_version_id, made.location) == (
        institution.id,
        None,
        f"/demands/{demand.id}/edit",
    )
    assert demand.draft_version.content["texts"]["title"]["en"].startswith("30 electric nursing beds")
    assert "The need you pasted waits" not in client.get("/desk").text


def test_a_need_that_no_draft_holds_is_shown_again(app: Flask, client, offer_id: int) -> None:
    text = f"need {'9' * 40} nursing beds"
    paste(client, text)
    from marketplace.accounts.models import User

    make.sign_in(client, db.session.get(User, make.make_organisation(kind="institution")[1].user_id))
    made = make.post(client, "/desk", "/need/draft")
    assert (made.status_code, text in made.text, 'id="errors"' in made.text) == (422, True, True)
    assert db.session.query(Demand).count() == 0


@pytest.mark.parametrize("text", ["", "   ", "x" * 20_001, "bed\x00bed"])
def test_a_need_that_cannot_be_taken_is_refused_and_kept(client: FlaskClient, offer_id: int, text: str) -> None:
    answer = paste(client, text)
    assert answer.status_code == 422
    assert 'id="errors"' in answer.text


@pytest.mark.parametrize("text", ["😀" * 50, "\u202eabc\u0007", '"unbalanced (', "护" * 20_000, "a " * 5000])
def test_odd_needs_get_an_answer(client: FlaskClient, offer_id: int, text: str) -> None:
    answer = paste(client, text)
    assert answer.status_code == 303
    assert client.get(answer.location).status_code == 200


def test_an_expired_token_shows_the_filled_form_again(client: FlaskClient, offer_id: int) -> None:
    answer = client.post("/need", data={"csrf_token": "old", "text": "30 beds"})
    assert answer.status_code == 422
    assert "30 beds" in answer.text
    assert "Nothing is lost" in answer.text
