"""Accounts that are entered with a code: by mobile number or by address, and how a number is changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from marketplace import clock
from marketplace.accounts import codes, sessions
from marketplace.accounts.codes import Proved
from marketplace.accounts.models import User
from marketplace.accounts.queries import get_user, user_of_address, user_of_phone
from marketplace.actor import Actor
from marketplace.audit import service as audit
from marketplace.errors import ErrorCode, Invalid
from marketplace.extensions import db
from marketplace.mail import service as mail
from marketplace.sms import numbers
from marketplace.sms import service as sms
from marketplace.sms.numbers import BadNumber, Phone
from marketplace.transaction import transaction

SIGN_IN = "sign_in"
CHANGE_NEW, CHANGE_OLD = "change_number", "change_number_from"


def read_number(text: str, country: str) -> Phone:
    """The number of a form. Raises Invalid at the field "number"."""
    try:
        return numbers.parse(text, country)
    except BadNumber as bad:
        raise Invalid({"number": bad.error}) from None


@dataclass(frozen=True)
class Entered:
    """A session that was opened: its token, and whether the account was made just now."""

    token: str
    user_id: int
    is_new: bool


def enter(*, proved: Proved, name: str = "", locale: str, address: str, agent: str, keep: bool) -> Entered:
    """Sign in to the account of a proved number or address; where there is none, make it.

    A person proves with the same code that the number is theirs and that they want in, so that a sign-in and a
    sign-up are one thing, and nobody learns from outside whether a number has an account.
    """
    with transaction():
        user = _account_of(proved.to)
        is_new = user is None
        if user is None:
            user = _make(proved.to, name or codes.mask(proved.to), locale)
        return Entered(sessions.open_session(user, address=address, agent=agent, keep=keep), user.id, is_new)


def _account_of(to: Phone | str) -> User | None:
    return user_of_phone(to.e164) if isinstance(to, Phone) else user_of_address(to)


def _make(to: Phone | str, name: str, locale: str) -> User:
    now = clock.now()
    user = (
        User(phone=to.e164, phone_confirmed_at=now, name=name[:120], locale=locale)
        if isinstance(to, Phone) else User(email=to, confirmed_at=now, name=name[:120], locale=locale)
    )
    try:
        with db.session.begin_nested():
            db.session.add(user)
            db.session.flush()  # the unique number answers here; the audit row carries the id
    except sa.exc.IntegrityError:
        found = _account_of(to)  # two codes typed in at once
        assert found is not None
        return found
    field = "phone" if isinstance(to, Phone) else "email"
    audit.record(actor=Actor(user_id=user.id, kind="member"), action="user.signed_up", subject_kind="user",
                 subject_id=user.id, changes={field: (None, str(to), "personal")})
    return user


def proof_of_old(user: User, *, lost: bool = False) -> Phone | str | None:
    """Where a change of number is confirmed besides the new number: the old number; the address, where there is no
    number or it is lost; None for an account that proved neither yet."""
    address = user.email if user.confirmed_at is not None else None
    if user.phone is not None and not lost:
        return numbers.of_e164(user.phone)
    return address


def request_change(*, actor: Actor, phone: Phone, lost: bool, address: str) -> dict[str, str]:
    """Send one code to the new number and one to what the account has; returns the references of both ("new" and, for
    an account that proved something, "old").

    Raises:
        Invalid: it is the account's number already, or the old number is lost and no address was proved.
        TooMany: too many codes.
    """
    user = get_user(actor.require_user())
    if user.phone == phone.e164:
        raise Invalid({"number": ErrorCode("same_number")})
    old, locale = proof_of_old(user, lost=lost), user.locale
    if old is None and user.phone is not None:
        raise Invalid({"lost": ErrorCode("no_other_proof")})
    payload = {"user_id": user.id}
    refs = {"new": codes.send_code(to=phone, purpose=CHANGE_NEW, locale=locale, address=address, payload=payload)}
    if old is not None:
        refs["old"] = codes.send_code(to=old, purpose=CHANGE_OLD, locale=locale, address=address,
                                      payload={**payload, "new": phone.e164})
    return refs


def change(*, actor: Actor, refs: dict[str, str], code: str, old_code: str, address: str) -> Phone:
    """Take both codes and give the account its new number; what it had before is told.

    Both are compared before either is used up, so that a slip in one does not cost the other.

    Raises:
        Invalid: with "code" or "old_code", as `codes.check_code` says; or the number is another account's by now.
        TooMany: too many tries.
    """
    user_id = actor.require_user()
    user = get_user(user_id)
    needs_old = proof_of_old(user) is not None
    new_to = codes.address_of(refs.get("new", ""))
    if not isinstance(new_to, Phone) or (needs_old and "old" not in refs):
        raise Invalid({"code": ErrorCode("code_unknown")})
    errors: dict[str, Any] = {}
    if needs_old:
        try:
            codes.require_right(ref=refs["old"], code=old_code, purpose=CHANGE_OLD, address=address)
        except Invalid as invalid:
            errors["old_code"] = invalid.errors["code"]
    try:
        codes.require_right(ref=refs["new"], code=code, purpose=CHANGE_NEW, address=address)
    except Invalid as invalid:
        errors["code"] = invalid.errors["code"]
    if errors:
        raise Invalid(errors)
    with transaction():
        user = db.session.scalars(sa.select(User).where(User.id == user_id).with_for_update()).one()
        proofs = [codes.take(refs["new"], CHANGE_NEW)]
        if needs_old:
            proofs.append(codes.take(refs["old"], CHANGE_OLD))
            if proofs[1].payload.get("new") != str(proofs[0].to):
                raise Invalid({"code": ErrorCode("code_unknown")})
        if any(proof.payload.get("user_id") != user_id for proof in proofs):
            raise Invalid({"code": ErrorCode("code_unknown")})
        _give(user, proofs[0].to, actor)
    assert isinstance(proofs[0].to, Phone)
    return proofs[0].to


def _give(user: User, to: Phone | str, actor: Actor) -> None:
    before = user.phone
    try:
        with db.session.begin_nested():
            user.phone, user.phone_confirmed_at = str(to), clock.now()
            db.session.flush()  # the unique number answers here, inside the savepoint
    except sa.exc.IntegrityError as error:
        raise Invalid({"code": ErrorCode("number_taken")}) from error
    audit.record(actor=actor, action="user.number_changed", subject_kind="user", subject_id=user.id,
                 changes={"phone": (before, user.phone, "personal")})
    key = f"number-changed:{user.id}:{int(clock.now().timestamp())}"
    if user.email is not None and user.confirmed_at is not None:
        mail.send(to=user.email, locale=user.locale, template="mail/number_changed",
                  context={"name": user.name, "number": numbers.of_e164(str(to)).masked}, dedupe_key=key)
    if before is not None:
        sms.send(to=numbers.of_e164(before), locale=user.locale, template="number_changed", context={}, dedupe_key=key)
