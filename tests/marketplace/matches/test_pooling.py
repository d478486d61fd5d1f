"""Institutions join another's demand with a quantity; who learns what of it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from flask import Flask

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.errors import Invalid, NotAllowed, NotFound
from marketplace.extensions import db
from marketplace.matches import pooling
from marketplace.matches.pooling_models import DemandJoin
from marketplace.notifications.models import Notification
from marketplace.organisations.models import Organisation
from marketplace.transaction import transaction
from tests.marketplace import factories as make


@pytest.fixture
def world(app: Flask) -> SimpleNamespace:
    _home, buyer = make.make_organisation(kind="institution", name="First Home")
    other, joiner = make.make_organisation(kind="institution", name="Second Home")
    _firm, seller = make.make_organisation(kind="supplier", name="Bed Firm")
    _both, third = make.make_organisation(kind="both", name="Third House")
    lines = [{"text": {"zh-Hans": "电动护理床"}, "quantity": "30", "unit": "piece"}]
    demand = make.make_demand(buyer, content=make.demand_content(lines=lines))
    return SimpleNamespace(app=app, buyer=buyer, other=other, joiner=joiner, seller=seller, third=third, demand=demand)


def page(world: SimpleNamespace, actor, address: str | None = None) -> str:
    client = world.app.test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    if actor is not None:
        make.sign_in(client, db.session.get(User, actor.user_id))
    return client.get(address or f"/demands/{world.demand.id}").text


def told(actor) -> list[str]:
    rows = db.session.scalars(
        sa.select(Notification).where(
            Notification.organisation_id == actor.organisation_id, Notification.kind == "demand_join"
        )
    )
    return [row.params["what"] for row in rows]


def test_a_share_counts_once_it_is_accepted_and_no_longer_once_it_is_left(world) -> None:
    demand_id = world.demand.id
    asked = pooling.join(actor=world.joiner, demand_id=demand_id, quantity=12, note="Low ones")
    assert pooling.pool_of(world.demand).joined == 0
    assert told(world.buyer) == ["asked"]
    pooling.decide(actor=world.buyer, join_id=asked, answer="accepted")
    third = pooling.join(actor=world.third, demand_id=demand_id, quantity=8, named=True)
    pooling.decide(actor=world.buyer, join_id=third, answer="accepted")
    pool = pooling.pool_of(world.demand)
    assert (pool.joined, pool.added, pool.total, pool.names) == (2, 20, 50, ({"en": "Third House"},))
    assert told(world.joiner) == ["accepted"]
    pooling.leave(actor=world.joiner, demand_id=demand_id)
    pooling.leave(actor=world.joiner, demand_id=demand_id)
    assert pooling.pool_of(world.demand).added == 8
    assert told(world.buyer) == ["asked", "asked", "left"]


def test_a_changed_quantity_is_asked_anew_and_the_same_one_is_not(world) -> None:
    share = pooling.join(actor=world.joiner, demand_id=world.demand.id, quantity=12)
    pooling.decide(actor=world.buyer, join_id=share, answer="accepted")
    assert pooling.join(actor=world.joiner, demand_id=world.demand.id, quantity=12, named=True) == share
    assert pooling.pool_of(world.demand).added == 12
    assert pooling.join(actor=world.joiner, demand_id=world.demand.id, quantity=40) == share
    assert pooling.pool_of(world.demand).added == 0
    assert db.session.query(DemandJoin).count() == 1


def test_who_is_declined_does_not_ask_again(world) -> None:
    share = pooling.join(actor=world.joiner, demand_id=world.demand.id, quantity=12)
    pooling.decide(actor=world.buyer, join_id=share, answer="declined")
    with pytest.raises(NotAllowed, match="declined"):
        pooling.join(actor=world.joiner, demand_id=world.demand.id, quantity=1)
    assert told(world.joiner) == ["declined"]


@pytest.mark.parametrize("quantity", [None, 0, -3, 1_000_001])
def test_a_quantity_that_is_none(world, quantity) -> None:
    with pytest.raises(Invalid) as refused:
        pooling.join(actor=world.joiner, demand_id=world.demand.id, quantity=quantity)
    assert set(refused.value.errors) == {"quantity"}


def test_who_may_do_what(world) -> None:
    demand_id = world.demand.id
    for actor, reason in ((world.buyer, "own"), (world.seller, "institution")):
        with pytest.raises(NotAllowed, match=reason):
            pooling.join(actor=actor, demand_id=demand_id, quantity=1)
    _waiting, unapproved = make.make_organisation(kind="institution", approved=False)
    with pytest.raises(NotAllowed, match="approval"):
        pooling.join(actor=unapproved, demand_id=demand_id, quantity=1)
    draft = make.make_demand(world.buyer, publish=False)
    with pytest.raises(NotFound):
        pooling.join(actor=world.joiner, demand_id=draft.id, quantity=1)
    with transaction():
        world.demand.organisation.from_public_source = True
    with pytest.raises(NotAllowed, match="not joined"):
        pooling.join(actor=world.joiner, demand_id=demand_id, quantity=1)
    with transaction():
        world.demand.organisation.from_public_source = False
    share = pooling.join(actor=world.joiner, demand_id=demand_id, quantity=1)
    for actor in (world.joiner, world.seller, world.third):
        with pytest.raises(NotFound):
            pooling.decide(actor=actor, join_id=share, answer="accepted")
        with pytest.raises(NotFound):
            pooling.shares(actor, world.demand)
    with pytest.raises(NotFound):
        pooling.leave(actor=world.third, demand_id=demand_id)
    with pytest.raises(Invalid):
        pooling.decide(actor=world.buyer, join_id=share, answer="maybe")


def test_nobody_but_the_demander_reads_who_joins_until_its_bearer_agrees(world) -> None:
    share = pooling.join(actor=world.joiner, demand_id=world.demand.id, quantity=12, note="Only ours to know")
    for actor in (None, world.seller, world.third):
        shown = page(world, actor)
        assert "Second Home" not in shown
        assert "Only ours to know" not in shown
    assert "Second Home" in page(world, world.buyer)
    assert "Only ours to know" in page(world, world.buyer)
    pooling.decide(actor=world.buyer, join_id=share, answer="accepted")
    for actor in (None, world.seller, world.third):
        shown = page(world, actor)
        assert "1 more institution needs 12." in shown
        assert "Second Home" not in shown
    pooling.join(actor=world.joiner, demand_id=world.demand.id, quantity=12, named=True)
    assert "Second Home" in page(world, world.seller)
    with transaction():
        db.session.get_one(Organisation, world.other.id).suspended_at = clock.now()
    assert "1 more institution" not in page(world, world.seller)


def test_joining_by_the_pages(world) -> None:
    client = make.sign_in(world.app.test_client(), db.session.get(User, world.joiner.user_id))
    address = f"/demands/{world.demand.id}/join"
    assert address in client.get(f"/demands/{world.demand.id}").text
    refused = make.post(client, address, address, quantity="many")
    assert refused.status_code == 422
    assert make.post(client, address, address, quantity="12", note="x").status_code == 303
    assert "You asked to join with 12" in client.get(f"/demands/{world.demand.id}").text
    [share] = db.session.query(DemandJoin).all()
    owner = make.sign_in(world.app.test_client(), db.session.get(User, world.buyer.user_id))
    answer = make.post(owner, f"/demands/{world.demand.id}", f"/joins/{share.id}", answer="accepted")
    assert answer.status_code == 303
    assert "You join with 12." in client.get(f"/demands/{world.demand.id}").text
    assert "With the demand itself: 42" in page(world, world.buyer, f"/demands/{world.demand.id}/matches")
    assert "wants to join your demand" in owner.get("/inbox").text
    left = make.post(client, f"/demands/{world.demand.id}", f"/demands/{world.demand.id}/leave")
    assert left.status_code == 303
    assert "We need this too" in client.get(f"/demands/{world.demand.id}").text
