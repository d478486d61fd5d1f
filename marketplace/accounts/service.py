"""What a person does with an account: sign up, sign in, prove an address, change what it says."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from marketplace import clock
from marketplace.accounts import limits, passwords, sessions, tokens
from marketplace.accounts.addresses import mail_confirmation, prove
from marketplace.accounts.models import User
from marketplace.accounts.queries import get_user, newest_unproved, user_of_address
from marketplace.actor import Actor
from marketplace.audit import service as audit
from marketplace.errors import ErrorCode, Invalid
from marketplace.extensions import db
from marketplace.mail import service as mail
from marketplace.transaction import transaction


def sign_up(
    *, email: str, password: str, name: str, locale: str, submission_id: str, address: str, agent: str
) -> str:
    """Make an account, sign this device in to it, and return the session's token.

    The answer is the same whether or not the address is known: only the owner's mailbox learns it. An address
    that has an account gets a mail saying so, and the new account can never be confirmed.

    Raises:
        Invalid: the password will not do.
        TooMany: too many sign-ups for this address or from this place.
    """
    if wrong := passwords.problem(password, email=email):
        raise Invalid({"password": wrong})
    limits.count("sign-up", limits.SIGN_UP, account=email, address=address)
    password_hash = passwords.hash_password(password)
    with transaction():
        user, is_new = _take_once(
            User(email=email, password_hash=password_hash, name=name, locale=locale, submission_id=submission_id))
        if is_new:
            mail_confirmation(user)
            audit.record(actor=Actor(user_id=user.id, kind="member"), action="user.signed_up", subject_kind="user",
                         subject_id=user.id, changes={"email": (None, email, "personal")})
        elif not passwords.verify(password, user.password_hash):
            raise Invalid({"submission_id": ErrorCode("used_form")})
        return sessions.open_session(user, address=address, agent=agent, keep=False)


def _take_once(user: User) -> tuple[User, bool]:
    """(the account made by this submission, whether it was made now): a second click makes no second one."""
    try:
        with db.session.begin_nested():
            db.session.add(user)
            db.session.flush()  # the unique submission answers here; the link and the audit row carry the id
    except sa.exc.IntegrityError:
        earlier = sa.select(User).where(User.submission_id == user.submission_id)
        return db.session.scalars(earlier).one(), False
    return user, True


def create_confirmed_user(
    *, email: str, password: str, name: str, locale: str, is_organiser: bool = False, is_demo: bool = False
) -> User:
    """Make an account whose address needs no proof: the first organiser, the demonstration's three.

    Raises:
        Invalid: the address has an account already.
    """
    with transaction():
        if user_of_address(email) is not None:
            raise Invalid({"email": ErrorCode("taken")})
        user = User(email=email, password_hash=passwords.hash_password(password), name=name, locale=locale,
                    confirmed_at=clock.now(), is_organiser=is_organiser, is_demo=is_demo)
        db.session.add(user)
        db.session.flush()  # the audit row carries its id
        audit.record(actor=Actor.system(), action="user.created", subject_kind="user", subject_id=user.id,
                     changes={"email": (None, email, "personal")})
    return user


def sign_in(*, email: str, password: str, keep: bool, address: str, agent: str) -> str:
    """Check an address and a password and return a new session's token.

    Two hashes are always computed, whoever exists, so that the time taken tells nothing.

    Raises:
        Invalid: they do not belong together, said the same way for every reason.
        TooMany: too many tries for this account or from this place.
    """
    limits.count("sign-in", limits.SIGN_IN, account=email, address=address)
    proved, unproved = user_of_address(email), newest_unproved(email)
    right = [
        user for user in (proved, unproved)
        if passwords.verify(password, user.password_hash if user else None)
    ]
    user = next((user for user in right if user is not None), None)
    if user is None:
        raise Invalid({"password": ErrorCode("wrong_sign_in")})
    user_id, checked = user.id, user.password_hash
    with transaction():
        user = db.session.scalars(sa.select(User).where(User.id == user_id).with_for_update()).first()
        if user is None or user.password_hash != checked:  # changed while it was being checked
            raise Invalid({"password": ErrorCode("wrong_sign_in")})
        return sessions.open_session(user, address=address, agent=agent, keep=keep)


def request_reset(*, email: str, address: str) -> None:
    """Send a link to set a new password, if the address has an account; the answer never says whether.

    Raises:
        TooMany: too many requests for this address or from this place.
    """
    limits.count("reset", limits.RESET, account=email, address=address)
    with transaction():
        user = user_of_address(email) or newest_unproved(email)
        if user is None or user.email is None:
            return
        token = tokens.issue(user, "reset")
        mail.send(to=user.email, locale=user.locale, template="mail/reset_password",
                  context={"name": user.name, "token_id": token.id}, dedupe_key=f"reset:{token.id}")


def reset_password(*, link: str, password: str) -> None:
    """Set a new password by the link of a mail. Every device is signed out, and the address counts as proved.

    Raises:
        NotFound: the link does not exist, was used, or is too old.
        Invalid: the password will not do, or the address is another account's by now.
    """
    if wrong := passwords.problem(password, email=tokens.find(link, "reset").user.email or ""):
        raise Invalid({"password": wrong})
    password_hash = passwords.hash_password(password)
    with transaction():
        token = tokens.find(link, "reset", lock=True)
        user = db.session.scalars(sa.select(User).where(User.id == token.user_id).with_for_update()).one()
        token.used_at = clock.now()
        user.password_hash = password_hash
        if user.confirmed_at is None:
            prove(user, user.email or "")
        actor = Actor(user_id=user.id, kind="member")
        audit.record(actor=actor, action="user.password_reset", subject_kind="user", subject_id=user.id)
        sessions.end_all(actor=actor, user_id=user.id)
        _mail_password_changed(user, token.id)


def _mail_password_changed(user: User, number: Any) -> None:
    if user.email is not None:
        mail.send(to=user.email, locale=user.locale, template="mail/password_changed", context={"name": user.name},
                  dedupe_key=f"password-changed:{user.id}:{number}")


def change_password(*, actor: Actor, current: str, new: str, session_id: int | None, address: str) -> None:
    """Change the password; every other device is signed out. An account that has none yet shows that it is its
    owner by a sign-in of just now.

    Raises:
        Invalid: the present password is wrong, or the new one will not do.
        TooMany: too many tries.
    """
    user = get_user(actor.require_user())
    limits.count("change", limits.CHANGE, account=str(user.id), address=address)
    if user.password_hash is None:
        sessions.require_fresh(session_id, "new")
    elif not passwords.verify(current, user.password_hash):
        raise Invalid({"current": ErrorCode("wrong_password")})
    if wrong := passwords.problem(new, email=user.email or ""):
        raise Invalid({"new": wrong})
    password_hash = passwords.hash_password(new)
    with transaction():
        user = db.session.scalars(sa.select(User).where(User.id == actor.user_id).with_for_update()).one()
        user.password_hash = password_hash
        audit.record(actor=actor, action="user.password_changed", subject_kind="user", subject_id=user.id)
        sessions.end_all(actor=actor, user_id=user.id, keep=session_id)
        _mail_password_changed(user, int(clock.now().timestamp()))


def change_profile(*, actor: Actor, name: str, locale: str, mail_wanted: bool) -> None:
    """Change the name others see, the language of pages and mails, and whether news come by mail."""
    with transaction():
        user = db.session.scalars(sa.select(User).where(User.id == actor.require_user()).with_for_update()).one()
        changes = {
            field: (getattr(user, field), value, kind)
            for field, value, kind in (
                ("name", name, "personal"), ("locale", locale, "public"), ("mail_wanted", mail_wanted, "public"))
            if getattr(user, field) != value
        }
        if not changes:
            return
        user.name, user.locale, user.mail_wanted = name, locale, mail_wanted
        audit.record(actor=actor, action="user.changed", subject_kind="user", subject_id=user.id, changes=changes)


def stop_mail(*, user_id: int) -> None:
    """No more news by mail, asked for by the link that such a mail carries."""
    with transaction():
        user = db.session.scalars(sa.select(User).where(User.id == user_id).with_for_update()).first()
        if user is not None and user.mail_wanted:
            user.mail_wanted = False
            audit.record(actor=Actor(user_id=user_id, kind="member"), action="user.mail_stopped", subject_kind="user",
                         subject_id=user_id)
