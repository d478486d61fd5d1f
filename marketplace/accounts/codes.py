"""One-time codes: six digits to a mobile number or an e-mail address, and what typing them in proves.

    ref = codes.send_code(to=phone, purpose="claim", locale="zh_Hant", address=request.remote_addr)
    ... the browser keeps `ref` (in its session) and the person types the code ...
    proved = codes.check_code(ref=ref, code="１２３４５６", purpose="claim", address=request.remote_addr)
    proved.to, proved.payload
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app

from marketplace import clock
from marketplace.accounts import limits, tokens
from marketplace.accounts.models import OneTimeCode
from marketplace.errors import ErrorCode, Invalid
from marketplace.extensions import affected, db
from marketplace.mail import service as mail
from marketplace.sms import numbers
from marketplace.sms import service as sms
from marketplace.sms.numbers import Phone
from marketplace.transaction import transaction

LIFETIME = timedelta(minutes=10)
TRIES = 5
DIGITS = 6


@dataclass(frozen=True)
class Proved:
    """What a right code proves: that whoever typed it reads what is sent to `to`. `payload`: as given when sent."""

    to: Phone | str
    payload: dict[str, Any]


def send_code(
    *, to: Phone | str, purpose: str, locale: str, address: str, payload: dict[str, Any] | None = None
) -> str:
    """Send a code to a number or an e-mail address and return the reference to check it by; an earlier code of the
    same purpose to the same address stops working. Opens its own transaction and must not be called inside one.

    Whether an account has the number makes no difference here. `address`: where the request comes from.

    Raises:
        TooMany: too many codes for this number or from this place.
    """
    limits.count("code", limits.CODE, account=str(to), address=address)
    now = clock.now()
    with transaction():
        db.session.execute(
            sa.update(OneTimeCode)
            .where(OneTimeCode.address_key == str(to), OneTimeCode.purpose == purpose, OneTimeCode.used_at.is_(None),
                   OneTimeCode.replaced_at.is_(None))
            .values(replaced_at=now)
        )
        code = OneTimeCode(
            purpose=purpose, channel="sms" if isinstance(to, Phone) else "mail", address=str(to), address_key=str(to),
            payload=payload or {}, created_at=now, expires_at=now + LIFETIME)
        db.session.add(code)
        db.session.flush()  # its id is part of the code
        if isinstance(to, Phone):
            sms.send(to=to, locale=locale, template="code", context={"code_id": code.id},
                     dedupe_key=f"code:{code.id}", useless_at=code.expires_at)
        else:
            mail.send(to=to, locale=locale, template="mail/code", context={"code_id": code.id},
                      dedupe_key=f"code:{code.id}")
        return tokens.sign("one-time", code.id, code.nonce)


def digits_of(code: OneTimeCode) -> str:
    """The digits. Nobody without the secret key can tell them from the row."""
    key = current_app.config["SETTINGS"].secret_key.encode()
    digest = hmac.new(key, f"one-time-code:{code.id}:{code.nonce}".encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(digest[:8], 'big') % 10**DIGITS:0{DIGITS}d}"


def params_of(context: dict[str, Any]) -> dict[str, str]:
    """The words of the message that carries a code. Raises LookupError when its row is gone."""
    code = db.session.get(OneTimeCode, context["code_id"])
    if code is None:
        raise LookupError("the code's row is gone")
    return {"code": digits_of(code), "minutes": str(int(LIFETIME.total_seconds() // 60))}


def check_code(*, ref: str, code: str, purpose: str, address: str) -> Proved:
    """Take a code once. Wrong tries are counted in a transaction of their own: call this outside any.

    Raises: as `require_right` does.
    """
    require_right(ref=ref, code=code, purpose=purpose, address=address)
    with transaction():
        return take(ref, purpose)


def take(ref: str, purpose: str) -> Proved:
    """Use up a code that `require_right` found right, in the caller's transaction: what it proves and what is done
    with the proof are kept together. Raises Invalid when it was used meanwhile."""
    with transaction():
        row = db.session.scalars(
            sa.select(OneTimeCode).where(OneTimeCode.id == tokens.row_id_of(ref), OneTimeCode.purpose == purpose)
            .with_for_update()).first()
        if row is None or not tokens.matches(ref, "one-time", row.id, row.nonce):
            raise _refused("code_unknown")
        if (problem := _problem(row)) is not None:
            raise Invalid({"code": problem})
        row.used_at = clock.now()
        return Proved(numbers.of_e164(row.address) if row.channel == "sms" else row.address, row.payload)


def require_right(*, ref: str, code: str, purpose: str, address: str) -> None:
    """Compare what was typed with the code and count a wrong try; the code is not used up yet.

    Raises:
        Invalid: with the field "code": code_form, code_wrong (with `left`), code_tries, code_expired, code_used,
            code_replaced or code_unknown; each sentence says what to do.
        TooMany: too many tries for this number or from this place.
    """
    typed = "".join(c for c in unicodedata.normalize("NFKC", code) if not c.isspace() and c not in "-–—.")
    if not (typed.isascii() and typed.isdigit() and len(typed) == DIGITS):
        raise _refused("code_form")
    code_id = tokens.row_id_of(ref)
    known = db.session.get(OneTimeCode, code_id) if code_id is not None else None
    if known is None or known.purpose != purpose or not tokens.matches(ref, "one-time", known.id, known.nonce):
        raise _refused("code_unknown")
    limits.count("code-try", limits.CODE_TRY, account=known.address, address=address)
    with transaction():
        row = db.session.scalars(sa.select(OneTimeCode).where(OneTimeCode.id == code_id).with_for_update()).one()
        problem = _problem(row)
        if problem is None:
            if hmac.compare_digest(typed, digits_of(row)):
                return
            row.tries += 1
            left = TRIES - row.tries
            problem = ErrorCode("code_wrong", {"left": left}) if left > 0 else ErrorCode("code_tries")
    raise Invalid({"code": problem})


def _problem(row: OneTimeCode) -> ErrorCode | None:
    """Why the code of a row no longer works, whatever is typed."""
    if row.used_at is not None:
        return ErrorCode("code_used")
    if row.replaced_at is not None:
        return ErrorCode("code_replaced")
    if row.tries >= TRIES:
        return ErrorCode("code_tries")
    return ErrorCode("code_expired") if row.expires_at <= clock.now() else None


def _refused(code: str) -> Invalid:
    return Invalid({"code": ErrorCode(code)})


def address_of(ref: str) -> Phone | str | None:
    """Where the code of a reference was sent, to name it (masked) on the page; None for a reference that is none."""
    code_id = tokens.row_id_of(ref)
    row = db.session.get(OneTimeCode, code_id) if code_id is not None else None
    if row is None or not tokens.matches(ref, "one-time", row.id, row.nonce):
        return None
    return numbers.of_e164(row.address) if row.channel == "sms" else row.address


def mask(to: Phone | str) -> str:
    """A number or address as its owner knows it and nobody else can use it."""
    if isinstance(to, Phone):
        return to.masked
    name, _at, host = to.partition("@")
    return f"{name[:1]}•••@{host}"


def forget_expired() -> int:
    """Delete codes a day after they ended; returns how many."""
    with transaction():
        return affected(sa.delete(OneTimeCode).where(OneTimeCode.expires_at < clock.now() - timedelta(days=1)))
