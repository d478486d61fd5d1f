"""Invite somebody by mail to act for an organisation, and take up such an invitation."""

from __future__ import annotations

import secrets
from datetime import timedelta

import sqlalchemy as sa

from marketplace import clock, hooks
from marketplace.accounts import tokens
from marketplace.accounts.addresses import prove
from marketplace.accounts.models import User
from marketplace.accounts.queries import get_user, user_of_address
from marketplace.actor import Actor
from marketplace.audit import service as audit
from marketplace.errors import ErrorCode, Invalid, NotAllowed, NotFound
from marketplace.extensions import db
from marketplace.mail import service as mail
from marketplace.organisations import policy, queries
from marketplace.organisations.models import ROLES, Invitation, Membership, Organisation
from marketplace.rate_limits import limit
from marketplace.transaction import transaction
from marketplace.types import fold_key

LIFETIME = timedelta(days=14)
RATE = "30 per day"


def invite(*, actor: Actor, organisation_id: int, email: str, role: str, submission_id: str) -> Invitation:
    """Send a link that lets the owner of `email` join; an earlier open one to the same address stops working.

    The answer does not tell whether the address has an account.

    Raises:
        NotFound, NotAllowed: the actor is not an owner, or has not confirmed their own address ("confirm_first").
        Invalid: an unknown role, or the address is a member's already.
        TooMany: too many in a day.
    """
    if role not in ROLES:
        raise Invalid({"role": ErrorCode("unknown_choice")})
    policy.require_manage_members(actor, queries.find(organisation_id))
    if not get_user(actor.require_user()).is_confirmed:
        raise NotAllowed("confirm_first")
    limit(f"invite:organisation:{organisation_id}", RATE)
    with transaction():
        organisation = policy.require_manage_members(actor, queries.find(organisation_id, lock=True))
        again = db.session.scalars(sa.select(Invitation).where(Invitation.submission_id == submission_id)).first()
        if again is not None and again.organisation_id == organisation_id:  # the same click: the lock kept the first
            return again
        if again is not None:  # another organisation's form was sent under this mark: it is no mark of ours
            submission_id = secrets.token_urlsafe(16)
        known = user_of_address(email)
        if known is not None and queries.roles_in(known.id, organisation_id):
            raise Invalid({"email": ErrorCode("already_member")})
        _replace_open(organisation_id, email)
        invitation = Invitation(
            organisation_id=organisation_id, email=email, email_folded=email, role=role,
            invited_by=actor.require_user(), submission_id=submission_id, expires_at=clock.now() + LIFETIME)
        db.session.add(invitation)
        db.session.flush()  # its id is part of the link
        inviter = get_user(actor.require_user())
        mail.send(
            to=email, locale=known.locale if known else inviter.locale, template="mail/invitation",
            context={"invitation_id": invitation.id, "organisation": organisation.names, "inviter": inviter.name},
            dedupe_key=f"invitation:{invitation.id}")
        audit.record(actor=actor, action="member.invited", subject_kind="organisation", subject_id=organisation_id,
                     changes={"email": (None, email, "personal"), "role": (None, role, "public")})
        if known is not None:
            hooks.call("organisation_invited", organisation_id=organisation_id, user_id=known.id,
                       invitation_id=invitation.id)
    return invitation


def _replace_open(organisation_id: int, email: str) -> None:
    db.session.execute(
        sa.update(Invitation)
        .where(Invitation.organisation_id == organisation_id, Invitation.email_folded == email,
               Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None))
        .values(revoked_at=clock.now())
    )


def revoke(*, actor: Actor, organisation_id: int, invitation_id: int) -> None:
    """Take an invitation back. Raises NotFound, NotAllowed: not an owner, or not this organisation's invitation."""
    with transaction():
        policy.require_manage_members(actor, queries.find(organisation_id, lock=True))
        invitation = db.session.get(Invitation, invitation_id)
        if invitation is None or invitation.organisation_id != organisation_id or not invitation.is_open:
            raise NotFound
        invitation.revoked_at = clock.now()
        audit.record(actor=actor, action="member.invitation_revoked", subject_kind="organisation",
                     subject_id=organisation_id, changes={"email": (invitation.email, None, "personal")})


def text_of(invitation: Invitation) -> str:
    """The text of an invitation's link."""
    return tokens.sign("invitation", invitation.id, invitation.nonce)


def find(link: str, *, lock: bool = False) -> Invitation:
    """The open invitation of a link. Raises NotFound when it was used, withdrawn, replaced or is too old."""
    invitation_id = tokens.row_id_of(link)
    if invitation_id is None:
        raise NotFound
    query = sa.select(Invitation).where(Invitation.id == invitation_id)
    invitation = db.session.scalars(query.with_for_update() if lock else query).first()
    if invitation is None or not tokens.matches(link, "invitation", invitation.id, invitation.nonce):
        raise NotFound
    if not invitation.is_open:
        raise NotFound
    return invitation


def is_for(invitation: Invitation, user: User) -> bool:
    """Whether the account has the address that was invited."""
    return user.email is not None and fold_key(user.email) == fold_key(invitation.email)


def accept(*, actor: Actor, link: str) -> Organisation:
    """Join. The link came to the invited address, so it also proves that the account has that address.

    Raises:
        NotFound: the link does not work any more.
        NotAllowed: the account has another address than the one invited ("other_address").
        Invalid: another account has confirmed this address.
    """
    with transaction():
        invitation = find(link, lock=True)
        user = db.session.scalars(sa.select(User).where(User.id == actor.require_user()).with_for_update()).one()
        if not is_for(invitation, user):
            raise NotAllowed("other_address")
        if user.confirmed_at is None:
            prove(user, invitation.email)
        invitation.accepted_at = clock.now()
        if not queries.roles_in(user.id, invitation.organisation_id):
            db.session.add(Membership(user_id=user.id, organisation_id=invitation.organisation_id,
                                      role=invitation.role, authorised_how="invited"))
        audit.record(actor=actor, action="member.joined", subject_kind="organisation",
                     subject_id=invitation.organisation_id,
                     changes={f"role of user {user.id}": (None, invitation.role, "public")})
        return invitation.organisation
