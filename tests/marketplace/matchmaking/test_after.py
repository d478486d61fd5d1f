"""Feedback, outcomes, the funnel and the tables to take along."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from flask import Flask

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.actor import Actor
from marketplace.errors import AlreadyDone, Invalid, NotFound
from marketplace.extensions import db
from marketplace.matchmaking import after, funnel, publishing
from marketplace.matchmaking.after_models import MeetingFeedback, Outcome
from tests.marketplace import factories as make
from tests.marketplace.matchmaking.steps import World


class After(World):
    """A session of one pair, a day after it was held."""

    def __init__(self) -> None:
        super().__init__(buyers=1, suppliers=1)
        self.all_wish()
        self.published()
        (meeting,) = publishing.live_of(self.session_id)
        self.meeting_id, self.starts_at = meeting.id, meeting.starts_at
        self.buyer, self.seller = self.buyers[0][1], self.suppliers[0][1]

    def say(self, actor: Actor, **changes: str) -> Outcome:
        values = {"stage": "signed", "happened_on": "2030-06-01", "amount": "120,000.50", "currency": "HKD"}
        return after.record_outcome(actor=actor, meeting_id=self.meeting_id, **{**values, **changes})


@pytest.fixture
def world(app: Flask) -> After:
    return After()


def test_feedback_is_given_after_the_meeting_began_and_may_be_changed(app: Flask, world: After) -> None:
    with pytest.raises(Invalid):
        after.give_feedback(actor=world.buyer, meeting_id=world.meeting_id, answer="possible")
    with clock.frozen(world.starts_at + timedelta(minutes=1)):
        for answer in ("informative", "possible"):
            after.give_feedback(actor=world.buyer, meeting_id=world.meeting_id, answer=answer)
        with pytest.raises(Invalid):
            after.give_feedback(actor=world.buyer, meeting_id=world.meeting_id, answer="lovely")
        _organisation, rival = make.make_organisation(kind="both")
        with pytest.raises(NotFound):
            after.give_feedback(actor=rival, meeting_id=world.meeting_id, answer="possible")
    assert [row.answer for row in db.session.query(MeetingFeedback).all()] == ["possible"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"stage": "promised"}, "stage"), ({"happened_on": ""}, "happened_on"), ({"amount": "many"}, "amount"),
        ({"amount": "1.234"}, "amount"), ({"currency": "XXQ"}, "currency"), ({"evidence": "x" * 2001}, "evidence"),
    ],
)
def test_an_outcome_is_read_with_care(app: Flask, world: After, changes: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        world.say(world.buyer, **changes)
    assert set(refused.value.errors) == {field}


def test_an_outcome_is_said_by_one_and_confirmed_by_the_other(app: Flask, world: After) -> None:
    outcome = world.say(world.buyer, submission_id="once").id
    with pytest.raises(AlreadyDone):
        world.say(world.buyer, submission_id="once")
    with pytest.raises(NotFound):
        after.confirm_outcome(actor=world.buyer, outcome_id=outcome)
    after.confirm_outcome(actor=world.seller, outcome_id=outcome)
    row = db.session.get(Outcome, outcome)
    assert (row.minor, row.currency, row.confirmed_at is not None) == (12000050, "HKD", True)


def test_the_funnel_never_adds_intent_to_signed(app: Flask, world: After) -> None:
    make.make_demand(world.buyer)
    for stage, currency in (("intent", "HKD"), ("intent", "CNY"), ("signed", "HKD")):
        world.say(world.buyer, stage=stage, currency=currency, amount="100")
    with clock.frozen(world.starts_at + timedelta(minutes=1)):
        after.give_feedback(actor=world.buyer, meeting_id=world.meeting_id, answer="possible")
        after.give_feedback(actor=world.seller, meeting_id=world.meeting_id, answer="not_held")
    found = funnel.funnel_of(world.event_id)
    assert dict(found.steps) == {"demands": 1, "matches": 0, "requests": 0, "meetings": 1, "held": 0, "follow_up": 1,
                                 "outcomes": 1}
    assert found.stages["intent"].sums == {"HKD": 10000, "CNY": 10000}
    assert found.stages["signed"].sums == {"HKD": 10000}
    assert (found.stages["intent"].count, found.stages["signed"].confirmed) == (2, 0)


def test_members_answer_and_organisers_read(app: Flask, world: After) -> None:
    make.make_organisation(name="=HYPERLINK(1)")
    page = f"/sessions/{world.session_id}/after"
    buyer = make.sign_in(app.test_client(), db.session.get(User, world.buyer.user_id))
    assert "No meeting has begun yet" in buyer.get(page).text
    with clock.frozen(world.starts_at + timedelta(minutes=1)):
        buyer = make.sign_in(app.test_client(), db.session.get(User, world.buyer.user_id))
        base = f"{page}/{world.meeting_id}"
        assert make.post(buyer, page, f"{base}/feedback", answer="possible").status_code == 303
        assert make.post(buyer, page, f"{base}/outcome", stage="signed", happened_on="", amount="5").status_code == 422
        assert make.post(buyer, page, f"{base}/outcome", stage="signed", happened_on="2030-05-01", amount="5",
                         currency="HKD", evidence="=1+1").status_code == 303
        seller = make.sign_in(app.test_client(), db.session.get(User, world.seller.user_id))
        outcome = db.session.query(Outcome).one().id
        assert make.post(seller, page, f"/sessions/{world.session_id}/outcomes/{outcome}/confirm").status_code == 303
        assert "confirmed by both" in buyer.get(page).text
        organiser = make.sign_in(app.test_client(), make.make_user(organiser=True))
        results = f"/organiser/events/{world.event_id}/results"
        assert "HKD 5" in organiser.get(results).text
        rows = list(csv.reader(io.StringIO(organiser.get(f"{results}/outcomes.csv").text.removeprefix("\ufeff"))))
        assert rows[1][2:] == ["Signed", "5.00", "HKD", "2030-05-01", "'=1+1", "Buyer", "yes"]
        meetings = list(csv.reader(io.StringIO(organiser.get(f"{results}/meetings.csv").text.removeprefix("\ufeff"))))
        assert (len(meetings), meetings[1][8:]) == (2, ["Cooperation possible", ""])
        assert organiser.get(f"{results}/contacts.csv").status_code == 404
