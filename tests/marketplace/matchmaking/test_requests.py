"""Requests: who may ask whom, who answers, what lapses, and that a waiting one holds nobody's slot."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from marketplace import clock
from marketplace.actor import Actor
from marketplace.errors import Invalid, NotFound
from marketplace.extensions import db
from marketplace.matchmaking import problem, publishing, requests, sessions
from marketplace.matchmaking.grid import slots_of
from marketplace.matchmaking.models import MatchmakingSession, MeetingRequest, Occupancy
from marketplace.matchmaking.places import parts_of
from marketplace.matchmaking.queries import requests_of
from marketplace.matchmaking.sessions import Terms
from marketplace.notifications.models import Notification
from tests.marketplace import factories as make
from tests.marketplace.matchmaking.steps import World


@pytest.fixture
def world(app: Flask) -> World:
    return World()


def starts(world: World) -> list:
    session = db.session.get(MatchmakingSession, world.session_id)
    return [one.starts_at for one in slots_of(session, parts_of(world.session_id)) if one.part_id is not None]


def ask(own: tuple[int, Actor], other: tuple[int, Actor], **more) -> int:
    return requests.ask(actor=own[1], from_id=own[0], to_id=other[0], **more).id


def code_of(call) -> str:
    with pytest.raises(Invalid) as refused:
        call()
    return next(iter(refused.value.errors.values())).code


def test_a_waiting_request_holds_nobodys_slot(app: Flask, world: World) -> None:
    at = starts(world)[0]
    ask(world.suppliers[0], world.buyers[0], starts_at=at)
    second = ask(world.suppliers[1], world.buyers[0], starts_at=at)
    assert db.session.scalars(sa.select(Occupancy)).all() == []
    requests.accept(actor=world.buyers[0][1], request_id=second)
    assert [one.starts_at for one in publishing.live_of(world.session_id)] == [at]


def test_of_two_accepted_for_one_moment_the_second_is_told_and_keeps_its_request(app: Flask, world: World) -> None:
    at, later = starts(world)[:2]
    first, second = (ask(one, world.buyers[0], starts_at=at) for one in world.suppliers)
    requests.accept(actor=world.buyers[0][1], request_id=first)
    assert code_of(lambda: requests.accept(actor=world.buyers[0][1], request_id=second)) == "double_booked"
    assert db.session.get(MeetingRequest, second).state == "open"
    requests.propose(actor=world.buyers[0][1], request_id=second, starts_at=later)
    assert code_of(lambda: requests.accept(actor=world.buyers[0][1], request_id=second)) == "not_your_turn"
    requests.accept(actor=world.suppliers[1][1], request_id=second)
    assert [one.starts_at for one in publishing.live_of(world.session_id)] == [at, later]


def test_a_meeting_that_stands_is_asked_to_another_time(app: Flask, world: World) -> None:
    world.wish(world.buyers[0], world.suppliers[0])
    world.published()
    (before,) = publishing.live_of(world.session_id)
    meeting_id, was = before.id, before.starts_at
    later = next(one for one in reversed(starts(world)) if one != was)
    request = ask(world.suppliers[0], world.buyers[0], starts_at=later)
    assert publishing.live_of(world.session_id)[0].starts_at == was
    requests.accept(actor=world.buyers[0][1], request_id=request)
    (after,) = publishing.live_of(world.session_id)
    assert (after.id, after.starts_at, after.revision) == (meeting_id, later, 1)
    assert set(db.session.scalars(sa.select(Occupancy.tick))) == {
        *range(int(later.timestamp()) // 300, int(later.timestamp()) // 300 + 4)}


def test_a_full_hall_is_told(app: Flask) -> None:
    world = World(tables=1)
    at = starts(world)[0]
    one, two = (ask(supplier, buyer, starts_at=at)
                for supplier, buyer in zip(world.suppliers, world.buyers, strict=True))
    requests.accept(actor=world.buyers[0][1], request_id=one)
    assert code_of(lambda: requests.accept(actor=world.buyers[1][1], request_id=two)) == "tables_full"


def test_an_accepted_request_without_a_time_is_placed_by_the_plan(app: Flask, world: World) -> None:
    request = ask(world.suppliers[0], world.buyers[0])
    assert problem.problem_for(world.session_id).problem.pairs == ()
    assert requests.accept(actor=world.buyers[0][1], request_id=request) is None
    assert [one.weight for one in problem.problem_for(world.session_id).problem.pairs] == [80]


def test_what_was_agreed_after_a_draft_stays_when_it_is_published(app: Flask, world: World) -> None:
    world.wish(world.buyers[0], world.suppliers[0])
    version = world.plan()
    taken = {one.starts_at for one in publishing.targets_of(version)}
    at = next(one for one in starts(world) if one not in taken)
    request = ask(world.suppliers[1], world.buyers[0], starts_at=at)
    requests.accept(actor=world.buyers[0][1], request_id=request)
    assert len(publishing.changes_of(version).kept) == 1
    publishing.publish(actor=Actor.system(), version_id=version.id, provisional=False)
    assert len(publishing.live_of(world.session_id)) == 2
    again = world.plan()
    assert publishing.changes_of(again).disturbed == 0  # an agreed meeting is pinned


def test_a_draft_whose_slot_was_given_away_is_refused_whole(app: Flask, world: World) -> None:
    world.wish(world.buyers[0], world.suppliers[0])
    version = world.plan()
    (target,) = publishing.targets_of(version)
    request = ask(world.suppliers[1], world.buyers[0], starts_at=target.starts_at)
    requests.accept(actor=world.buyers[0][1], request_id=request)
    before = len(db.session.scalars(sa.select(Occupancy)).all())
    publish = lambda: publishing.publish(actor=Actor.system(), version_id=version.id, provisional=False)  # noqa: E731
    assert code_of(publish) == "double_booked"
    assert (len(publishing.live_of(world.session_id)), len(db.session.scalars(sa.select(Occupancy)).all())) == (
        1, before)


def test_a_request_lapses(app: Flask, world: World) -> None:
    request = ask(world.suppliers[0], world.buyers[0])
    with clock.frozen(clock.now() + timedelta(hours=72, seconds=1)):
        assert db.session.get(MeetingRequest, request).state == "expired"
        assert code_of(lambda: requests.accept(actor=world.buyers[0][1], request_id=request)) == "request_over"
        ask(world.suppliers[0], world.buyers[0])


def test_a_decline_has_a_reason_and_is_told(app: Flask, world: World) -> None:
    request = ask(world.suppliers[0], world.buyers[0], message="May we?")
    buyer = world.buyers[0][1]
    assert code_of(lambda: requests.decline(actor=buyer, request_id=request, reason="")) == "required"
    requests.decline(actor=buyer, request_id=request, reason="no_time", answer="Next year")
    told = db.session.scalars(sa.select(Notification).order_by(Notification.id)).all()
    assert [(one.kind, one.organisation_id, one.params["answer"]) for one in told if "request" in one.kind] == [
        ("meeting_request", buyer.organisation_id, "countered"),
        ("request_answered", world.suppliers[0][1].organisation_id, "declined")]


def test_a_no_thanks_is_neither_told_nor_shown_to_anybody(app: Flask, world: World) -> None:
    world.wish(world.buyers[0], world.suppliers[0], "no")
    request = ask(world.suppliers[0], world.buyers[0])
    assert db.session.scalars(sa.select(Notification).where(Notification.kind == "meeting_request")).all() == []

    assert requests_of([world.buyers[0][0]]) == []
    assert [one.id for one in requests_of([world.suppliers[0][0]])] == [request]


@pytest.mark.parametrize("accepts", ["none", "matched"])
def test_a_buyer_says_which_requests_it_takes(app: Flask, accepts: str) -> None:
    world = World(buyers=1, suppliers=2)
    buyer = world.buyers[0]
    make.make_offer(world.suppliers[1][1])
    make.make_demand(buyer[1])
    make.run_jobs()
    sessions.set_terms(actor=buyer[1], participation_id=buyer[0], terms=Terms(accepts=accepts))
    world.wish(buyer, world.suppliers[0], "would")  # which no answer may betray
    assert code_of(lambda: ask(world.suppliers[0], buyer)) == "requests_closed"
    if accepts == "matched":
        ask(world.suppliers[1], buyer)
    else:
        assert code_of(lambda: ask(world.suppliers[1], buyer)) == "requests_closed"


def test_by_invitation_only_answers_alike_to_the_wished_and_to_others(app: Flask) -> None:
    world = World(buyers=1, suppliers=2)
    buyer = world.buyers[0]
    sessions.set_terms(actor=buyer[1], participation_id=buyer[0], terms=Terms(accepts="invited"))
    world.wish(buyer, world.suppliers[0], "would")
    wished, other = (ask(one, buyer) for one in world.suppliers)
    assert [one.id for one in requests_of([buyer[0]])] == [wished]
    told = db.session.scalars(sa.select(Notification.dedupe_key).where(Notification.kind == "meeting_request")).all()
    assert told == [f"request:{wished}:new"]
    assert [one.state for one in requests_of([world.suppliers[1][0]])] == ["open"]
    world.wish(buyer, world.suppliers[1], "must")
    assert {one.id for one in requests_of([buyer[0]])} == {wished, other}


def test_a_quota_ends(app: Flask) -> None:
    world = World(request_quota=1)
    ask(world.suppliers[0], world.buyers[0])
    assert code_of(lambda: ask(world.suppliers[0], world.buyers[1])) == "quota_reached"
    assert code_of(lambda: ask(world.suppliers[0], world.buyers[0])) == "request_open"


def test_who_is_away_is_not_booked(app: Flask, world: World) -> None:
    at = starts(world)[0]
    buyer = world.buyers[0]
    request = ask(world.suppliers[0], buyer, starts_at=at)
    tick = int(at.timestamp()) // 300
    sessions.set_terms(actor=buyer[1], participation_id=buyer[0], terms=Terms(away=[(tick, tick + 1)]))
    assert code_of(lambda: requests.accept(actor=buyer[1], request_id=request)) == "double_booked"


def test_strangers_answer_nothing(app: Flask, world: World) -> None:
    request = ask(world.suppliers[0], world.buyers[0])
    _organisation, rival = make.make_organisation(kind="both")
    with pytest.raises(NotFound):
        requests.accept(actor=rival, request_id=request)
    with pytest.raises(NotFound):
        requests.ask(actor=rival, from_id=world.suppliers[0][0], to_id=world.buyers[1][0])
    assert code_of(lambda: ask(world.suppliers[0], world.suppliers[1])) == "unknown_choice"
