"""Learning: what people do becomes judgements, other points are measured, and only an organiser puts them in force."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from marketplace.accounts.models import User
from marketplace.actor import Actor
from marketplace.errors import NotAllowed, NotFound
from marketplace.extensions import db
from marketplace.learning import judgements, service
from marketplace.matches import rulesets
from marketplace.matches import service as matches
from marketplace.matches.models import Match
from marketplace.matches.rulesets import ProposedRuleset
from search.matching.ruleset import put_in_force, ruleset
from tests.marketplace import factories as make

OTHER = {"thing": 60.0, "wording": 10.0, "requirements": 5.0, "closest": 5.0, "context": 5.0, "kind": 5.0, "place": 5.0,
         "budget": 2.0, "lead_time": 2.0, "evidence": 1.0}


@pytest.fixture(autouse=True)
def built_in() -> Iterator[None]:
    yield
    put_in_force(None)


def organiser() -> Actor:
    return Actor(user_id=make.make_user(organiser=True).id, kind="organiser")


def propose(parts: dict[str, float]) -> int:
    row = ProposedRuleset(parts=parts, against="x", demands=9, before=0.5, after=0.6, gain=0.1, low=0.02, high=0.2)
    db.session.add(row)
    db.session.commit()
    return row.id


def answered(first: str, second: str | None, reason: str | None = None) -> list[tuple[int, str, str]]:
    """What the judgements say after the buyer's and the seller's answers to one pair."""
    _one, seller = make.make_organisation(kind="supplier")
    _two, buyer = make.make_organisation(kind="institution")
    pair = {"offer_id": make.make_offer(seller).id, "demand_id": make.make_demand(buyer).id}
    make.run_jobs()
    matches.answer(actor=buyer, answer=first, reason=reason if first == "declined" else None, **pair)
    if second:
        matches.answer(actor=seller, answer=second, reason=reason if second == "declined" else None, **pair)
    return [(one.gain, one.place, one.source) for one in judgements.judgements()]


@pytest.mark.parametrize(
    ("first", "second", "reason", "said"),
    [
        ("interested", None, None, (2, "unknown", "interest")),
        ("interested", "interested", None, (3, "unknown", "interest")),
        ("declined", None, "not_what_is_meant", (0, "unknown", "decline")),
        ("declined", None, "price", (2, "unknown", "decline")),
        ("interested", "declined", "place", (2, "wrong", "decline")),
        ("declined", "interested", "not_what_is_meant", (0, "unknown", "decline")),
    ],
)
def test_answers_become_judgements(
    app: Flask, first: str, second: str | None, reason: str | None, said: tuple[int, str, str]
) -> None:
    assert answered(first, second, reason) == [said]


def test_with_too_few_judgements_nothing_is_proposed(app: Flask) -> None:
    answered("interested", None)
    service.request_measure(actor=organiser())
    make.run_jobs()
    assert db.session.scalar(sa.select(sa.func.count(ProposedRuleset.id))) == 0


def test_a_measure_proposes_points_and_changes_nothing(app: Flask) -> None:
    _one, seller = make.make_organisation(kind="supplier")
    _two, buyer = make.make_organisation(kind="institution")
    things = ("电动护理床", "轮椅", "助行器", "防褥疮床垫", "洗澡椅", "移位机")
    offers = [make.make_offer(seller, content=make.offer_content(thing)).id for thing in things]
    demands = [make.make_demand(buyer, content=make.demand_content(thing)).id for thing in things]
    make.run_jobs()
    for demand_id, offer_id in zip(demands, offers, strict=True):
        matches.answer(actor=buyer, demand_id=demand_id, offer_id=offer_id, answer="interested")
    before = _kept()
    service.request_measure(actor=organiser())
    make.run_jobs()
    proposed = db.session.scalars(sa.select(ProposedRuleset)).one()
    assert proposed.demands == 6
    assert sum(proposed.parts.values()) == pytest.approx(100)
    assert set(proposed.parts) == set(ruleset().points)
    assert proposed.low <= proposed.gain <= proposed.high
    assert rulesets.adopted_parts() is None
    assert _kept() == before


def _kept() -> list[tuple[Any, ...]]:
    db.session.expire_all()
    return [
        (m.demand_id, m.offer_id, m.band, m.score, m.ruleset)
        for m in db.session.scalars(sa.select(Match).order_by(Match.demand_id, Match.offer_id))
    ]


def test_only_an_organiser_puts_a_ruleset_in_force_and_matches_say_which(app: Flask) -> None:
    _one, seller = make.make_organisation(kind="supplier")
    _two, buyer = make.make_organisation(kind="institution")
    make.make_offer(seller)
    make.make_demand(buyer)
    make.run_jobs()
    proposed_id = propose(OTHER)
    before = _kept()
    with pytest.raises(NotAllowed):
        service.adopt(actor=buyer, proposed_id=proposed_id)
    with pytest.raises(NotFound):
        service.adopt(actor=organiser(), proposed_id=999)
    make.run_jobs()
    assert _kept() == before
    adoption = service.adopt(actor=organiser(), proposed_id=proposed_id)
    assert service.adopt(actor=organiser(), proposed_id=proposed_id).id == adoption.id
    put_in_force(None)  # as another process, which has not heard of it yet
    make.run_jobs()
    after = _kept()
    assert [row[4] for row in after] == [adoption.version]
    assert after[0][3] != before[0][3]
    service.adopt(actor=organiser(), proposed_id=None)
    make.run_jobs()
    assert _kept() == before


@pytest.mark.parametrize("parts", [{"thing": 100.0}, OTHER | {"thing": 61.0}, OTHER | {"paid": 0.0}])
def test_points_that_are_no_ruleset_are_refused(parts: dict[str, float]) -> None:
    with pytest.raises((ValueError, KeyError)):
        put_in_force(parts)
    assert ruleset().points["thing"] == 17


def test_the_page_shows_proposals_and_puts_one_in_force(app: Flask) -> None:
    user = make.make_user(organiser=True)
    client = make.sign_in(app.test_client(), user)
    proposed_id = propose(OTHER)
    page = client.get("/organiser/rulesets").text
    assert "+0.100 [+0.020, +0.200]" in page
    assert make.post(client, "/organiser/rulesets", "/organiser/rulesets", action="adopt",
                     proposed_id=proposed_id).status_code == 303
    assert rulesets.adopted_parts() == OTHER
    assert "2026-11-" in app.test_client().get("/how-matching-works").text
    _one, seller = make.make_organisation(kind="supplier")
    stranger = make.sign_in(app.test_client(), db.session.get(User, seller.user_id))
    assert stranger.get("/organiser/rulesets").status_code == 403


@pytest.mark.parametrize("named", ["", "x", "1.5", "999", "9" * 40])
def test_a_proposal_that_is_none_is_an_error_at_its_field_and_changes_nothing(app: Flask, named: str) -> None:
    client = make.sign_in(app.test_client(), make.make_user(organiser=True))
    service.adopt(actor=organiser(), proposed_id=propose(OTHER))
    asked = {"action": "adopt", "proposed_id": named}
    answer = make.post(client, "/organiser/rulesets", "/organiser/rulesets", **asked)
    assert answer.status_code == 422
    assert 'href="#proposed_id"' in answer.text
    assert rulesets.adopted_parts() == OTHER
    assert make.post(client, "/organiser/rulesets", "/organiser/rulesets", action="go_back").status_code == 303
    assert rulesets.adopted_parts() is None
