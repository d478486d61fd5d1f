"""Claiming: who holds the link and types the code that came to the contact's address or number, owns the record."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

import sqlalchemy as sa

from marketplace import clock
from marketplace.accounts import codes, phones
from marketplace.accounts.queries import get_user
from marketplace.actor import Actor
from marketplace.audit import service as audit
from marketplace.errors import ErrorCode, Invalid, NotAllowed
from marketplace.extensions import db
from marketplace.organisations import queries as organisations
from marketplace.organisations.models import Membership
from marketplace.outreach import cases, links
from marketplace.outreach.models import CallNote, ClaimCase, ClaimLink, Delegation
from marketplace.rate_limits import limit
from marketplace.sms import numbers
from marketplace.sms import service as sms
from marketplace.sms.numbers import BadNumber, Phone
from marketplace.transaction import transaction

PURPOSE = "claim"


@dataclass(frozen=True)
class Taken:
    """What a claim led to. `token`: of a session that was opened; `case_id`: the dispute, where somebody owned it."""

    user_id: int
    token: str | None = None
    organisation_id: int | None = None
    delegation_id: int | None = None
    case_id: int | None = None


def ways(link: ClaimLink) -> dict[str, Phone | str]:
    """Where a code can be sent: "mail" and "sms" to address and number, those there are."""
    found: dict[str, Phone | str] = {}
    if link.email:
        found["mail"] = link.email
    if link.mobile and sms.is_available():
        with contextlib.suppress(BadNumber):
            found["sms"] = numbers.parse(link.mobile, "HK")
    return found


def send_code(*, text: str, way: str, locale: str, address: str) -> str:
    """Send a code for an open link and return its reference.

    Raises:
        NotFound: nobody made this link. NotAllowed: its state, as "link_used", "link_expired" or "link_revoked".
        Invalid: at "way", where there is no such address. TooMany.
    """
    link = require_open(links.find(text))
    to = ways(link).get(way)
    if to is None:
        raise Invalid({"way": ErrorCode("unknown_choice")})
    return codes.send_code(to=to, purpose=PURPOSE, locale=locale, address=address, payload={"link_id": link.id})


def require_open(link: ClaimLink) -> ClaimLink:
    """The link. Raises NotAllowed where it no longer works."""
    if link.state != "open":
        raise NotAllowed(f"link_{link.state}")
    return link


def take(*, actor: Actor, text: str, ref: str, code: str, name: str, locale: str, address: str, agent: str) -> Taken:
    """Claim with the code: for the account signed in, else for the account of the address or number it came to,
    which is made where there is none.

    Raises:
        NotFound, NotAllowed: as `send_code`; Invalid: at "code"; TooMany.
    """
    require_open(links.find(text))
    codes.require_right(ref=ref, code=code, purpose=PURPOSE, address=address)
    with transaction():
        link = require_open(links.find(text, lock=True))
        proved = codes.take(ref, PURPOSE)
        if proved.payload.get("link_id") != link.id:
            raise Invalid({"code": ErrorCode("code_unknown")})
        token, user_id = None, actor.user_id
        if user_id is None:
            entered = phones.enter(proved=proved, name=name or link.name, locale=locale, address=address, agent=agent,
                                   keep=False)
            token, user_id = entered.token, entered.user_id
        link.used_at, link.used_by = clock.now(), user_id
        who = Actor(user_id=user_id, kind="member")
        if link.delegation_id is not None:
            _coordinate(who, link.delegation_id)
            return Taken(user_id, token, delegation_id=link.delegation_id)
        assert link.organisation_id is not None
        case = _own(who, link, codes.mask(proved.to))
        return Taken(user_id, token, organisation_id=link.organisation_id, case_id=case.id if case else None)


def _coordinate(actor: Actor, delegation_id: int) -> None:
    row = db.session.get_one(Delegation, delegation_id, with_for_update=True)
    before, row.coordinator_id = row.coordinator_id, actor.user_id
    audit.record(actor=actor, action="delegation.claimed", subject_kind="delegation", subject_id=delegation_id,
                 changes={"coordinator": (before, actor.user_id, "public")})


def _own(actor: Actor, link: ClaimLink, came_to: str) -> ClaimCase | None:
    """Make the actor the owner; where others own the organisation already, the organisers decide."""
    assert link.organisation_id is not None
    organisation = organisations.find(link.organisation_id, lock=True)
    assert organisation is not None
    user = get_user(actor.require_user())
    if organisations.roles_in(user.id, organisation.id):
        return None
    if db.session.scalar(sa.select(Membership.id).where(Membership.organisation_id == organisation.id).limit(1)):
        return cases.open_dispute(actor=actor, organisation=organisation, link=link, came_to=came_to)
    db.session.add(Membership(user_id=user.id, organisation_id=organisation.id, role="owner",
                              authorised_how="link"))
    organisation.from_public_source = False  # from now on its own people answer for what it says
    audit.record(actor=actor, action="organisation.claimed", subject_kind="organisation", subject_id=organisation.id,
                 changes={f"role of user {user.id}": (None, "owner", "public"),
                          "came to": (None, came_to, "personal")})
    return None


def ask_for_new(*, text: str, address: str) -> None:
    """Tell the organisers, in their call list, that a link no longer works for whoever holds it. Raises NotFound,
    TooMany."""
    link = links.find(text)
    limit(f"claim-new:{link.id}", "3 per day")
    limit(f"claim-new:from:{address[:64]}", "30 per hour")
    if link.invitee_id is None:
        return
    with transaction():
        db.session.add(CallNote(invitee_id=link.invitee_id, kind="note", text=f"↻ {link.state}"))
