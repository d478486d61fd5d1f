"""Who acts for an organisation: change a role, remove somebody, leave. An organisation never loses its last owner."""

from __future__ import annotations

import sqlalchemy as sa

from marketplace.actor import Actor
from marketplace.audit import service as audit
from marketplace.errors import ErrorCode, Invalid, NotFound
from marketplace.extensions import db
from marketplace.organisations import policy, queries
from marketplace.organisations.models import ROLES, Membership
from marketplace.transaction import transaction


def change_role(*, actor: Actor, organisation_id: int, user_id: int, role: str) -> None:
    """Give a member another role.

    Raises:
        NotFound, NotAllowed: the actor is not an owner, or there is no such member.
        Invalid: an unknown role, or it would leave no owner.
    """
    if role not in ROLES:
        raise Invalid({"role": ErrorCode("unknown_choice")})
    with transaction():
        membership = _managed(actor, organisation_id, user_id)
        if membership.role == role:
            return
        before, membership.role = membership.role, role
        _keep_an_owner(organisation_id)
        audit.record(actor=actor, action="member.role_changed", subject_kind="organisation",
                     subject_id=organisation_id, changes={f"role of user {user_id}": (before, role, "public")})


def remove_member(*, actor: Actor, organisation_id: int, user_id: int) -> None:
    """Take a member out; from the next request on they act for it no more.

    Raises:
        NotFound, NotAllowed: the actor is not an owner, or there is no such member.
        Invalid: it would leave no owner.
    """
    with transaction():
        membership = _managed(actor, organisation_id, user_id)
        _delete(actor, membership, "member.removed")


def leave(*, actor: Actor, organisation_id: int) -> None:
    """Take oneself out.

    Raises:
        NotFound: the actor does not belong to it.
        Invalid: it would leave no owner.
    """
    with transaction():
        queries.find(organisation_id, lock=True)
        membership = _membership(organisation_id, actor.require_user())
        _delete(actor, membership, "member.left")


def _managed(actor: Actor, organisation_id: int, user_id: int) -> Membership:
    """The membership, with the organisation locked: two owners who remove each other go one after the other."""
    organisation = queries.find(organisation_id, lock=True)
    # The request read the actor's role before it waited for the lock; it may be gone by now.
    fresh = Actor(actor.user_id, organisation_id, queries.roles_in(actor.require_user(), organisation_id), actor.kind)
    policy.require_manage_members(fresh, organisation)
    return _membership(organisation_id, user_id)


def _membership(organisation_id: int, user_id: int) -> Membership:
    membership = db.session.scalars(
        sa.select(Membership).where(Membership.organisation_id == organisation_id, Membership.user_id == user_id)
    ).first()
    if membership is None:
        raise NotFound
    return membership


def _delete(actor: Actor, membership: Membership, action: str) -> None:
    db.session.delete(membership)
    _keep_an_owner(membership.organisation_id)
    audit.record(actor=actor, action=action, subject_kind="organisation", subject_id=membership.organisation_id,
                 changes={f"role of user {membership.user_id}": (membership.role, None, "public")})


def _keep_an_owner(organisation_id: int) -> None:
    db.session.flush()  # the count must see the change
    owners = db.session.scalar(
        sa.select(sa.func.count()).select_from(Membership)
        .where(Membership.organisation_id == organisation_id, Membership.role == "owner"))
    if not owners:
        raise Invalid({"role": ErrorCode("last_owner")})
