"""The verbs: what stands after each, in which version, with which audit row, index job and hook."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from marketplace import clock, hooks
from marketplace.actor import Actor
from marketplace.audit import service as audit
from marketplace.errors import AlreadyDone, Conflict, ErrorCode, Invalid, NotAllowed, NotFound
from marketplace.extensions import db
from marketplace.indexing.models import DocumentRevision
from marketplace.listings import queries, service
from marketplace.listings.desk import Desk
from marketplace.listings.models import ImmutableVersion
from marketplace.listings.policy import NotPublishable
from marketplace.organisations.models import Organisation
from marketplace.outbox.models import Job
from marketplace.transaction import transaction
from tests.marketplace.listings.steps import (
    CONTENTS,
    DESKS,
    make_actor,
    make_listing,
    make_member,
    make_organisation,
)

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture(params=["offer", "demand"])
def desk(request: pytest.FixtureRequest) -> Desk:
    return DESKS[request.param]


def stands(desk: Desk, listing_id: int) -> dict[str, Any]:
    db.session.expire_all()
    row = db.session.get(desk.listing, listing_id)
    return {
        "live": row.live_version_id,
        "draft": row.draft_version_id,
        "opens_at": row.opens_at,
        "closes_at": row.closes_at,
        "withdrawn_at": row.withdrawn_at,
        "confirmed_at": row.confirmed_at,
    }


def actions(desk: Desk, listing_id: int) -> list[str]:
    return [event.action for event in reversed(audit.history(subject_kind=desk.name, subject_id=listing_id))]


def revision(desk: Desk, listing_id: int) -> int | None:
    return db.session.scalar(
        sa.select(DocumentRevision.revision).where(
            DocumentRevision.kind == desk.name, DocumentRevision.subject_id == listing_id
        )
    )


def retitled(desk: Desk, title: str) -> dict[str, Any]:
    raw = CONTENTS[desk.name]
    return {**raw, "texts": {**raw["texts"], "title": {raw["lang"]: title}}}


def test_a_listing_goes_from_draft_to_published_to_withdrawn(app: Flask, desk: Desk) -> None:
    with clock.frozen(NOON - timedelta(days=1)):
        actor = make_actor()
    heard: list[tuple[str, dict[str, Any]]] = []
    for what in ("published", "withdrawn", "confirmed"):
        hooks.subscribe(app, f"{desk.name}_{what}", lambda what=what, **facts: heard.append((what, facts)))
    with clock.frozen(NOON):
        listing_id = service.create(desk, actor=actor, raw=CONTENTS[desk.name]).id
    first = queries.versions(desk, listing_id)[0].id
    nothing = {"opens_at": None, "closes_at": None, "withdrawn_at": None, "confirmed_at": None}
    assert stands(desk, listing_id) == {"live": None, "draft": first, **nothing}
    assert (revision(desk, listing_id), heard) == (None, [])

    with clock.frozen(NOON + timedelta(hours=1)):
        service.publish(desk, actor=actor, listing_id=listing_id)
    published = {**nothing, "opens_at": NOON + timedelta(hours=1), "confirmed_at": NOON + timedelta(hours=1)}
    assert stands(desk, listing_id) == {"live": first, "draft": None, **published}

    with clock.frozen(NOON + timedelta(hours=2)):
        service.save_draft(desk, actor=actor, listing_id=listing_id, base_version_id=first, raw=retitled(desk, "Two"))
    second = queries.versions(desk, listing_id)[0].id
    assert stands(desk, listing_id) == {"live": first, "draft": second, **published}
    assert revision(desk, listing_id) == 1

    with clock.frozen(NOON + timedelta(hours=3)):
        service.publish(desk, actor=actor, listing_id=listing_id)
    published["confirmed_at"] = NOON + timedelta(hours=3)
    assert stands(desk, listing_id) == {"live": second, "draft": None, **published}

    with clock.frozen(NOON + timedelta(hours=4)):
        service.confirm(desk, actor=actor, listing_id=listing_id)
        service.withdraw(desk, actor=actor, listing_id=listing_id)
        service.withdraw(desk, actor=actor, listing_id=listing_id)
    published |= {"confirmed_at": NOON + timedelta(hours=4), "withdrawn_at": NOON + timedelta(hours=4)}
    assert stands(desk, listing_id) == {"live": second, "draft": None, **published}

    with clock.frozen(NOON + timedelta(hours=5)):
        service.publish(desk, actor=actor, listing_id=listing_id)
    published = {**nothing, "opens_at": NOON + timedelta(hours=5), "confirmed_at": NOON + timedelta(hours=5)}
    assert stands(desk, listing_id) == {"live": second, "draft": None, **published}

    assert actions(desk, listing_id) == [
        f"{desk.name}.{what}"
        for what in ("created", "published", "saved", "published", "confirmed", "withdrawn", "published")
    ]
    told = {f"{desk.name}_id": listing_id, "organisation_id": actor.organisation_id}
    assert heard == [(what, told) for what in ("published", "published", "confirmed", "withdrawn", "published")]
    assert revision(desk, listing_id) == 5
    jobs = db.session.scalars(sa.select(Job.subject).where(Job.name == "index_document")).all()
    assert jobs == [f"{desk.name}:{listing_id}"]
    assert [(v.number, v.created_by) for v in queries.versions(desk, listing_id)] == [
        (2, actor.user_id),
        (1, actor.user_id),
    ]


@pytest.mark.parametrize("opens_in", [0, 7], ids=["open", "scheduled"])
def test_a_second_press_of_publish_changes_nothing(app: Flask, desk: Desk, opens_in: int) -> None:
    with clock.frozen(NOON - timedelta(days=1)):
        actor = make_actor()
    with clock.frozen(NOON):
        dates = {"opens_on": (NOON + timedelta(days=opens_in)).date().isoformat()} if opens_in else {}
        listing_id = make_listing(desk, actor, dates=dates).id
    before = stands(desk, listing_id), actions(desk, listing_id), revision(desk, listing_id)
    with clock.frozen(NOON + timedelta(minutes=1)):
        service.publish(desk, actor=actor, listing_id=listing_id)
    assert (stands(desk, listing_id), actions(desk, listing_id), revision(desk, listing_id)) == before
    assert before[1] == [f"{desk.name}.created", f"{desk.name}.published"]


def test_a_version_is_history(app: Flask, desk: Desk) -> None:
    listing = make_listing(desk, make_actor())
    with pytest.raises(ImmutableVersion), transaction():
        service.version_of(desk, listing.live_version_id).content = {"kind": None}
    assert service.version_of(desk, listing.live_version_id).content["kind"] == "equipment"


def test_a_draft_given_up_stays_in_the_history(app: Flask, desk: Desk) -> None:
    actor = make_actor()
    listing = make_listing(desk, actor)
    live = listing.live_version_id
    service.save_draft(desk, actor=actor, listing_id=listing.id, base_version_id=live, raw=retitled(desk, "Two"))
    service.discard_draft(desk, actor=actor, listing_id=listing.id)
    after = stands(desk, listing.id)
    assert (after["live"], after["draft"]) == (live, None)
    assert len(queries.versions(desk, listing.id)) == 2
    service.save_draft(desk, actor=actor, listing_id=listing.id, base_version_id=live, raw=retitled(desk, "Three"))
    assert [v.number for v in queries.versions(desk, listing.id)] == [3, 2, 1]


def test_a_copy_is_a_draft_of_its_own_without_dates_and_source(app: Flask, desk: Desk) -> None:
    actor = make_actor()
    original = make_listing(desk, actor, dates={"closes_on": "2199-01-01"})
    copy = service.copy(desk, actor=actor, listing_id=original.id, submission_id="copy-1")
    assert stands(desk, copy.id)["live"] is None
    said = dict(service.version_of(desk, copy.draft_version_id).content)
    before = dict(service.version_of(desk, original.live_version_id).content)
    assert said == {**before, "dates": {}}
    with pytest.raises(AlreadyDone) as again:
        service.copy(desk, actor=actor, listing_id=original.id, submission_id="copy-1")
    assert again.value.result == copy.id


def test_the_second_of_two_savers_is_refused_and_told_what_stands(app: Flask, desk: Desk) -> None:
    actor = make_actor()
    listing = make_listing(desk, actor)
    base = listing.live_version_id
    service.save_draft(desk, actor=actor, listing_id=listing.id, base_version_id=base, raw=retitled(desk, "First"))
    with pytest.raises(Conflict) as refused:
        service.save_draft(desk, actor=actor, listing_id=listing.id, base_version_id=base, raw=retitled(desk, "Second"))
    newest = queries.versions(desk, listing.id)[0]
    assert (refused.value.current, refused.value.theirs) == (newest.id, newest.content)
    assert newest.content["texts"]["title"] == {CONTENTS[desk.name]["lang"]: "First"}
    with pytest.raises(Conflict):
        service.publish(desk, actor=actor, listing_id=listing.id, version_id=base)
    assert stands(desk, listing.id)["live"] == base


def test_one_submission_is_kept_once(app: Flask, desk: Desk) -> None:
    actor = make_actor()
    listing = service.create(desk, actor=actor, raw=CONTENTS[desk.name], submission_id="once")
    with pytest.raises(AlreadyDone) as again:
        service.create(desk, actor=actor, raw=CONTENTS[desk.name], submission_id="once")
    assert again.value.result == listing.id
    base = listing.draft_version_id
    service.save_draft(
        desk,
        actor=actor,
        listing_id=listing.id,
        base_version_id=base,
        raw=retitled(desk, "Two"),
        submission_id="save-once",
    )
    with pytest.raises(AlreadyDone) as again:
        service.save_draft(
            desk,
            actor=actor,
            listing_id=listing.id,
            base_version_id=base,
            raw=retitled(desk, "Two"),
            submission_id="save-once",
        )
    assert again.value.result == listing.id
    assert len(queries.versions(desk, listing.id)) == 2


def test_publishing_says_everything_that_is_missing_or_past(app: Flask, desk: Desk) -> None:
    actor = make_actor()
    listing = make_listing(desk, actor, published=False, texts={}, dates={"closes_on": "2026-11-23"})
    body = desk.body
    lang = CONTENTS[desk.name]["lang"]
    with clock.frozen(NOON), pytest.raises(Invalid) as refused:
        service.publish(desk, actor=actor, listing_id=listing.id)
    assert refused.value.errors == {
        f"texts.title.{lang}": ErrorCode("required"),
        f"texts.{body}.{lang}": ErrorCode("required"),
        "dates.closes_on": ErrorCode("in_the_past"),
    }
    assert stands(desk, listing.id)["live"] is None


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"approved": False}, "not_asked"),
        ({"approved": False, "submitted_at": NOON}, "waiting"),
        ({"approved": False, "submitted_at": NOON, "rejected_at": NOON}, "rejected"),
        ({"suspended_at": NOON}, "suspended"),
    ],
)
def test_only_an_approved_organisation_publishes(app: Flask, desk: Desk, facts: dict[str, Any], reason: str) -> None:
    approved = facts.get("approved", True)
    actor = make_actor(approved=approved)
    with transaction():
        organisation = db.session.get(Organisation, actor.organisation_id)
        for name, value in facts.items():
            if name != "approved":
                setattr(organisation, name, value)
    listing = service.create(desk, actor=actor, raw=CONTENTS[desk.name])
    with pytest.raises(NotPublishable) as refused:
        service.publish(desk, actor=actor, listing_id=listing.id)
    assert refused.value.reason == reason
    assert stands(desk, listing.id)["live"] is None


@pytest.mark.parametrize(
    ("name", "role", "reason"), [("offer", "institution", "not_supplier"), ("demand", "supplier", "not_institution")]
)
def test_each_side_publishes_its_own(app: Flask, name: str, role: str, reason: str) -> None:
    actor = make_actor(role=role)
    listing = service.create(DESKS[name], actor=actor, raw=CONTENTS[name])
    with pytest.raises(NotPublishable) as refused:
        service.publish(DESKS[name], actor=actor, listing_id=listing.id)
    assert refused.value.reason == reason


def test_who_may_do_what(app: Flask, desk: Desk) -> None:
    organisation = make_organisation()
    owner = make_member(organisation)
    viewer = make_member(organisation, "lee@harbour.example", "viewer")
    stranger = make_actor("Peak Homes", "ho@peak.example")
    organiser = Actor(99, None, frozenset(), "organiser")
    listing = make_listing(desk, owner)
    base = listing.live_version_id

    def tried(actor: Actor) -> dict[str, str]:
        verbs = {
            "save": lambda: service.save_draft(
                desk, actor=actor, listing_id=listing.id, base_version_id=base, raw=CONTENTS[desk.name]
            ),
            "publish": lambda: service.publish(desk, actor=actor, listing_id=listing.id),
            "confirm": lambda: service.confirm(desk, actor=actor, listing_id=listing.id),
            "copy": lambda: service.copy(desk, actor=actor, listing_id=listing.id),
            "discard": lambda: service.discard_draft(desk, actor=actor, listing_id=listing.id),
            "withdraw": lambda: service.withdraw(desk, actor=actor, listing_id=listing.id),
        }
        found = {}
        for name, verb in verbs.items():
            try:
                verb()
                found[name] = "done"
            except NotFound:
                found[name] = "not found"
            except NotAllowed as refusal:
                found[name] = refusal.reason
        return found

    everything = ("save", "publish", "confirm", "copy", "discard", "withdraw")
    assert tried(Actor()) == dict.fromkeys(everything, "not found")
    assert tried(stranger) == dict.fromkeys(everything, "not found")
    assert tried(viewer) == dict.fromkeys(everything, "viewer")
    assert tried(organiser) == {**dict.fromkeys(everything, "not found"), "withdraw": "done"}
    assert tried(owner) == dict.fromkeys(everything, "done")
    for actor, reason in ((Actor(), "sign_in"), (Actor(5), "no_organisation"), (viewer, "viewer")):
        with pytest.raises(NotAllowed) as refused:
            service.create(desk, actor=actor, raw=CONTENTS[desk.name])
        assert refused.value.reason == reason


def test_somebody_elses_file_cannot_be_hung_on_a_listing(app: Flask, desk: Desk) -> None:
    import io

    from marketplace.files import service as files
    from tests.marketplace.files import making

    stranger = make_actor("Peak Homes", "ho@peak.example")
    theirs = files.store(actor=stranger, stream=io.BytesIO(making.PDF), filename="a.pdf", purpose="document").id
    with pytest.raises(Invalid) as refused:
        service.create(
            desk, actor=make_actor(), raw={**CONTENTS[desk.name], "documents": [{"file": theirs, "title": {}}]}
        )
    assert refused.value.errors == {"documents.0.upload": ErrorCode("not_yours")}


def test_a_change_of_the_organisation_indexes_what_it_published(app: Flask, desk: Desk) -> None:
    actor = make_actor()
    live, draft = make_listing(desk, actor), make_listing(desk, actor, published=False)
    other = make_listing(desk, make_actor("Peak Homes", "ho@peak.example"))
    with transaction():
        service.touch_listings_of(desk, actor.organisation_id)
    assert [revision(desk, one.id) for one in (live, draft, other)] == [2, None, 1]
