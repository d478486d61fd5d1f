"""Ask once: from an unknown requirement to an answer that counts for everybody who asks the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from marketplace.accounts.models import User
from marketplace.actor import Actor
from marketplace.errors import Invalid, NotAllowed, NotFound
from marketplace.extensions import db
from marketplace.matches.models import Match
from marketplace.notifications.models import Notification
from marketplace.offers import service as offers
from marketplace.offers.models import Offer
from marketplace.questions import queries, service
from tests.marketplace import factories as make
from tests.marketplace.listings.statements import statements_of

LOAD = "c:load_capacity #gram"


def needing(*texts: str, lang: str = "zh-Hans") -> dict[str, Any]:
    """A demand for beds with these musts."""
    return make.demand_content(requirements=[{"need": "must", "text": {lang: text}} for text in texts])


class Market:
    """One bed that says nothing of its load, and two institutions that need to know it, each in its own words."""

    def __init__(self) -> None:
        _one, self.seller = make.make_organisation(kind="supplier")
        _two, self.first = make.make_organisation(kind="institution")
        _three, self.second = make.make_organisation(kind="institution")
        _four, self.rival = make.make_organisation(kind="supplier")
        bed = make.offer_content(facts={"price": {"minor": 900000, "currency": "HKD"}, "serves": ["HK"]})
        bed["texts"]["summary"] = {"en": "Electric nursing bed with side rails."}
        self.offer_id = make.make_offer(self.seller, content=bed).id
        self.one = make.make_demand(self.first, content=needing("承重不少于180公斤", "附带防褥疮气垫")).id
        self.two = make.make_demand(self.second, content=needing("載重至少250公斤", lang="zh-Hant")).id
        make.run_jobs()

    def answer(self, **changes: Any) -> None:
        values = {"topic": LOAD, "state": "number", "words": "安全载重 200 公斤", "lang": "zh-Hans"}
        service.answer(actor=self.seller, offer_id=self.offer_id, **(values | changes))

    def states(self, demand_id: int) -> dict[str, str]:
        match = db.session.scalars(
            sa.select(Match).where(Match.demand_id == demand_id, Match.offer_id == self.offer_id)
        ).one()
        db.session.refresh(match)
        return {one["text"]: one["state"] for one in match.explanation["requirements"]}


@pytest.fixture
def market(app: Flask) -> Market:
    return Market()


def told(actor: Actor) -> list[tuple[str, Any]]:
    rows = db.session.scalars(
        sa.select(Notification)
        .where(Notification.organisation_id == actor.organisation_id, Notification.kind.startswith("question"))
        .order_by(Notification.id)
    )
    return [(row.kind, row.params.get("words")) for row in rows]


def test_the_same_question_in_two_scripts_is_one(market: Market) -> None:
    first, second = queries.wanted_of_offer(market.offer_id)
    assert (first.topic, first.unit, first.demands, first.asked, first.must) == (LOAD, "gram", 2, 0, 2)
    assert {text for one in first.texts for text in one.values()} == {"承重不少于180公斤", "載重至少250公斤"}
    assert (second.demands, second.unit) == (1, "")
    assert queries.wanted_of_organisation(market.seller.organisation_id)[0].topics == 2
    assert queries.wanted_of_organisation(market.rival.organisation_id) == []


def test_one_answer_decides_for_everybody_and_is_told_to_who_asked(market: Market) -> None:
    assert service.ask(actor=market.first, demand_id=market.one, offer_id=market.offer_id, topics=[LOAD]) == 1
    assert service.ask(actor=market.first, demand_id=market.one, offer_id=market.offer_id, topics=[LOAD]) == 0
    assert told(market.seller) == [("question_asked", None)]
    assert queries.wanted_of_offer(market.offer_id)[0].asked == 1
    market.answer()
    make.run_jobs()
    assert market.states(market.one) == {"承重不少于180公斤": "met", "附带防褥疮气垫": "unknown"}
    assert market.states(market.two) == {"載重至少250公斤": "not met"}
    assert told(market.first) == [("question_answered", {"zh-Hans": "安全载重 200 公斤"})]
    assert told(market.second) == []
    assert [one.topic for one in queries.wanted_of_offer(market.offer_id)] != []
    assert LOAD not in [one.topic for one in queries.wanted_of_offer(market.offer_id)]


def test_what_is_answered_leaves_the_list_before_the_matches_are_judged_anew(market: Market) -> None:
    assert len(queries.wanted_of_offer(market.offer_id)) == 2
    market.answer()
    assert LOAD not in [one.topic for one in queries.wanted_of_offer(market.offer_id)]
    assert queries.wanted_of_organisation(market.seller.organisation_id)[0].topics == 1
    market.answer(words="安全载重 220 公斤")  # what was answered may be answered anew
    service.retract(actor=market.seller, offer_id=market.offer_id, topic=LOAD)
    make.run_jobs()
    assert LOAD in [one.topic for one in queries.wanted_of_offer(market.offer_id)]


def test_yes_and_no_answer_what_is_not_a_number(market: Market) -> None:
    topic = queries.wanted_of_offer(market.offer_id)[1].topic
    for state, words, judged in (("yes", "随床附送气垫", "met"), ("no", "", "not met")):
        market.answer(topic=topic, state=state, words=words)
        make.run_jobs()
        assert market.states(market.one)["附带防褥疮气垫"] == judged
    service.retract(actor=market.seller, offer_id=market.offer_id, topic=topic)
    make.run_jobs()
    assert market.states(market.one)["附带防褥疮气垫"] == "unknown"


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"words": "很结实"}, "words", "no_such_number"),
        ({"words": "180 公斤或 200 公斤"}, "words", "no_such_number"),
        ({"words": ""}, "words", "required"),
        ({"state": "maybe"}, "state", "unknown_choice"),
        ({"state": ""}, "state", "required"),
        ({"words": "x" * 301}, "words", "too_long"),
    ],
)
def test_an_answer_that_says_nothing_is_refused_at_its_field(
    market: Market, changes: dict[str, str], field: str, code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        market.answer(**changes)
    assert {name: error.code for name, error in refused.value.errors.items()} == {field: code}
    assert "answers" not in db.session.get(Offer, market.offer_id).live_version.content


def test_who_may_ask_and_who_may_answer(market: Market) -> None:
    ask = {"demand_id": market.one, "offer_id": market.offer_id, "topics": [LOAD]}
    for stranger in (market.second, market.rival, market.seller):
        with pytest.raises(NotFound):
            service.ask(actor=stranger, **ask)
    with pytest.raises(Invalid):
        service.ask(actor=market.first, **(ask | {"topics": ["c:nothing"]}))
    for stranger in (market.first, market.rival):
        with pytest.raises(NotFound):
            service.answer(
                actor=stranger, offer_id=market.offer_id, topic=LOAD, state="number", words="200 kg", lang="en"
            )
    with pytest.raises(NotFound):
        market.answer(topic="c:nothing")
    viewer = replace(market.seller, roles=frozenset({"viewer", "supplier", "approved"}))
    with pytest.raises(NotAllowed):
        service.answer(actor=viewer, offer_id=market.offer_id, topic=LOAD, state="number", words="200 kg", lang="en")


def test_an_answer_stays_when_the_offer_is_changed_and_a_draft_keeps_it(market: Market) -> None:
    offer = db.session.get(Offer, market.offer_id)
    draft = {**offer.live_version.content, "price_audience": "hidden"}
    offers.save_draft(
        actor=market.seller, offer_id=market.offer_id, base_version_id=offer.newest_version_id, raw=draft
    )
    market.answer()
    db.session.expire_all()
    offer = db.session.get(Offer, market.offer_id)
    assert offer.live_version.content["price_audience"] == "public"
    offers.publish_offer(actor=market.seller, offer_id=market.offer_id)
    db.session.expire_all()
    content = db.session.get(Offer, market.offer_id).live_version.content
    assert content["price_audience"] == "hidden"
    assert [(one["topic"], one["value"]) for one in content["answers"]] == [(LOAD, "200000")]


def test_the_round_through_the_pages(app: Flask, market: Market) -> None:
    def browser(actor: Actor) -> Any:
        client = make.sign_in(app.test_client(), db.session.get(User, actor.user_id))
        client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
        return client

    buyer, seller, rival = browser(market.first), browser(market.seller), browser(market.rival)
    listed = buyer.get(f"/demands/{market.one}/matches").text
    ask = f"/matches/{market.one}/{market.offer_id}/ask"
    assert ask in listed
    assert "承重不少于180公斤" in buyer.get(ask).text
    assert make.post(buyer, ask, ask).status_code == 422
    sent = make.post(buyer, ask, ask, topics=[LOAD])
    assert sent.headers["Location"] == f"/matches/{market.one}/{market.offer_id}"
    page = f"/offers/{market.offer_id}/questions"
    assert page in seller.get("/questions").text
    assert "/questions" in seller.get("/desk").text
    assert "2 open demands need this" in seller.get(page).text
    wrong = make.post(seller, page, page, topic=LOAD, state="number", words="heavy")
    assert wrong.status_code == 422
    assert "heavy" in wrong.text
    assert make.post(seller, page, page, topic=LOAD, state="number", words="SWL 200 kg").status_code == 303
    make.run_jobs()
    assert "SWL 200 kg" in app.test_client().get(f"/offers/{market.offer_id}").text
    assert "SWL 200 kg" in buyer.get(f"/demands/{market.one}/matches").text
    assert "SWL 200 kg" in buyer.get("/inbox").text
    assert rival.get(page).status_code == 404
    assert rival.get(ask).status_code == 404


def test_a_page_asks_the_database_as_often_for_many_questions(app: Flask, market: Market) -> None:
    def statements(path: str) -> int:
        client = make.sign_in(app.test_client(), db.session.get(User, market.seller.user_id))
        client.get(path)
        return len(statements_of(lambda: client.get(path))[1])

    pages = ("/questions", f"/offers/{market.offer_id}/questions")
    few = [statements(path) for path in pages]
    for number in range(12):
        make.make_demand(market.first, content=needing(f"配件编号{number}甲", f"保修{number + 2}年", "护栏可拆卸"))
    make.run_jobs()
    assert len(queries.wanted_of_offer(market.offer_id)) > 10
    assert [statements(path) for path in pages] == few
