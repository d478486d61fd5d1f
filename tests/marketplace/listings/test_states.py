"""One table of states, read three ways: in Python, in SQL and by the search index, at and around every boundary."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from marketplace import clock
from marketplace.demands.documents import demand_documents
from marketplace.extensions import db
from marketplace.indexing import service as indexing
from marketplace.listings.desk import Desk
from marketplace.listings.states import is_open, state_expression, state_of
from marketplace.offers.documents import offer_documents
from marketplace.organisations.models import Organisation
from marketplace.transaction import transaction
from search import FindRequest, Viewer
from tests.marketplace.listings.steps import DESKS, make_actor, make_listing

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
TICK = timedelta(seconds=1)  # the index counts whole seconds
DOCUMENTS = {"offer": offer_documents, "demand": demand_documents}

# What is set on the listing and its owner beside a live version; then the state before, at and after NOON.
CASES: dict[str, tuple[dict[str, Any], tuple[str, str, str]]] = {
    "opens": ({"opens_at": NOON}, ("scheduled", "open", "open")),
    "never opens": ({"opens_at": None}, ("scheduled", "scheduled", "scheduled")),
    "closes": ({"opens_at": NOON - timedelta(days=1), "closes_at": NOON}, ("open", "closed", "closed")),
    "closes as it opens": ({"opens_at": NOON, "closes_at": NOON}, ("scheduled", "closed", "closed")),
    "withdrawn": ({"opens_at": NOON - timedelta(days=1), "withdrawn_at": NOON}, ("open", "withdrawn", "withdrawn")),
    "owner suspended": (
        {"opens_at": NOON - timedelta(days=1), "owner.suspended_at": NOON},
        ("open", "suspended owner", "suspended owner"),
    ),
    "owner approved": (
        {"opens_at": NOON - timedelta(days=1), "owner.approved_at": NOON},
        ("suspended owner", "open", "open"),
    ),
    "owner not approved": ({"opens_at": NOON - timedelta(days=1), "owner.approved_at": None}, ("suspended owner",) * 3),
    "closed and withdrawn": (
        {"opens_at": NOON - timedelta(days=2), "closes_at": NOON - timedelta(days=1), "withdrawn_at": NOON},
        ("closed", "withdrawn", "withdrawn"),
    ),
    "draft": ({"live_version_id": None}, ("draft", "draft", "draft")),
    "draft given up": ({"live_version_id": None, "withdrawn_at": NOON}, ("draft", "withdrawn", "withdrawn")),
}


def prepare(desk: Desk, facts: dict[str, Any]) -> int:
    with clock.frozen(NOON - timedelta(days=5)):
        listing = make_listing(desk, make_actor())
    with transaction():
        row = db.session.get(desk.listing, listing.id)
        for name, value in facts.items():
            target = db.session.get(Organisation, row.organisation_id) if name.startswith("owner.") else row
            setattr(target, name.removeprefix("owner."), value)
        indexing.touch(desk.name, row.id)
    return row.id


def in_python(desk: Desk, listing_id: int, now: datetime) -> str:
    row = db.session.get(desk.listing, listing_id)
    return state_of(row, row.organisation, now)


def in_sql(desk: Desk, listing_id: int, now: datetime) -> tuple[str, bool]:
    statement = (
        sa.select(state_expression(desk.listing, Organisation, now), is_open(desk.listing, Organisation, now))
        .join(Organisation, Organisation.id == desk.listing.organisation_id)
        .where(desk.listing.id == listing_id)
    )
    state, open_ = db.session.execute(statement).one()
    return state, bool(open_)


def found_by_search(desk: Desk, listing_id: int, now: datetime) -> bool:
    """Whether an index whose document was made at `now` finds it at `now`."""
    with clock.frozen(now):
        documents = DOCUMENTS[desk.name]([listing_id], {listing_id: int(now.timestamp())})
    indexing.search().put(desk.plural, documents)
    result = indexing.search().find(FindRequest(collection=desk.plural, now=now, viewer=Viewer(None, "public")))
    assert {hit.id for hit in result.hits} <= {str(listing_id)}
    return result.total == 1


@pytest.mark.parametrize("name", ["offer", "demand"])
@pytest.mark.parametrize("case", CASES)
def test_the_three_readings_agree_at_before_and_after_a_boundary(app: Flask, name: str, case: str) -> None:
    facts, expected = CASES[case]
    desk = DESKS[name]
    listing_id = prepare(desk, facts)
    for now, state in zip((NOON - TICK, NOON, NOON + TICK), expected, strict=True):
        answers = (
            in_python(desk, listing_id, now),
            in_sql(desk, listing_id, now),
            found_by_search(desk, listing_id, now),
        )
        assert answers == (state, (state, state == "open"), state == "open"), now


@pytest.mark.parametrize("name", ["offer", "demand"])
def test_an_index_need_not_be_told_that_a_boundary_of_time_passed(app: Flask, name: str) -> None:
    desk = DESKS[name]
    listing_id = prepare(desk, {"opens_at": NOON, "closes_at": NOON + timedelta(days=1)})
    with clock.frozen(NOON - timedelta(days=1)):
        indexing.search().put(desk.plural, DOCUMENTS[desk.name]([listing_id], {listing_id: 9}))

    def found(now: datetime) -> int:
        return indexing.search().find(FindRequest(collection=desk.plural, now=now, viewer=Viewer(None, "public"))).total

    times = (NOON - TICK, NOON, NOON + timedelta(days=1) - TICK, NOON + timedelta(days=1))
    assert [found(now) for now in times] == [0, 1, 1, 0]
