"""Notice what looks posted or registered twice: on its preview, when it is published or entered, and in sweeps."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from marketplace import clock
from marketplace.actor import Actor
from marketplace.demands.desk import DESK as DEMANDS
from marketplace.duplicates import keys
from marketplace.duplicates.models import WHYS, DuplicateCase, LikenessKey
from marketplace.extensions import db
from marketplace.listings import service as listings
from marketplace.listings.content import Content
from marketplace.listings.desk import Desk
from marketplace.listings.lookalikes import Lookalike
from marketplace.listings.states import OPEN, SCHEDULED, state_of
from marketplace.offers.desk import DESK as OFFERS
from marketplace.organisations.models import Organisation
from marketplace.outbox import service as outbox
from marketplace.outbox.models import Job
from marketplace.transaction import transaction

JOB = "notice_duplicates"
DESKS = {"offer": OFFERS, "demand": DEMANDS}
BATCH, MOST = 100, 5000


def lookalikes(name: str, listing: Any, owner: Any, content: Content, actor: Actor) -> list[Lookalike]:
    """What its poster is told before a draft is published: open listings of their own organisation, and public ones of
    organisations that look like it, by their published words alone. Pairs that the organisers told apart are left
    out."""
    desk = DESKS[name]
    apart = {
        other for first, second, decision in _cases(name, listing.id) if decision == "different"
        for other in (first, second)}
    return [
        Lookalike(other.id, live["texts"].get("title") or {}, live.get("lang"), why, firm.names,
                  other.organisation_id == actor.organisation_id)
        for other, firm, live, why in _alike(desk, listing.id, owner, content)
        if other.id not in apart
        and (other.organisation_id == actor.organisation_id or state_of(other, firm, clock.now()) == OPEN)
    ]


def notice_listing(name: str, listing_id: int) -> int:
    """Keep by what a published listing is recognised, and put what looks like it before the organisers, in the open
    transaction. Returns how many pairs are new."""
    desk = DESKS[name]
    listing = listings.locked(desk, listing_id)
    if listing is None or listing.live_version_id is None or listing.merged_into_id is not None:
        return 0
    content = listings.version_of(desk, listing.live_version_id).content
    _keep(name, listing_id, keys.of_listing(content))
    owner = db.session.get_one(Organisation, listing.organisation_id)
    if state_of(listing, owner, clock.now()) not in (OPEN, SCHEDULED):
        return 0
    alike = _alike(desk, listing_id, owner, content)
    return _put(name, listing_id, {other.id: why for other, _firm, _live, why in alike})


def notice_organisation(organisation_id: int) -> int:
    """The same for an organisation that was entered, renamed or approved."""
    organisation = db.session.get(Organisation, organisation_id)
    if organisation is None or organisation.merged_into_id is not None:
        return 0
    mine = keys.of_organisation(organisation)
    _keep("organisation", organisation_id, mine)
    rows = db.session.execute(
        sa.select(LikenessKey.subject_id, LikenessKey.key)
        .join(Organisation, Organisation.id == LikenessKey.subject_id)
        .where(LikenessKey.kind == "organisation", LikenessKey.key.in_(mine), LikenessKey.subject_id != organisation_id,
               Organisation.merged_into_id.is_(None))
        .order_by(LikenessKey.subject_id))
    found: dict[int, str] = {}
    for other, key in rows:
        found[other] = _stronger(found.get(other), mine[key])
    return _put("organisation", organisation_id, found)


def forget(kind: str, subject_id: int) -> None:
    """Recognise nothing by something any more: it was merged into another."""
    db.session.execute(
        sa.delete(LikenessKey).where(LikenessKey.kind == kind, LikenessKey.subject_id == subject_id))


def request(organisation_id: int) -> None:
    """Have an organisation's listings looked at, after the open transaction: they came to it from another."""
    outbox.enqueue(JOB, subject=str(organisation_id), dedupe_key=f"{JOB}:{organisation_id}")


def handle(job: Job) -> None:
    """Look at the listings of the organisation that a job names."""
    for name, desk in DESKS.items():
        _look(name, sa.select(desk.listing.id).where(
            desk.listing.organisation_id == int(job.subject), desk.listing.live_version_id.is_not(None)))


