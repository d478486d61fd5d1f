"""What is published is told to whoever watches for it: once, in time, with the reason, never what they may not see."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.actor import Actor
from marketplace.demands import service as demands
from marketplace.errors import AlreadyDone, Invalid, NotFound
from marketplace.extensions import db
from marketplace.notifications.models import Delivery, Notification
from marketplace.offers import service as offers
from marketplace.offers.models import Offer
from marketplace.organisations.models import Organisation
from marketplace.outbox import service as outbox
from marketplace.outbox.models import Job
from marketplace.transaction import transaction
from marketplace.watches import matching, queries, service, telling
from marketplace.watches.models import Sighting, Watch, WatchKey
from tests.marketplace import factories as make

# A Wednesday; 16:00 in Shanghai and Hong Kong.
NOW = datetime(2030, 6, 5, 8, tzinfo=UTC)


def save(actor: Actor, address: str = "/offers?q=nursing+bed", cadence: str = "now", **changes: Any) -> Watch:
    values: dict[str, Any] = {"name": address, "by_mail": True, "lang": "en"} | changes
    return service.save_search(actor=actor, address=address, cadence=cadence, **values)


def news(kind: str = "watch_news") -> list[Notification]:
    db.session.rollback()
    return list(db.session.scalars(db.select(Notification).where(Notification.kind == kind).order_by(Notification.id)))


def told() -> list[tuple[int | None, int | None, list[tuple[str, int]]]]:
    """(person, organisation, listings) of each notice."""
    return [
        (one.user_id, one.organisation_id, [(item["kind"], item["id"]) for item in one.params["items"]])
        for one in news()
    ]


@pytest.fixture
def reader(app: Flask) -> Actor:
    _organisation, actor = make.make_organisation(kind="institution")
    return actor


@pytest.fixture
def seller(app: Flask) -> Actor:
    _organisation, actor = make.make_organisation(kind="supplier")
    return actor


def test_told_at_once_with_the_reason(reader: Actor, seller: Actor) -> None:
    watch = save(reader, "/offers?q=护理床&kind=equipment", name="Beds")
    offer = make.make_offer(seller)
    make.run_jobs()
    (notice,) = news()
    assert (notice.user_id, notice.organisation_id) == (reader.user_id, None)
    assert notice.params == {
        "count": 1,
        "items": [
            {
                "kind": "offer",
                "id": offer.id,
                "title": {"en": "Electric nursing bed"},
                "what": "search",
                "watch": "Beds",
                "watch_id": watch.id,
                "reason": {"words": [["护理床", "meaning"]], "filters": {"kind": ["equipment"]}},
            }
        ],
    }


def test_what_it_does_not_find_is_not_told(reader: Actor, seller: Actor) -> None:
    save(reader, "/offers?q=wheelchair")
    save(reader, "/offers?q=nursing+bed&kind=care_place")
    save(reader, "/demands?q=nursing+bed")
    make.make_offer(seller)
    make.run_jobs()
    assert told() == []


def test_the_mail_names_watch_and_reason_and_can_be_stopped_with_one_click(
    app: Flask, reader: Actor, seller: Actor
) -> None:
    save(reader, name="Beds for the home")
    offer = make.make_offer(seller)
    make.run_jobs()
    mails = [path.read_text() for path in Path(app.config["SETTINGS"].mail_folder).glob("*.eml")]
    (mail,) = [text for text in mails if "Beds for the home" in text]
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in mail
    assert f"http://market.example/offers/{offer.id}" in mail
    assert "Why: " in mail


def test_a_watch_without_mail_stands_in_the_inbox_alone(reader: Actor, seller: Actor) -> None:
    save(reader, by_mail=False)
    make.make_offer(seller)
    make.run_jobs()
    (notice,) = news()
    assert db.session.query(Delivery).filter_by(notification_id=notice.id).count() == 0


def test_many_at_once_are_one_notice(reader: Actor, seller: Actor) -> None:
    save(reader)
    made = [make.make_offer(seller).id for _ in range(3)]
    for job in outbox.claim("fast", limit=50, names=[matching.JOB]):
        assert outbox.run(job)
    make.run_jobs()
    assert told() == [(reader.user_id, None, [("offer", number) for number in made])]


@pytest.mark.parametrize(
    ("cadence", "due"),
    [
        ("daily", datetime(2030, 6, 6, 0, 30, tzinfo=UTC)),
        ("weekly", datetime(2030, 6, 10, 0, 30, tzinfo=UTC)),
    ],
)
def test_a_digest_comes_at_half_past_eight(cadence: str, due: datetime, reader: Actor, seller: Actor) -> None:
    with clock.frozen(NOW):
        save(reader, cadence=cadence)
        first = make.make_offer(seller).id
        make.run_jobs()
    with clock.frozen(NOW + timedelta(hours=2)):
        second = make.make_offer(seller).id
        make.run_jobs()
    with clock.frozen(due - timedelta(seconds=1)):
        make.run_jobs()
        assert told() == []
    with clock.frozen(due):
        make.run_jobs()
        assert told() == [(reader.user_id, None, [("offer", first), ("offer", second)])]


@pytest.mark.parametrize(
    ("now", "cadence", "due"),
    [
        # 08:29:59 and 08:30 on a Monday there; late on Sunday there, still Sunday in London.
        ("2026-06-08T00:29:59+00:00", "weekly", "2026-06-08T00:30:00+00:00"),
        ("2026-06-08T00:30:00+00:00", "weekly", "2026-06-15T00:30:00+00:00"),
        ("2026-06-08T00:30:00+00:00", "daily", "2026-06-09T00:30:00+00:00"),
        ("2026-06-07T17:00:00+00:00", "daily", "2026-06-08T00:30:00+00:00"),
        ("2026-06-07T17:00:00+00:00", "weekly", "2026-06-08T00:30:00+00:00"),
    ],
)
def test_when_a_digest_is_due(now: str, cadence: str, due: str) -> None:
    watch = Watch(cadence=cadence, what="search")
    assert telling.due_at(watch, datetime.fromisoformat(now)) == datetime.fromisoformat(due)


def test_what_was_withdrawn_or_closed_before_the_digest_is_left_out(reader: Actor, seller: Actor) -> None:
    with clock.frozen(NOW):
        save(reader, cadence="daily")
        gone, kept = make.make_offer(seller), make.make_offer(seller)
        make.run_jobs()
        offers.withdraw_offer(actor=seller, offer_id=gone.id)
    with clock.frozen(NOW + timedelta(days=1)):
        make.run_jobs()
        assert told() == [(reader.user_id, None, [("offer", kept.id)])]
        assert [(s.listing_id, s.told) for s in db.session.query(Sighting).order_by(Sighting.id)] == [
            (gone.id, False),
            (kept.id, True),
        ]


def test_a_supplier_suspended_before_the_digest_is_left_out(reader: Actor, seller: Actor) -> None:
    with clock.frozen(NOW):
        save(reader, cadence="daily")
        make.make_offer(seller)
        make.run_jobs()
        _suspend(seller)
    with clock.frozen(NOW + timedelta(days=1)):
        make.run_jobs()
    assert told() == []


def _suspend(actor: Actor) -> None:
    with transaction():
        db.session.get_one(Organisation, actor.organisation_id).suspended_at = clock.now()


def test_the_suspended_are_told_nothing(reader: Actor, seller: Actor) -> None:
    save(reader)
    _suspend(reader)
    make.make_offer(seller)
    make.run_jobs()
    assert told() == []


def test_ones_own_listings_are_no_news(seller: Actor) -> None:
    save(seller)
    make.make_offer(seller)
    make.run_jobs()
    assert told() == []


def test_a_price_for_members_is_found_by_members_alone(app: Flask, reader: Actor, seller: Actor) -> None:
    stranger = Actor(user_id=make.make_user().id, kind="member")
    address = "/offers?q=nursing+bed&price_max=10000&currency=HKD"
    save(reader, address)
    save(stranger, address)
    offer = make.make_offer(seller, content=make.offer_content() | {"price_audience": "members"})
    make.run_jobs()
    assert told() == [(reader.user_id, None, [("offer", offer.id)])]


def test_published_again_it_is_not_told_again(reader: Actor, seller: Actor) -> None:
    save(reader)
    offer = make.make_offer(seller)
    make.run_jobs()
    offers.save_draft(
        actor=seller,
        offer_id=offer.id,
        base_version_id=db.session.get_one(type(offer), offer.id).live_version_id or 0,
        raw=make.offer_content("Electric nursing bed, new"),
    )
    offers.publish_offer(actor=seller, offer_id=offer.id)
    make.run_jobs()
    assert len(told()) == 1


def test_what_opens_later_is_told_when_it_opens(reader: Actor) -> None:
    save(reader, "/demands?q=护理床")
    _organisation, buyer = make.make_organisation(kind="institution")
    with clock.frozen(NOW):
        demand = make.make_demand(buyer, content=make.demand_content() | {"dates": {"opens_on": "2030-06-08"}})
        opens = demand.opens_at
        make.run_jobs()
    assert opens is not None
    assert opens > NOW
    assert told() == []
    with clock.frozen(opens):
        make.run_jobs()
    assert told() == [(reader.user_id, None, [("demand", demand.id)])]


def test_a_worker_that_dies_anywhere_tells_once(reader: Actor, seller: Actor) -> None:
    """Each step is broken off once at its very end, and done again by another worker."""
    save(reader)
    make.make_offer(seller)
    db.session.rollback()
    for name, handler in ((matching.JOB, matching.handle), (telling.JOB, telling.handle)):
        jobs = outbox.claim("fast", limit=9, names=[name])
        for job in jobs:
            handler(job)  # and then the worker dies: the job is still there, its lease runs out
        with transaction():
            db.session.execute(db.update(Job).values(lease_until=None))
        again = outbox.claim("fast", limit=9, names=[name])
        assert {job.id for job in jobs} <= {job.id for job in again}
        assert all(outbox.run(job) for job in again)
    make.run_jobs()
    assert len(told()) == 1
    assert db.session.query(Sighting).count() == 1


def test_paused_it_tells_nothing_and_nothing_later(reader: Actor, seller: Actor) -> None:
    with clock.frozen(NOW):
        watch = save(reader, cadence="daily")
        make.make_offer(seller)
        make.run_jobs()
        service.pause(actor=reader, watch_id=watch.id, paused=True)
        make.make_offer(seller)
        make.run_jobs()
    with clock.frozen(NOW + timedelta(days=1)):
        make.run_jobs()
        service.pause(actor=reader, watch_id=watch.id, paused=False)
        make.run_jobs()
        assert told() == []
        offer = make.make_offer(seller)
        make.run_jobs()
    with clock.frozen(NOW + timedelta(days=2)):
        make.run_jobs()
    assert told() == [(reader.user_id, None, [("offer", offer.id)])]


def test_a_demand_that_is_watched_is_told_once_in_the_digest(app: Flask, seller: Actor) -> None:
    institution, buyer = make.make_organisation(kind="institution")
    with clock.frozen(NOW):
        demand = make.make_demand(buyer)
        make.run_jobs()
        service.keep_watching(actor=buyer, demand_id=demand.id, name="Beds", cadence="daily", by_mail=True)
    with clock.frozen(NOW + timedelta(hours=1)):
        offer = make.make_offer(seller)
        make.run_jobs()
        assert [n for n in news("new_match") if n.organisation_id == institution.id] == []
    with clock.frozen(NOW + timedelta(days=1)):
        make.run_jobs()
        assert told() == [(None, institution.id, [("offer", offer.id)])]
        assert news()[0].params["items"][0]["reason"]["band"] in ("strong", "partial")


def test_a_demand_that_nobody_watches_is_told_as_before(app: Flask, seller: Actor) -> None:
    institution, buyer = make.make_organisation(kind="institution")
    make.make_demand(buyer)
    make.run_jobs()
    make.make_offer(seller)
    make.run_jobs()
    assert len([n for n in news("new_match") if n.organisation_id == institution.id]) == 1
    assert told() == []


def test_a_suppliers_field_is_watched_by_itself_and_not_told_twice(app: Flask, seller: Actor) -> None:
    _institution, buyer = make.make_organisation(kind="institution")
    with clock.frozen(NOW):
        make.make_offer(seller)
        make.run_jobs()
        (watch,) = db.session.query(Watch).filter_by(what="profile").all()
        assert (watch.organisation_id, watch.cadence) == (seller.organisation_id, "weekly")
        assert watch.query["filters"] == {"kind": ["equipment"], "place": ["HK"]}
        matched = make.make_demand(buyer)
        other = make.make_demand(buyer, content=_demand("二手叉车一台"))
        _island, islander = make.make_organisation(kind="institution", place_id="TW")
        elsewhere = make.make_demand(
            islander, content=_demand("二手叉车一台") | {"places": ["TW"], "place_text": "台湾"}
        )
        make.run_jobs()
    with clock.frozen(NOW + timedelta(days=7)):
        make.run_jobs()
    assert [n.params["demand_id"] for n in news("new_match") if n.params["side"] == "supplier"] == [matched.id]
    assert told() == [(None, seller.organisation_id, [("demand", other.id)])]
    assert elsewhere.id != other.id


def test_what_watches_for_a_supplier_follows_what_is_withdrawn_and_what_runs_out(app: Flask, seller: Actor) -> None:
    _institution, buyer = make.make_organisation(kind="institution")

    def watched() -> dict[str, list[str]]:
        db.session.rollback()
        return db.session.query(Watch).filter_by(what="profile").one().query["filters"]

    with clock.frozen(NOW):
        bed = make.make_offer(seller)
        meals = make.make_offer(
            seller, content=make.offer_content("Soft meals") | {"kind": "food_meals", "facts": {"serves": ["MO"]}}
        )
        make.run_jobs()
        assert watched() == {"kind": ["equipment", "food_meals"], "place": ["HK", "MO"]}
        make.make_demand(buyer, content=_demand("软餐") | {"kind": "food_meals", "places": ["MO"]})
        make.run_jobs()
        assert db.session.query(Sighting).count() == 1
        offers.withdraw_offer(actor=seller, offer_id=meals.id)
        make.run_jobs()
        assert watched() == {"kind": ["equipment"], "place": ["HK"]}
    with transaction():  # its time runs out, of which nobody says anything
        db.session.get_one(Offer, bed.id).closes_at = NOW + timedelta(days=1)
    with clock.frozen(NOW + timedelta(days=7)):
        make.run_jobs()
        assert told() == []  # the meals are not offered any more
        matching.renew_profiles()
        assert watched() == {}
        make.make_demand(buyer, content=_demand("二手叉车一台"))
        make.run_jobs()
        assert db.session.query(Sighting).count() == 1
        assert "nothing of ours is open" in make.sign_in(app.test_client(), _user(seller)).get("/watches").text


def _user(actor: Actor) -> User:
    return db.session.get_one(User, actor.user_id)


def _demand(title: str) -> dict[str, Any]:
    return {
        "kind": "equipment", "lang": "zh-Hans", "texts": {"title": {"zh-Hans": title}, "text": {"zh-Hans": title}},
        "requirements": [], "places": ["HK"], "place_text": "香港",
    }  # fmt: skip


def test_a_search_made_by_an_earlier_analysis_is_made_anew(reader: Actor, seller: Actor) -> None:
    watch = save(reader)
    with transaction():
        db.session.execute(db.update(Watch).values(version="old"))
        db.session.execute(db.delete(WatchKey))
    offer = make.make_offer(seller)
    make.run_jobs()
    assert told() == [(reader.user_id, None, [("offer", offer.id)])]
    assert db.session.get_one(Watch, watch.id).version != "old"


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("https://elsewhere.example/offers?q=bed", "not_a_search"),
        ("/organisations?q=bed", "not_a_search"),
        ("nonsense", "not_a_search"),
        ("/offers?q=。。。", "no_words"),
        ("/offers?q=bed&colour=red", "unknown_filter"),
        ("/offers?q=bed&place=ATLANTIS", "bad_filter_value"),
        ("/offers?price_max=many&currency=HKD", "bad_filter_value"),
        ("/offers?" + "&".join(f"kind={n}" for n in range(300)), "not_a_search"),
    ],
)
def test_an_address_that_is_no_search_is_refused_at_its_field(address: str, code: str, reader: Actor) -> None:
    with pytest.raises(Invalid) as refused:
        save(reader, address, name="x")
    assert {name: error.code for name, error in refused.value.errors.items()} == {"search": code}


def test_names_are_told_apart_and_a_hundred_are_enough(reader: Actor) -> None:
    save(reader, name="Beds")
    with pytest.raises(Invalid) as refused:
        save(reader, name=" ＢＥＤＳ ".strip())
    assert {name: error.code for name, error in refused.value.errors.items()} == {"name": "watch_name_taken"}
    for number in range(99):
        save(reader, name=f"Beds {number}")
    with pytest.raises(Invalid) as refused:
        save(reader, name="One more")
    assert {name: error.code for name, error in refused.value.errors.items()} == {"name": "watch_limit"}


def test_one_submission_keeps_one_search(reader: Actor) -> None:
    watch = save(reader, name="a", submission_id="s1")
    with pytest.raises(AlreadyDone) as done:
        save(reader, name="b", submission_id="s1")
    assert done.value.result == watch.id


def test_anothers_watch_is_not_there(reader: Actor, seller: Actor) -> None:
    watch = save(reader)
    for call in (
        lambda: service.delete(actor=seller, watch_id=watch.id),
        lambda: service.pause(actor=seller, watch_id=watch.id, paused=True),
        lambda: service.make_feed(actor=seller, watch_id=watch.id),
        lambda: service.change(actor=seller, watch_id=watch.id, name="x", cadence="now", by_mail=True),
        lambda: queries.get_watch(seller, watch.id),
    ):
        with pytest.raises(NotFound):
            call()


def test_anothers_demand_cannot_be_watched(reader: Actor) -> None:
    _institution, buyer = make.make_organisation(kind="institution")
    demand = make.make_demand(buyer)
    with pytest.raises(NotFound):
        service.keep_watching(actor=reader, demand_id=demand.id, name="x", cadence="now", by_mail=True)
    demands.withdraw_demand(actor=buyer, demand_id=demand.id)
