"""Proving that an address is the account's: after a sign-up, and when it is changed."""

from __future__ import annotations

import sqlalchemy as sa

from marketplace import clock
from marketplace.accounts import limits, passwords, sessions, tokens
from marketplace.accounts.models import User
from marketplace.accounts.queries import get_user, user_of_address
from marketplace.actor import Actor
from marketplace.audit import service as audit
from marketplace.errors import ErrorCode, Invalid, NotFound
from marketplace.extensions import db
from marketplace.mail import service as mail
from marketplace.rate_limits import limit
from marketplace.transaction import transaction
from marketplace.types import fold_key


def mail_confirmation(user: User) -> None:
    """Ask for the confirming mail in the open transaction; a known address is told that it has an account."""
    assert user.email is not None  # who has a number only has nothing to confirm by mail
    token = tokens.issue(user, "confirm")
    known = user_of_address(user.email)
    if known is not None:
        mail.send(to=known.email or "", locale=known.locale, template="mail/address_known",
                  context={"name": known.name}, dedupe_key=f"address-known:{token.id}")
    else:
        mail.send(to=user.email, locale=user.locale, template="mail/confirm_address",
                  context={"name": user.name, "token_id": token.id}, dedupe_key=f"confirm:{token.id}")


def resend_confirmation(*, actor: Actor, address: str) -> None:
    """Send the confirmation once more, if it is still needed. Raises TooMany."""
    user = get_user(actor.require_user())
    if user.email is None or user.confirmed_at is not None:
        return
    limits.count("confirm", limits.CONFIRM, account=user.email, address=address)
    with transaction():
        mail_confirmation(get_user(actor.require_user()))


def confirm_address(*, link: str, actor: Actor, password: str = "") -> int:
    """Take the link of a mail as proof of the account's address; returns the account's id.

    The link alone is not enough: somebody else may have signed up with this address and be waiting for its
    owner to click. Either this device is signed in to that account, or its password is given.

    Raises:
        NotFound: the link does not exist, was used, or is too old.
        Invalid: the password is not that account's, or the address was confirmed by another account meanwhile.
        TooMany: too many tries.
    """
    user_id = tokens.find(link, "confirm").user_id
    if actor.user_id != user_id:
        limit(f"confirm-password:{user_id}", limits.SIGN_IN[0])
        if not passwords.verify(password, get_user(user_id).password_hash):
            raise Invalid({"password": ErrorCode("wrong_password")})
    with transaction():
        token = tokens.find(link, "confirm", lock=True)
        user = db.session.scalars(sa.select(User).where(User.id == token.user_id).with_for_update()).one()
        token.used_at = clock.now()
        prove(user, user.email or "")
        audit.record(actor=Actor(user_id=user.id, kind="member"), action="user.confirmed", subject_kind="user",
                     subject_id=user.id)
    return user_id


def prove(user: User, email: str) -> None:
    """The address is this account's from now on. Raises Invalid when another account proved it first."""
    try:
        with db.session.begin_nested():
            user.email = email
            user.confirmed_at = user.confirmed_at or clock.now()
            db.session.flush()  # the unique key answers here, inside the savepoint
    except sa.exc.IntegrityError as error:
        raise Invalid({"email": ErrorCode("address_taken")}) from error


def request_email_change(
    *, actor: Actor, email: str, password: str, session_id: int | None, address: str
) -> None:
    """Send a link to the new address; the account keeps the old one until the link is opened.

    An account without a password shows that it is its owner by a sign-in of just now.

    An address that has an account already gets a mail saying so; the answer here is the same.

    Raises:
        Invalid: the password is wrong, or it is the address the account has.
        TooMany: too many tries.
    """
    user = get_user(actor.require_user())
    limits.count("change", limits.CHANGE, account=str(user.id), address=address)
    if user.password_hash is None:
        sessions.require_fresh(session_id, "email")
    elif not passwords.verify(password, user.password_hash):
        raise Invalid({"password": ErrorCode("wrong_password")})
    if user.email is not None and fold_key(email) == fold_key(user.email):
        raise Invalid({"email": ErrorCode("same_address")})
    with transaction():
        user = get_user(actor.require_user())
        token = tokens.issue(user, "change_email", {"email": email})
        known = user_of_address(email)
        if known is not None:
            mail.send(to=known.email or "", locale=known.locale, template="mail/address_known",
                      context={"name": known.name}, dedupe_key=f"address-known:{token.id}")
        else:
            mail.send(to=email, locale=user.locale, template="mail/change_address",
                      context={"name": user.name, "token_id": token.id}, dedupe_key=f"change-email:{token.id}")


def change_email(*, link: str, actor: Actor) -> None:
    """Take the link sent to the new address; the old one is told.

    Raises:
        NotFound: the link does not exist, was used, is too old, or belongs to another account.
        Invalid: another account has the address by now.
    """
    user_id = actor.require_user()
    with transaction():
        token = tokens.find(link, "change_email", lock=True)
        if token.user_id != user_id:
            raise NotFound
        user = db.session.scalars(sa.select(User).where(User.id == user_id).with_for_update()).one()
        before = user.email
        token.used_at = clock.now()
        prove(user, token.payload["email"])
        audit.record(actor=actor, action="user.email_changed", subject_kind="user", subject_id=user.id,
                     changes={"email": (before, user.email, "personal")})
        if before is not None:
            mail.send(to=before, locale=user.locale, template="mail/address_changed", context={"name": user.name},
                      dedupe_key=f"address-changed:{token.id}")
