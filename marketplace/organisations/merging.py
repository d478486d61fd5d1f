"""One organisation entered twice becomes one: what it says, who belongs to it, who is invited, its credentials.

Rooms above move what is theirs when the hook "organisations_merged" is called; each uses `move`.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from marketplace import clock, hooks
from marketplace.accounts.models import UserSession
from marketplace.actor import Actor
from marketplace.audit import service as audit
from marketplace.errors import AlreadyDone, ErrorCode, Invalid, NotAllowed, NotFound
from marketplace.extensions import db
from marketplace.files.models import StoredFile
from marketplace.organisations.models import ROLES, Credential, Invitation, Membership, Organisation, Sighting
from marketplace.organisations.profile import CLASSES
from marketplace.transaction import transaction
from marketplace.types import fold_key

# What was moved: a word for the rows to their ids.
Moved = dict[str, list[int]]
# Taken over from the organisation that goes where the one that stays says nothing of it.
FILLED = ("profile", "place_id", "serves", "languages", "website", "contact")


def merge(*, actor: Actor, kept_id: int, merged_id: int) -> Moved:
    """Make one organisation of two; returns what was moved. The audit of both names every row.

    Raises:
        NotAllowed: not an organiser.
        NotFound: one of them is not there, or both are the same.
        AlreadyDone: one of them was merged before.
        Invalid: at "kept": "approved_stays" where only the other is approved, and whatever a room above refuses.
    """
    if not (actor.is_organiser or actor.is_system):
        raise NotAllowed("organisers_only")
    with transaction():
        rows = {
            one.id: one
            for one in db.session.scalars(
                sa.select(Organisation).where(Organisation.id.in_({kept_id, merged_id}))
                .order_by(Organisation.id).with_for_update())
        }
        if len(rows) != 2:
            raise NotFound
        kept, merged = rows[kept_id], rows[merged_id]
        if kept.merged_into_id is not None or merged.merged_into_id is not None:
            raise AlreadyDone(kept.merged_into_id or merged.merged_into_id or 0)
        if kept.suspended_at is not None:
            raise Invalid({"kept": ErrorCode("suspended_goes")})
        if merged.is_approved and not kept.is_approved:
            raise Invalid({"kept": ErrorCode("approved_stays")})
        moved: Moved = {}
        hooks.call("organisations_merging", kept_id=kept_id, merged_id=merged_id)
        changes = _fill(kept, merged)
        _move_own(kept_id, merged_id, moved)
        if kept.from_public_source and not merged.from_public_source:
            kept.from_public_source = False
            changes["from_public_source"] = (True, False)
        before = merged.state
        merged.merged_into_id, merged.updated_at = kept_id, clock.now()
        if merged.suspended_at is None:
            merged.suspended_at = clock.now()
        merged.lock_version += 1
        kept.lock_version += 1
        kept.updated_at = clock.now()
        db.session.flush()  # rooms above read who owns what now
        hooks.call("organisations_merged", kept_id=kept_id, merged_id=merged_id, moved=moved)
        facts = {f"moved {name}": (None, ids, "public") for name, ids in moved.items() if ids}
        audit.record(actor=actor, action="organisation.merged_into", subject_kind="organisation", subject_id=merged_id,
                     changes={"merged_into": (None, kept_id, "public"), "state": (before, merged.state, "public"),
                              **facts})
        audit.record(
            actor=actor, action="organisation.took_over", subject_kind="organisation", subject_id=kept_id,
            changes={"merged": (None, merged_id, "public"), **facts,
                     **{name: (*change, CLASSES.get(name, "public"))
                        for name, change in changes.items()}})
        hooks.call("organisation_renamed", organisation_id=kept_id)
        hooks.call("organisation_identified", organisation_id=kept_id)
    return moved


def move(
    model: Any, column: Any, *, kept_id: int, merged_id: int, unless: sa.ColumnElement[bool] | None = None
) -> list[int]:
    """Have the rows of the organisation that goes point at the one that stays; returns their ids.

    `unless`: rows that stay where they are, since the organisation that stays has its own in their place.
    """
    query = sa.select(model.id).where(column == merged_id).order_by(model.id)
    if unless is not None:
        query = query.where(sa.not_(unless))
    ids = list(db.session.scalars(query))
    if ids:
        db.session.execute(sa.update(model).where(model.id.in_(ids)).values({column.key: kept_id}))
    return ids


def _fill(kept: Organisation, merged: Organisation) -> dict[str, tuple[Any, Any]]:
    """What the one that stays takes over of what the other said of itself: field to (before, after)."""
    after: dict[str, Any] = {name: getattr(merged, name) for name in FILLED if not getattr(kept, name)}
    if "contact" in after:
        after["contact_given"] = merged.contact_given
    if not kept.registration_number and merged.registration_number:
        after |= {name: getattr(merged, name) for name in ("registration_number", "jurisdiction")}
    after["is_supplier"] = kept.is_supplier or merged.is_supplier
    after["is_institution"] = kept.is_institution or merged.is_institution
    after["names"] = {lang: name for lang, name in merged.names.items() if name} | {
        lang: name for lang, name in kept.names.items() if name}
    known = {fold_key(name) for name in after["names"].values()}
    others = list(kept.other_names or [])
    for name in merged.searched_names.values():
        if name and fold_key(name) not in known | {fold_key(one) for one in others}:
            others.append(name)
    after["other_names"] = others
    changes = {name: (getattr(kept, name), value) for name, value in after.items() if getattr(kept, name) != value}
    for name, (_before, value) in changes.items():
        setattr(kept, name, value)
    return changes


def _move_own(kept_id: int, merged_id: int, moved: Moved) -> None:
    both: Any = {"kept_id": kept_id, "merged_id": merged_id}
    theirs = {one.user_id: one for one in db.session.scalars(
        sa.select(Membership).where(Membership.organisation_id == kept_id))}
    moved["memberships of users"] = []
    for one in db.session.scalars(
            sa.select(Membership).where(Membership.organisation_id == merged_id).order_by(Membership.id)).all():
        moved["memberships of users"].append(one.user_id)
        here = theirs.get(one.user_id)
        if here is None:
            one.organisation_id = kept_id
            continue
        here.role = min(here.role, one.role, key=ROLES.index)  # the one that may do more
        db.session.delete(one)
    db.session.flush()
    for name, model in (("invitations", Invitation), ("credentials", Credential), ("sightings", Sighting)):
        moved[name] = move(model, model.organisation_id, **both)
    moved["files"] = move(StoredFile, StoredFile.organisation_id, **both)
    # Whoever acts for it now acts for the one that stays; no word is lost on which session.
    move(UserSession, UserSession.organisation_id, **both)
    db.session.expire_all()  # the rows were changed behind the session's back
