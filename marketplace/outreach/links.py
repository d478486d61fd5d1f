"""Claim links: made for whom the organisers know, signed, and found again from their text."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from marketplace import clock
from marketplace.accounts import tokens
from marketplace.actor import Actor
from marketplace.audit import service as audit
from marketplace.errors import NotFound
from marketplace.extensions import db
from marketplace.outreach import policy
from marketplace.outreach.models import ClaimLink, Delegation, Invitee
from marketplace.transaction import transaction

LIFETIME = timedelta(days=45)
KIND = "claim"


def text_of(link: ClaimLink) -> str:
    """The text of the link."""
    return tokens.sign(KIND, link.id, link.nonce)


def find(text: str, *, lock: bool = False) -> ClaimLink:
    """The link of a text, whatever its state. Raises NotFound where nobody made this text."""
    link_id = tokens.row_id_of(text)
    if link_id is None:
        raise NotFound
    query = sa.select(ClaimLink).where(ClaimLink.id == link_id)
    link = db.session.scalars(query.with_for_update() if lock else query).first()
    if link is None or not tokens.matches(text, KIND, link.id, link.nonce):
        raise NotFound
    return link


def for_invitee(*, actor: Actor, invitee_id: int, renew: bool = False) -> ClaimLink:
    """The open link for a registration, made where there is none; with `renew` always a new one, which ends the old.

    Raises: NotFound, also to whoever neither organises nor coordinates its delegation; NotAllowed to a coordinator as
    long as the organisers have not entrusted the home.
    """
    with transaction():
        invitee = db.session.scalar(sa.select(Invitee).where(Invitee.id == invitee_id).with_for_update())
        if invitee is None:
            raise NotFound
        if not (actor.is_organiser or actor.is_system):
            policy.require_coordinate(actor, invitee.delegation)
            policy.require_entrusted(actor, invitee)
        organisation_id = invitee.registration.organisation_id
        made = _make(actor, ClaimLink.invitee_id == invitee_id, renew, organisation_id=organisation_id,
                     invitee_id=invitee_id, name=invitee.name, email=invitee.email, mobile=invitee.mobile,
                     locale=invitee.locale)
    return made


def for_delegation(*, actor: Actor, delegation_id: int, renew: bool = False) -> ClaimLink:
    """The open link for the coordinator of a delegation. Raises NotAllowed, NotFound."""
    policy.require_organise(actor)
    with transaction():
        row = db.session.scalar(sa.select(Delegation).where(Delegation.id == delegation_id).with_for_update())
        if row is None:
            raise NotFound
        return _make(actor, ClaimLink.delegation_id == delegation_id, renew, delegation_id=delegation_id,
                     name=row.coordinator, email=row.email, mobile=row.mobile, locale=row.locale)


def open_for(*, invitee_id: int | None = None, delegation_id: int | None = None) -> ClaimLink | None:
    """The link of a registration or a delegation that works now, if there is one."""
    whose = ClaimLink.invitee_id == invitee_id if invitee_id is not None else ClaimLink.delegation_id == delegation_id
    return db.session.scalars(
        sa.select(ClaimLink).where(whose, ClaimLink.used_at.is_(None), ClaimLink.revoked_at.is_(None),
                                   ClaimLink.expires_at > clock.now()).order_by(ClaimLink.id.desc())).first()


def for_many(*, actor: Actor, event_id: int, invitee_ids: list[int]) -> dict[int, ClaimLink]:
    """Open links for several registrations of an event, in a fixed number of statements besides one for each new
    link."""
    policy.require_organise(actor)
    with transaction():
        now = clock.now()
        rows = db.session.scalars(sa.select(Invitee).where(
            Invitee.id.in_(invitee_ids), Invitee.event_id == event_id)
            .options(sa.orm.joinedload(Invitee.registration)).order_by(Invitee.id).with_for_update(of=Invitee)).all()
        found: dict[int, ClaimLink] = {}
        for link in db.session.scalars(
            sa.select(ClaimLink).where(
                ClaimLink.invitee_id.in_([row.id for row in rows]), ClaimLink.used_at.is_(None),
                ClaimLink.revoked_at.is_(None), ClaimLink.expires_at > now).order_by(ClaimLink.id)
        ):
            if link.invitee_id is not None:
                found[link.invitee_id] = link
        for row in rows:
            if row.id not in found:
                found[row.id] = ClaimLink(
                    organisation_id=row.registration.organisation_id, invitee_id=row.id, name=row.name,
                    email=row.email, mobile=row.mobile, locale=row.locale, expires_at=now + LIFETIME)
                db.session.add(found[row.id])
        db.session.flush()
    return found


def _make(actor: Actor, whose: sa.ColumnElement[bool], renew: bool, **facts: object) -> ClaimLink:
    now = clock.now()
    still = sa.select(ClaimLink).where(
        whose, ClaimLink.used_at.is_(None), ClaimLink.revoked_at.is_(None), ClaimLink.expires_at > now)
    link = db.session.scalars(still.order_by(ClaimLink.id.desc())).first()
    if link is not None and not renew:
        # The code goes where the contact is now, not where it was when the link was made.
        link.email, link.mobile = str(facts["email"]), str(facts["mobile"])
        return link
    db.session.execute(sa.update(ClaimLink).where(
        whose, ClaimLink.used_at.is_(None), ClaimLink.revoked_at.is_(None)).values(revoked_at=now))
    link = ClaimLink(expires_at=now + LIFETIME, **facts)
    db.session.add(link)
    db.session.flush()  # its id is part of the link
    organisation_id, delegation_id = facts.get("organisation_id"), facts.get("delegation_id")
    audit.record(actor=actor, action="claim.link_made",
                 subject_kind="organisation" if organisation_id else "delegation",
                 subject_id=int(str(organisation_id or delegation_id)), changes={"link": (None, link.id, "public")})
    return link
