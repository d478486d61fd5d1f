"""Decide on a pair: tell the two apart for good, or make one of them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from marketplace import clock
from marketplace.actor import Actor
from marketplace.audit import service as audit
from marketplace.duplicates import noticing, policy
from marketplace.duplicates.models import DuplicateCase
from marketplace.duplicates.noticing import DESKS
from marketplace.errors import AlreadyDone, ErrorCode, Invalid, NotFound
from marketplace.extensions import db
from marketplace.listings import merging as listings
from marketplace.notifications.merging import tell_listing_merged
from marketplace.organisations import merging as organisations
from marketplace.organisations.merging import Moved
from marketplace.transaction import transaction


def tell_apart(*, actor: Actor, case_id: int) -> DuplicateCase:
    """Say that the two are different things; nobody is asked about them again.

    Raises NotAllowed, NotFound, AlreadyDone.
    """
    policy.require_decide(actor)
    with transaction():
        case = _undecided(case_id)
        _decide(actor, case, "different")
        audit.record(actor=actor, action="duplicates.told_apart", subject_kind=case.kind, subject_id=case.first_id,
                     changes={"from": (None, case.second_id, "public")})
    return case


def merge(*, actor: Actor, case_id: int, kept_id: int) -> Moved:
    """Make one thing of the two, of which `kept_id` stays; returns what was moved.

    Raises:
        NotAllowed, NotFound.
        AlreadyDone: somebody decided on the pair, or merged one of the two, meanwhile.
        Invalid: at "kept", why it cannot be done so.
    """
    policy.require_decide(actor)
    with transaction():
        case = _undecided(case_id)
        if kept_id not in (case.first_id, case.second_id):
            raise Invalid({"kept": ErrorCode("unknown_choice")})
        merged_id = case.second_id if kept_id == case.first_id else case.first_id
        _decide(actor, case, "merged", kept_id)
        kind = case.kind
        if kind == "organisation":
            _hold_listings(kept_id, merged_id)
            return organisations.merge(actor=actor, kept_id=kept_id, merged_id=merged_id)
        desk = DESKS[kind]
        moved = listings.merge(desk, actor=actor, kept_id=kept_id, merged_id=merged_id)
        noticing.forget(kind, merged_id)
        carry(kind, kept_id, merged_id)
        kept, merged = (db.session.get_one(desk.listing, one) for one in (kept_id, merged_id))
        tell_listing_merged(kind, kept=kept, merged=merged)
    return moved


def follow_organisation(*, kept_id: int, merged_id: int, **_facts: Any) -> None:
    """An organisation was merged (hook): what was told apart from it stays apart, and the listings that came with it
    are compared with those that were there."""
    noticing.forget("organisation", merged_id)
    carry("organisation", kept_id, merged_id)
    noticing.request(kept_id)


def carry(kind: str, kept_id: int, merged_id: int) -> None:
    """What was told apart from the one that goes is told apart from the one that stays, in the open transaction."""
    apart = db.session.scalars(
        sa.select(DuplicateCase).where(
            DuplicateCase.kind == kind, DuplicateCase.decision == "different",
            sa.or_(DuplicateCase.first_id == merged_id, DuplicateCase.second_id == merged_id))
        .order_by(DuplicateCase.id)).all()
    for one in apart:
        other = one.second_id if one.first_id == merged_id else one.first_id
        if other != kept_id:
            first, second = sorted((kept_id, other))
            noticing.add_case(kind, first, second, why=one.why, decided_at=one.decided_at, decided_by=one.decided_by,
                              decision="different")


def _undecided(case_id: int) -> DuplicateCase:
    case = db.session.scalar(sa.select(DuplicateCase).where(DuplicateCase.id == case_id).with_for_update())
    if case is None:
        raise NotFound
    if case.decided_at is not None:
        raise AlreadyDone(case.id)
    return case


def _decide(actor: Actor, case: DuplicateCase, decision: str, kept_id: int | None = None) -> None:
    case.decided_at, case.decided_by, case.decision, case.kept_id = clock.now(), actor.user_id, decision, kept_id
    db.session.flush()


def _hold_listings(*organisation_ids: int) -> None:
    """Lock the listings before their organisations, as publishing does: neither waits for the other in a circle."""
    for desk in DESKS.values():
        db.session.execute(
            sa.select(desk.listing.id).where(desk.listing.organisation_id.in_(organisation_ids))
            .order_by(desk.listing.id).with_for_update())