def sweep() -> None:
    """Look at what came in by no way that is noticed at once: what has no keys yet."""
    for name, table in (("organisation", Organisation), ("offer", OFFERS.listing), ("demand", DEMANDS.listing)):
        made = sa.select(LikenessKey.subject_id).where(LikenessKey.kind == name, LikenessKey.key == keys.MADE)
        query = sa.select(table.id).where(table.id.not_in(made), table.merged_into_id.is_(None))
        if name in DESKS:
            query = query.where(table.live_version_id.is_not(None))
        _look(name, query)


def _look(name: str, query: sa.Select[Any]) -> None:
    model_id = query.selected_columns[0]
    ids = list(db.session.scalars(query.order_by(model_id).limit(MOST)))
    db.session.rollback()  # the read ends before the first of the writes begins
    for start in range(0, len(ids), BATCH):
        with transaction():
            for one in ids[start:start + BATCH]:
                if name == "organisation":
                    notice_organisation(one)
                else:
                    notice_listing(name, one)


def _alike(desk: Desk, listing_id: int, owner: Any, content: Content) -> list[tuple[Any, Any, Content, str]]:
    """(listing, organisation, published content, why) of what looks the same: of the same organisation or of one that
    looks like it. Two things with different model numbers are different things, whatever their titles say."""
    mine, model = keys.of_listing(content), keys.model_of(content)
    rows = db.session.execute(
        sa.select(LikenessKey.key, desk.listing, Organisation, desk.version.content)
        .join(desk.listing, desk.listing.id == LikenessKey.subject_id)
        .join(desk.version, desk.version.id == desk.listing.live_version_id)
        .join(Organisation, Organisation.id == desk.listing.organisation_id)
        .where(LikenessKey.kind == desk.name, LikenessKey.key.in_(mine), LikenessKey.subject_id != listing_id,
               desk.listing.withdrawn_at.is_(None))
        .order_by(LikenessKey.subject_id))
    now = clock.now()
    found: dict[int, tuple[Any, Any, Content, str]] = {}
    for key, other, firm, live in rows:
        theirs = keys.model_of(live)
        if (model and theirs and model != theirs) or not keys.same_firm(owner, firm):
            continue
        if state_of(other, firm, now) in (OPEN, SCHEDULED):
            before = found[other.id][3] if other.id in found else None
            found[other.id] = (other, firm, live, _stronger(before, mine[key]))
    return list(found.values())


def _stronger(one: str | None, other: str) -> str:
    return other if one is None else min(one, other, key=WHYS.index)


def _keep(kind: str, subject_id: int, wanted: Iterable[str]) -> None:
    """Have exactly these keys, and the mark that they were made."""
    wanted = {*wanted, keys.MADE}
    there = set(db.session.scalars(
        sa.select(LikenessKey.key).where(LikenessKey.kind == kind, LikenessKey.subject_id == subject_id)))
    if gone := there - wanted:
        db.session.execute(sa.delete(LikenessKey).where(
            LikenessKey.kind == kind, LikenessKey.subject_id == subject_id, LikenessKey.key.in_(gone)))
    db.session.add_all(LikenessKey(kind=kind, key=key, subject_id=subject_id) for key in sorted(wanted - there))
    db.session.flush()  # looked up by the next of the same transaction


def _cases(kind: str, subject_id: int) -> list[tuple[int, int, str | None]]:
    rows = db.session.execute(
        sa.select(DuplicateCase.first_id, DuplicateCase.second_id, DuplicateCase.decision).where(
            DuplicateCase.kind == kind,
            sa.or_(DuplicateCase.first_id == subject_id, DuplicateCase.second_id == subject_id)))
    return [(row[0], row[1], row[2]) for row in rows]


def _put(kind: str, subject_id: int, found: dict[int, str]) -> int:
    """Add the pairs that were never noticed before."""
    known = {frozenset(pair[:2]) for pair in _cases(kind, subject_id)} if found else set()
    added = 0
    for other, why in found.items():
        pair = sorted((subject_id, other))
        if frozenset(pair) not in known:
            added += add_case(kind, pair[0], pair[1], why=why)
    return added


def add_case(kind: str, first_id: int, second_id: int, **facts: Any) -> bool:
    """Add a pair in the open transaction; one that another transaction added meanwhile stands for both."""
    try:
        with db.session.begin_nested():
            db.session.add(DuplicateCase(kind=kind, first_id=first_id, second_id=second_id, **facts))
            db.session.flush()
    except sa.exc.IntegrityError:
        return False
    return True
