"""Outcomes asked for after months: once for each side, meeting and month, and answered by one tap of a link."""

from __future__ import annotations

import io
import re
import threading
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.errors import Invalid, NotFound
from marketplace.extensions import db
from marketplace.matchmaking import after, followup
from marketplace.matchmaking.after_models import MeetingFeedback, Outcome, OutcomeAsk, OutcomeRound
from marketplace.notifications.models import Notification
from tests.marketplace import factories as make
from tests.marketplace.matchmaking.test_after import After

HELD = date(2030, 5, 1)


def at(day: date) -> datetime:
    """Noon of a day where the event is."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo("Asia/Hong_Kong"))


@pytest.fixture
def world(app: Flask) -> After:
    world = After()
    with clock.frozen(world.starts_at + timedelta(minutes=1)):
        after.give_feedback(actor=world.buyer, meeting_id=world.meeting_id, answer="possible")
        after.give_feedback(actor=world.seller, meeting_id=world.meeting_id, answer="no_interest")
    return world


def asked(day: date) -> int:
    with clock.frozen(at(day)):
        return followup.ask_due()


def only_link() -> str:
    return followup.link_of_round(db.session.scalars(sa.select(OutcomeRound)).one())


def form_token(client: FlaskClient, token: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(f"/o/{token}").text)
    return found[1] if found else ""


def tap(client: FlaskClient, token: str, meeting_id: int, *, csrf: str = "", **data: object) -> object:
    return client.post(f"/o/{token}/{meeting_id}", data={"csrf_token": csrf or form_token(client, token), **data})


def outcomes() -> list[tuple[str, int | None, str | None, bool]]:
    db.session.rollback()
    return [(one.stage, one.minor, one.currency, one.confirmed_at is not None)
            for one in db.session.scalars(sa.select(Outcome).order_by(Outcome.id))]


@pytest.mark.parametrize(
    ("day", "months", "due"),
    [(date(2030, 1, 31), 1, date(2030, 2, 28)), (date(2030, 11, 30), 3, date(2031, 2, 28)),
     (date(2030, 5, 1), 12, date(2031, 5, 1)), (date(2030, 12, 1), 1, date(2031, 1, 1))],
)
def test_months_end_with_the_month(day: date, months: int, due: date) -> None:
    assert followup.months_after(day, months) == due


def test_each_side_and_month_is_asked_exactly_once(app: Flask, world: After) -> None:
    days = [date(2030, 5, 31), date(2030, 6, 1), date(2030, 6, 1), date(2030, 6, 2), date(2030, 8, 1),
            date(2030, 8, 20), date(2030, 11, 1), date(2031, 5, 1), date(2031, 5, 2), date(2032, 5, 1)]
    assert [asked(day) for day in days] == [0, 1, 0, 0, 1, 0, 1, 1, 0, 0]
    rounds = db.session.scalars(sa.select(OutcomeRound).order_by(OutcomeRound.month)).all()
    assert [(one.month, one.participation_id, [ask.meeting_id for ask in one.asks]) for one in rounds] == [
        (month, world.buyers[0][0], [world.meeting_id]) for month in (1, 3, 6, 12)]
    told = db.session.scalars(sa.select(Notification).where(Notification.kind == "outcome_asked")).all()
    assert [one.organisation_id for one in told] == [world.buyer.organisation_id] * 4


def test_a_month_that_was_slept_through_is_not_asked_for_late(app: Flask, world: After) -> None:
    assert (asked(date(2030, 6, 21)), asked(date(2030, 7, 20))) == (1, 0)


def test_whoever_saw_nothing_in_it_is_not_told_what_the_other_thinks(app: Flask, world: After) -> None:
    asked(date(2030, 6, 1))
    assert db.session.scalars(sa.select(OutcomeRound.participation_id)).all() == [world.buyers[0][0]]
    world.say(world.buyer, stage="intent")     # both know of it now
    assert asked(date(2030, 8, 1)) == 2


@pytest.mark.parametrize(("stage", "asks"), [("signed", 2), ("delivered", 2), ("in_use", 0), ("lapsed", 0)])
def test_what_is_final_is_not_asked_again(app: Flask, world: After, stage: str, asks: int) -> None:
    world.say(world.buyer, stage="intent", happened_on="2030-05-02")
    world.say(world.buyer, stage=stage, happened_on="2030-05-20")
    assert asked(date(2030, 6, 1)) == asks


def test_without_a_hope_nobody_is_asked(app: Flask, world: After) -> None:
    db.session.execute(sa.update(MeetingFeedback).values(answer="informative"))
    db.session.commit()
    assert asked(date(2030, 6, 1)) == 0


def test_the_mail_carries_the_link_and_one_tap_answers_without_signing_in(
    app: Flask, world: After, client: FlaskClient
) -> None:
    with clock.frozen(at(date(2030, 6, 1))):
        assert followup.ask_due() == 1
        make.run_jobs()
        mails = [path.read_bytes().decode("utf-8", "replace").replace("=\n", "").replace("=\r\n", "")
                 for path in app.config["SETTINGS"].mail_folder.rglob("*") if path.is_file()]
        token = only_link()
        assert sum(f"/o/{token}" in mail for mail in mails) == 1
        for _look in range(3):     # programs that check links look at them
            page = client.get(f"/o/{token}")
            assert (page.status_code, page.headers["Cache-Control"], page.headers["Referrer-Policy"]) == (
                200, "no-store", "no-referrer")
        assert client.head(f"/o/{token}").status_code == 200
        assert outcomes() == []
        csrf = form_token(client, token)    # of the page that an impatient finger presses again
        for said in ({"answer": "signed", "amount": "120,000", "currency": "HKD"},
                     {"answer": "intent", "amount": "7", "currency": "CNY"}, {"answer": "nothing"}):
            assert tap(client, token, world.meeting_id, csrf=csrf, **said).status_code == 303
        assert outcomes() == [("signed", 12000000, "HKD", False)]
        page = client.get(f"/o/{token}").text
        assert ("HKD 120,000" in page, "said by you" in page, 'name="answer"' in page) == (True, True, False)
    assert db.session.scalars(sa.select(OutcomeAsk.answer)).all() == ["signed"]


def test_the_other_side_confirms_by_one_tap_and_nobody_else(app: Flask, world: After, client: FlaskClient) -> None:
    world.say(world.buyer, stage="intent", amount="5000", currency="CNY")
    told = db.session.scalars(sa.select(Notification).where(Notification.kind == "outcome_said")).one()
    assert (told.organisation_id, "minor" in told.params) == (world.seller.organisation_id, False)
    with clock.frozen(at(date(2030, 6, 1))):
        assert followup.ask_due() == 2
        links = {one.participation_id: followup.link_of_round(one)
                 for one in db.session.scalars(sa.select(OutcomeRound)).all()}
        buyers, sellers = links[world.buyers[0][0]], links[world.suppliers[0][0]]
        assert 'value="confirmed"' not in client.get(f"/o/{buyers}").text
        assert tap(client, buyers, world.meeting_id, answer="confirmed").status_code == 404
        assert 'value="confirmed"' in client.get(f"/o/{sellers}").text
        assert tap(client, sellers, world.meeting_id, answer="confirmed").status_code == 303
        assert outcomes() == [("intent", 500000, "CNY", True)]


def test_links_that_are_forged_too_old_or_for_another_meeting_answer_nothing(
    app: Flask, world: After, client: FlaskClient
) -> None:
    asked(date(2030, 6, 1))
    token = only_link()
    with clock.frozen(at(date(2030, 6, 2))):
        assert client.get(f"/o/{token[:-1]}x").status_code == 404
        assert tap(client, token, world.meeting_id + 999, answer="signed").status_code == 404
        assert tap(client, token, world.meeting_id, answer="promised").status_code == 422
        assert tap(client, token, world.meeting_id, answer="signed", amount="many", currency="HKD").status_code == 422
        assert client.post(f"/o/{token}/{world.meeting_id}", data={"answer": "signed"}).status_code == 422
        with pytest.raises(NotFound):     # a link to a timetable is no link to answer
            followup.round_of(f"{world.buyers[0][0]}.{'0' * 43}")
    with clock.frozen(at(date(2030, 7, 17))):
        answer = client.get(f"/o/{token}")
        assert (answer.status_code, f"/sessions/{world.session_id}/after" in answer.text) == (410, True)
        with pytest.raises(Invalid):
            followup.answer(text=token, meeting_id=world.meeting_id, answer="signed")
    assert outcomes() == []


def test_evidence_is_read_by_both_sides_and_organisers_alone(app: Flask, world: After, client: FlaskClient) -> None:
    asked(date(2030, 6, 1))
    token = only_link()
    with clock.frozen(at(date(2030, 6, 2))):
        refused = tap(client, token, world.meeting_id, answer="signed", file=(io.BytesIO(b"MZ"), "contract.exe"))
        assert (refused.status_code, "A picture, PDF, DOCX or XLSX" in refused.text) == (422, True)
        pdf = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
        assert tap(client, token, world.meeting_id, answer="signed", file=(io.BytesIO(pdf), "contract.pdf")
                   ).status_code == 303
        row = db.session.scalars(sa.select(Outcome)).one()
        address = f"/files/{row.file_id}/original"
        _organisation, rival = make.make_organisation(kind="both")
        readers = [world.buyer.user_id, world.seller.user_id, rival.user_id]
        organiser = make.make_user(organiser=True)
        answers = [make.sign_in(app.test_client(), db.session.get(User, one)).get(address).status_code
                   for one in [*readers, organiser.id]]
        assert answers == [200, 200, 404, 200]
        assert client.get(address).status_code == 404
        assert address in make.sign_in(app.test_client(), db.session.get(User, world.seller.user_id)).get(
            f"/sessions/{world.session_id}/after").text


def test_two_taps_at_the_same_moment_keep_one_answer(app: Flask, world: After) -> None:
    asked(date(2030, 6, 1))
    token, meeting_id = only_link(), world.meeting_id
    start, kept, failed = threading.Barrier(2), [], []

    def press(stage: str) -> None:
        with app.app_context():
            try:
                start.wait(10)
                kept.append(followup.answer(text=token, meeting_id=meeting_id, answer=stage))
            except Exception as error:
                failed.append(error)
            finally:
                db.session.remove()

    db.session.remove()    # nothing of this thread holds the rows
    with clock.frozen(at(date(2030, 6, 2))):
        threads = [threading.Thread(target=press, args=(stage,)) for stage in ("intent", "signed")]
        for one in threads:
            one.start()
        for one in threads:
            one.join(30)
    assert (failed, sorted(kept), len(outcomes())) == ([], [False, True], 1)
