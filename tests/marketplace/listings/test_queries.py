"""Rows for pages: whole answers, in the order asked, nothing that the reader may not see, one statement."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from marketplace import clock
from marketplace.actor import Actor
from marketplace.demands import queries as demand_queries
from marketplace.extensions import db
from marketplace.listings import queries, service
from marketplace.listings.desk import Desk
from marketplace.listings.queries import LiveVersion, OwnerOfRow, OwnRow
from marketplace.offers import queries as offer_queries
from marketplace.organisations.models import Organisation
from marketplace.transaction import transaction
from tests.marketplace.listings.statements import statements_of
from tests.marketplace.listings.steps import CONTENTS, DESKS, make_actor, make_listing

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture(params=["offer", "demand"])
def desk(request: pytest.FixtureRequest) -> Desk:
    return DESKS[request.param]


@pytest.fixture
def noise(app: Flask, desk: Desk) -> dict[str, int]:
    """One listing in each state that must not be shown, by state."""
    with clock.frozen(NOON - timedelta(days=9)):
        actor = make_actor("Noise", "noise@noise.example")
        hidden = make_actor("Suspended", "gone@gone.example")
        ids = {
            "draft": make_listing(desk, actor, published=False).id,
            "withdrawn": make_listing(desk, actor).id,
            "closed": make_listing(desk, actor, dates={"closes_on": "2026-11-20"}).id,
            "scheduled": make_listing(desk, actor, dates={"opens_on": "2026-11-30"}).id,
            "suspended owner": make_listing(desk, hidden).id,
        }
        service.withdraw(desk, actor=actor, listing_id=ids["withdrawn"])
        with transaction():
            db.session.get(Organisation, hidden.organisation_id).suspended_at = clock.now()
    return ids


def test_a_row_says_what_a_card_shows(app: Flask, desk: Desk, noise: dict[str, int]) -> None:
    with clock.frozen(NOON):
        actor = make_actor()
        listing = make_listing(desk, actor)
        [row] = queries.published(desk, [noise["draft"], str(listing.id), *noise.values(), listing.id, 999_999])
    content = service.version_of(desk, listing.live_version_id).content
    assert (row.id, row.live_version, row.organisation, row.opens_at, row.closes_at, row.confirmed_at, row.content) == (
        listing.id,
        LiveVersion(listing.live_version_id, content),
        OwnerOfRow(actor.organisation_id, {"en": "Harbour Care"}, None, False, False),
        NOON,
        None,
        NOON,
        content,
    )


def test_rows_come_in_the_order_asked_and_only_open_ones(app: Flask, desk: Desk, noise: dict[str, int]) -> None:
    with clock.frozen(NOON):
        actor = make_actor()
        ids = [make_listing(desk, actor).id for _ in range(4)]
        asked = [ids[2], noise["closed"], ids[0], noise["withdrawn"], ids[3], noise["suspended owner"], ids[1]]
        assert [row.id for row in queries.published(desk, asked)] == [ids[2], ids[0], ids[3], ids[1]]
        assert queries.published(desk, []) == []


def test_the_newest_come_page_by_page_without_gap_or_repeat(app: Flask, desk: Desk, noise: dict[str, int]) -> None:
    ids = []
    for number in range(7):
        with clock.frozen(NOON + timedelta(minutes=number // 2)):
            if not ids:
                actor = make_actor()
            ids.append(make_listing(desk, actor).id)
    with clock.frozen(NOON + timedelta(hours=1)):
        found: list[int] = []
        after = None
        while rows := queries.newest(desk, limit=3, after=after):
            found += [row.id for row in rows]
            after = (rows[-1].opens_at, rows[-1].id)  # type: ignore[assignment]
        by_number = [row.id for page in range(3) for row in queries.newest(desk, limit=3, offset=3 * page)]
    assert found == by_number == ids[::-1]


def test_a_stranger_is_not_told_a_price_for_approved_organisations(app: Flask, desk: Desk) -> None:
    actor = make_actor()
    listing = make_listing(desk, actor, price_audience="members")

    def told(reader: Actor | None) -> bool:
        [row] = queries.published(desk, [listing.id], actor=reader)
        return bool(row.content["budget"] if desk.name == "demand" else "price" in row.content["facts"])

    verified = Actor(9, 77, frozenset({"viewer", "approved", "supplier", "institution"}), "member")
    assert [told(None), told(Actor(8, 76, frozenset({"owner"}), "member")), told(verified), told(actor)] == [
        False,
        False,
        True,
        True,
    ]


@pytest.mark.parametrize("number", [1, 50])
def test_a_page_of_results_costs_one_statement_however_long(app: Flask, desk: Desk, number: int) -> None:
    actor = make_actor()
    ids = [make_listing(desk, actor).id for _ in range(number)]
    module: Any = offer_queries if desk.name == "offer" else demand_queries
    by_ids = module.published_offers if desk.name == "offer" else module.published_demands
    db.session.rollback()
    for verb in (lambda: by_ids(ids), lambda: module.newest(limit=50)):
        rows, sent = statements_of(verb)
        assert (len(rows), len(sent)) == (number, 1)


def test_an_organisation_lists_all_of_its_own_and_nothing_of_others(
    app: Flask, desk: Desk, noise: dict[str, int]
) -> None:
    with clock.frozen(NOON):
        actor = make_actor()
        live = make_listing(desk, actor)
    with clock.frozen(NOON + timedelta(hours=1)):
        draft = make_listing(desk, actor, published=False)
        base = live.live_version_id
        service.save_draft(desk, actor=actor, listing_id=live.id, base_version_id=base, raw=CONTENTS[desk.name])
        rows, sent = statements_of(lambda: queries.of_organisation(desk, actor.organisation_id))
    title = CONTENTS[desk.name]["texts"]["title"]
    later = NOON + timedelta(hours=1)
    assert rows == [
        OwnRow(draft.id, title, "equipment", "draft", True, False, None, None, later),
        OwnRow(live.id, title, "equipment", "open", True, True, None, NOON, later),
    ]
    assert len(sent) == 1
    with clock.frozen(later):
        assert [row.id for row in queries.published_of(desk, actor.organisation_id)] == [live.id]
