"""Make a personal link, note who sent it how, take it back, and use it once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from marketplace import clock
from marketplace.accounts import tokens
from marketplace.accounts.codes import Proved
from marketplace.accounts.models import User
from marketplace.actor import Actor
from marketplace.audit import service as audit
from marketplace.errors import ErrorCode, Invalid, NotFound
from marketplace.extensions import db
from marketplace.messages import subjects
from marketplace.messages.models import WAYS, HandSending, PersonalLink
from marketplace.rate_limits import limit
from marketplace.sms.numbers import Phone, of_e164
from marketplace.transaction import transaction
from marketplace.types import fold_key

LIFETIME = timedelta(days=14)
RATE = "100 per day"


def make(
    *, actor: Actor, about: str, params: dict[str, Any], to: Phone | str, recipient: str, locale: str,
    submission_id: str,
) -> PersonalLink:
    """Make a link to one thing for whoever reads what is sent to `to`; nothing is sent by the site.

    Raises:
        NotFound, NotAllowed: the actor may not send messages about the thing.
        Invalid: an invitation goes to the address that was invited, and to no other.
        TooMany: too many in a day.
    """
    subject = subjects.find(about, params, actor)
    if subject.address and fold_key(subject.address) != fold_key(str(to)):
        raise Invalid({"email": ErrorCode("only_invited")})
    limit(f"message:{actor.require_user()}", RATE)
    with transaction():
        again = db.session.scalars(
            sa.select(PersonalLink).where(PersonalLink.submission_id == submission_id)).first()
        if again is not None and again.user_id == actor.user_id:
            return again
        subject = subjects.find(about, params, actor)
        now = clock.now()
        link = PersonalLink(
            about=about, params={**subject.params, "said": {"title": subject.title, **subject.facts}},
            channel="sms" if isinstance(to, Phone) else "mail", address=str(to), address_key=str(to),
            recipient=recipient, locale=locale, to_organisation_id=subject.to_organisation_id,
            organisation_id=actor.organisation_id, user_id=actor.require_user(), submission_id=submission_id,
            created_at=now, expires_at=now + LIFETIME)
        db.session.add(link)
        db.session.flush()  # its id is part of the link
        audit.record(actor=actor, action="message.made", subject_kind="message", subject_id=link.id,
                     changes={"about": (None, about, "public"), "address": (None, link.address, "personal")})
    return link


def text_of(link: PersonalLink) -> str:
    """The text of a link."""
    return tokens.sign("personal", link.id, link.nonce)


def find(text: str, *, lock: bool = False) -> PersonalLink:
    """The link that a text is, whatever its state. Raises NotFound."""
    link_id = tokens.row_id_of(text)
    if link_id is None:
        raise NotFound
    query = sa.select(PersonalLink).where(PersonalLink.id == link_id)
    link = db.session.scalars(query.with_for_update() if lock else query).first()
    if link is None or not tokens.matches(text, "personal", link.id, link.nonce):
        raise NotFound
    return link


def address_of(link: PersonalLink) -> Phone | str:
    """The number or address that the link is bound to."""
    return of_e164(link.address) if link.channel == "sms" else link.address


def is_for(link: PersonalLink, user: User) -> bool:
    """Whether the account has proved to be the one that the link was made for."""
    if link.channel == "sms":
        return user.phone == link.address
    return user.email is not None and user.confirmed_at is not None and fold_key(user.email) == fold_key(link.address)


def require_bound(link: PersonalLink, proved: Proved) -> None:
    """Raises NotFound unless what was proved is what the link is bound to."""
    if fold_key(str(proved.to)) != fold_key(link.address):
        raise NotFound


def use(*, actor: Actor, text: str) -> PersonalLink:
    """Use a link up, for the account that it was made for.

    Raises:
        NotFound: there is no such link, or it was made for somebody else.
        Invalid: it was used, taken back, or is too old ("link_used", "link_revoked", "link_expired").
    """
    with transaction():
        link = find(text, lock=True)
        user = db.session.get(User, actor.require_user())
        if user is None or not is_for(link, user):
            raise NotFound
        if link.state != "open":
            raise Invalid({"link": ErrorCode(f"link_{link.state}")})
        link.used_at, link.used_by = clock.now(), user.id
        audit.record(actor=actor, action="message.used", subject_kind="message", subject_id=link.id)
    return link


def own(*, actor: Actor, link_id: int) -> PersonalLink:
    """A message of the actor, or of the organisation acted for. Raises NotFound for anybody else's."""
    link = db.session.get(PersonalLink, link_id)
    if link is None or not _is_own(actor, link):
        raise NotFound
    return link


def _is_own(actor: Actor, link: PersonalLink) -> bool:
    if link.user_id == actor.require_user():
        return True
    return actor.may_edit and link.organisation_id is not None and link.organisation_id == actor.organisation_id


def own_links(actor: Actor, *, limit: int = 100) -> list[PersonalLink]:
    """The messages of the actor and of the organisation acted for, newest first."""
    mine = PersonalLink.user_id == actor.require_user()
    if actor.may_edit:
        mine = sa.or_(mine, PersonalLink.organisation_id == actor.organisation_id)
    return list(db.session.scalars(sa.select(PersonalLink).where(mine).order_by(PersonalLink.id.desc()).limit(limit)))


def note_sent(*, actor: Actor, link_id: int, way: str) -> None:
    """Note that the actor sent the message by hand. Said twice, it is noted once.

    Raises:
        NotFound: not the actor's message.
        Invalid: no such way.
    """
    if way not in WAYS:
        raise Invalid({"way": ErrorCode("unknown_choice")})
    with transaction():
        link = db.session.scalars(
            sa.select(PersonalLink).where(PersonalLink.id == link_id).with_for_update()).first()
        if link is None or not _is_own(actor, link):
            raise NotFound
        if any(one.way == way for one in link.sendings):
            return
        db.session.add(HandSending(link_id=link.id, way=way, user_id=actor.require_user(), sent_at=clock.now()))
        audit.record(actor=actor, action="message.sent_by_hand", subject_kind="message", subject_id=link.id,
                     changes={"way": (None, way, "public")})


def revoke(*, actor: Actor, link_id: int) -> None:
    """Take a link back; once used or too old, nothing changes. Raises NotFound: not the actor's message."""
    with transaction():
        link = db.session.scalars(
            sa.select(PersonalLink).where(PersonalLink.id == link_id).with_for_update()).first()
        if link is None or not _is_own(actor, link):
            raise NotFound
        if link.state == "open":
            link.revoked_at = clock.now()
            audit.record(actor=actor, action="message.revoked", subject_kind="message", subject_id=link.id)
