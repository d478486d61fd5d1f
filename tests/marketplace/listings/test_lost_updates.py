"""Many at once, with real threads, on both databases: nothing acknowledged is lost, nothing is done twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from marketplace import create_app
from marketplace.actor import Actor
from marketplace.errors import AlreadyDone, Conflict
from marketplace.extensions import db
from marketplace.listings import queries, service
from marketplace.listings.policy import NotPublishable
from marketplace.listings.states import state_of
from marketplace.offers.desk import DESK
from marketplace.offers.models import Offer
from marketplace.organisations.models import Organisation
from marketplace.transaction import transaction
from tests.marketplace.conftest import settings_for
from tests.marketplace.listings.steps import OFFER, make_actor, make_listing

THREADS = 6


@pytest.fixture
def shared(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The application over a migrated database that threads share."""
    app = create_app(settings_for(database_url, tmp_path, rate_limits=False))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def at_once(app: Flask, verbs: list[Callable[[], Any]]) -> list[Any]:
    """What each verb returned or raised, all started together, each in a thread with a session of its own."""
    barrier = Barrier(len(verbs))
    db.session.rollback()

    def run(verb: Callable[[], Any]) -> Any:
        with app.app_context():
            barrier.wait(20)
            try:
                return verb()
            except (AlreadyDone, Conflict, NotPublishable) as refusal:
                return refusal
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(verbs)) as pool:
        return list(pool.map(run, verbs))


def save(actor: Actor, offer_id: int, base: int, title: str) -> Callable[[], str]:
    def verb() -> str:
        raw = {**OFFER, "texts": {**OFFER["texts"], "title": {"en": title}}}
        service.save_draft(DESK, actor=actor, listing_id=offer_id, base_version_id=base, raw=raw)
        return title

    return verb


def test_of_many_who_save_from_one_version_one_is_kept_and_the_others_are_told(shared: Flask) -> None:
    actor = make_actor()
    offer = make_listing(DESK, actor)
    offer_id = offer.id
    kept = []
    for round_ in range(5):
        db.session.rollback()
        base = db.session.get(Offer, offer_id).newest_version_id
        answers = at_once(shared, [save(actor, offer_id, base, f"{round_}.{n}") for n in range(THREADS)])
        titles = [answer for answer in answers if isinstance(answer, str)]
        assert len(titles) == 1
        assert sum(isinstance(answer, Conflict) for answer in answers) == THREADS - 1
        kept += titles
    db.session.rollback()
    versions = queries.versions(DESK, offer_id)
    assert [v.content["texts"]["title"]["en"] for v in reversed(versions)] == ["Electric nursing bed", *kept]
    assert [v.number for v in versions] == [6, 5, 4, 3, 2, 1]


def test_who_saves_again_after_each_refusal_loses_nothing(shared: Flask) -> None:
    actor = make_actor()
    offer_id = make_listing(DESK, actor).id

    def persistent(name: str) -> Callable[[], int]:
        def verb() -> int:
            tries = 0
            for number in range(4):
                while True:
                    tries += 1
                    base = db.session.get(Offer, offer_id, populate_existing=True).newest_version_id
                    try:
                        save(actor, offer_id, base, f"{name}{number}")()
                        break
                    except Conflict:
                        db.session.rollback()
            return tries

        return verb

    at_once(shared, [persistent(name) for name in "abcd"])
    db.session.rollback()
    versions = queries.versions(DESK, offer_id)
    titles = [v.content["texts"]["title"]["en"] for v in versions[:-1]]
    assert sorted(titles) == sorted(f"{name}{number}" for name in "abcd" for number in range(4))
    assert [v.number for v in versions] == list(range(17, 0, -1))


def test_one_submission_sent_many_times_at_once_makes_one_listing(shared: Flask) -> None:
    actor = make_actor()
    for round_ in range(4):
        answers = at_once(
            shared,
            [lambda key=f"s{round_}": service.create(DESK, actor=actor, raw=OFFER, submission_id=key).id] * THREADS,
        )
        ids = {answer.result if isinstance(answer, AlreadyDone) else answer for answer in answers}
        assert len(ids) == 1
        assert Counter(type(answer) for answer in answers) == {int: 1, AlreadyDone: THREADS - 1}
    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Offer)) == 4


def test_a_suspension_is_not_passed_by_a_publication(shared: Flask) -> None:
    actor = make_actor()
    offers = [make_listing(DESK, actor, published=False).id for _ in range(THREADS)]

    def suspend() -> None:
        from marketplace import clock

        with transaction():
            organisation = db.session.scalar(
                sa.select(Organisation).where(Organisation.id == actor.organisation_id).with_for_update()
            )
            organisation.suspended_at = clock.now()
            service.touch_listings_of(DESK, actor.organisation_id)

    at_once(
        shared,
        [
            suspend,
            *(
                lambda offer_id=offer_id: service.publish(DESK, actor=actor, listing_id=offer_id) and None
                for offer_id in offers
            ),
        ],
    )
    from marketplace import clock
    from marketplace.offers.documents import offer_document

    db.session.rollback()
    for offer_id in offers:
        offer = db.session.get(Offer, offer_id)
        assert state_of(offer, offer.organisation, clock.now()) in ("draft", "suspended owner")
        assert offer_document(offer_id)["deleted"] is True
