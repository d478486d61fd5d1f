"""Enter an organisation and change what it says of itself."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from marketplace import clock, hooks
from marketplace.accounts import sessions
from marketplace.actor import Actor
from marketplace.audit import service as audit
from marketplace.errors import AlreadyDone, Conflict
from marketplace.extensions import db
from marketplace.organisations import policy, queries
from marketplace.organisations.models import Membership, Organisation
from marketplace.organisations.profile import CLASSES, Profile
from marketplace.rate_limits import limit
from marketplace.transaction import transaction

CREATE_RATE = "20 per day"
# What the search documents of an organisation's listings carry of it.
IN_LISTINGS = ("names", "place_id", "serves")


def create_organisation(
    *, actor: Actor, profile: Profile, submission_id: str, session_id: int | None = None
) -> Organisation:
    """Enter an organisation that the actor owns and, in the session given, acts for from now on.

    Raises:
        NotAllowed: a visitor.
        Invalid: by field, what the profile must not say.
        AlreadyDone: this submission has made one already.
        TooMany: too many in a day.
    """
    user_id = actor.require_user()
    profile.check()
    limit(f"organisation:user:{user_id}", CREATE_RATE)
    with transaction():
        organisation = _insert(profile, submission_id=submission_id)
        db.session.add(Membership(user_id=user_id, organisation_id=organisation.id, role="owner"))
        _record(actor, "organisation.created", organisation, Profile(names={}).differences(profile))
        hooks.call("organisation_entered", organisation_id=organisation.id)
        if session_id is not None:
            sessions.choose_organisation(actor=actor, session_id=session_id, organisation_id=organisation.id)
    return organisation


def create_from_public_source(*, actor: Actor, profile: Profile) -> Organisation:
    """Enter an organisation known from public information; nobody belongs to it and nobody asked for approval.

    The same names a second time give the same organisation. Raises Invalid, by field.
    """
    profile.check()
    with transaction():
        known = queries.public_source_organisation(profile.names)
        if known is not None:
            return known
        organisation = _insert(profile, approved_at=clock.now(), from_public_source=True)
        _record(actor, "organisation.imported", organisation, Profile(names={}).differences(profile))
        hooks.call("organisation_entered", organisation_id=organisation.id)
    return organisation


def create_approved(*, actor: Actor, profile: Profile, owner_id: int, is_demo: bool = False) -> Organisation:
    """Enter an organisation that is approved from the start, for a demonstration account. Raises Invalid."""
    profile.check()
    with transaction():
        organisation = _insert(profile, approved_at=clock.now(), is_demo=is_demo)
        db.session.add(Membership(user_id=owner_id, organisation_id=organisation.id, role="owner"))
        _record(actor, "organisation.created", organisation, Profile(names={}).differences(profile))
        hooks.call("organisation_entered", organisation_id=organisation.id)
    return organisation


def _insert(profile: Profile, *, submission_id: str | None = None, **facts: Any) -> Organisation:
    organisation = Organisation(submission_id=submission_id, **_columns(profile), **facts)
    try:
        with db.session.begin_nested():
            db.session.add(organisation)
            db.session.flush()  # the unique submission answers here; memberships and audit carry the id
    except sa.exc.IntegrityError as error:
        earlier = sa.select(Organisation.id).where(Organisation.submission_id == submission_id)
        raise AlreadyDone(db.session.scalars(earlier).one()) from error
    return organisation


def _columns(profile: Profile) -> dict[str, Any]:
    return {name: getattr(profile, name) for name in Profile.__dataclass_fields__}


def edit_organisation(*, actor: Actor, organisation_id: int, profile: Profile, base_version: int) -> Organisation:
    """Change what an organisation says of itself.

    Raises:
        NotFound, NotAllowed: who may not.
        Invalid: by field.
        Conflict: somebody saved since `base_version` was read; `theirs` is the `Profile` that stands now.
    """
    policy.require_edit(actor, queries.find(organisation_id))
    profile.check()
    with transaction():
        organisation = policy.require_edit(actor, queries.find(organisation_id, lock=True))
        before = Profile.of(organisation)
        changes = before.differences(profile)
        if organisation.lock_version != base_version and changes:
            raise Conflict(current=organisation.lock_version, theirs=before)
        if not changes:
            return organisation
        for name in changes:
            setattr(organisation, name, getattr(profile, name))
        organisation.lock_version += 1
        organisation.updated_at = clock.now()
        _record(actor, "organisation.changed", organisation, changes)
        if any(name in changes for name in IN_LISTINGS):
            hooks.call("organisation_renamed", organisation_id=organisation.id)
        if {"names", "jurisdiction", "registration_number"} & set(changes):
            hooks.call("organisation_identified", organisation_id=organisation.id)
        if told := _identity(before, profile):
            hooks.call("organisation_identity_changed", organisation_id=organisation.id, what=told,
                       version=organisation.lock_version)
    return organisation


def _identity(before: Profile, after: Profile) -> list[str]:
    """What of an organisation's identity changed that its counterparts should hear of: "number", "representative"."""
    number = (before.jurisdiction, before.registration_number) != (after.jurisdiction, after.registration_number)
    person = before.contact.get("person", "") != after.contact.get("person", "")
    # A first number or person replaces nobody.
    return [name for name, changed in (("number", number and before.registration_number),
                                       ("representative", person and before.contact.get("person"))) if changed]


def _record(actor: Actor, action: str, organisation: Organisation, changes: dict[str, tuple[Any, Any]]) -> None:
    audit.record(
        actor=actor, action=action, subject_kind="organisation", subject_id=organisation.id,
        changes={name: (before, after, CLASSES.get(name, "public")) for name, (before, after) in changes.items()},
    )
