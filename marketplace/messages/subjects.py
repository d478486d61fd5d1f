"""What a message can be about: who may send one, what it says, and where its link leads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from flask import url_for

from marketplace import clock
from marketplace.actor import Actor
from marketplace.demands.models import Demand
from marketplace.errors import NotAllowed, NotFound
from marketplace.events import queries as event_queries
from marketplace.extensions import db
from marketplace.listings import policy as listing_policy
from marketplace.matches import policy as match_policy
from marketplace.matches import queries as match_queries
from marketplace.matches.models import Match
from marketplace.notifications.models import Notification
from marketplace.notifications.queries import in_inbox
from marketplace.offers.models import Offer
from marketplace.organisations import invitations
from marketplace.organisations import policy as organisation_policy
from marketplace.organisations.models import Invitation, Membership, Organisation


@dataclass(frozen=True)
class Subject:
    """One thing. `title`: {language: text}; `facts`: what else the message's words need.

    `address`: where the message must go, when the thing says so itself (an invitation); `to_organisation_id`: for whom
    the recipient acts there, when that is known.
    """

    about: str
    params: dict[str, Any]
    title: dict[str, str]
    facts: dict[str, Any] = field(default_factory=dict)
    address: str = ""
    to_organisation_id: int | None = None


Finder = Callable[[Actor, dict[str, Any]], Subject]


def find(about: str, params: dict[str, Any], actor: Actor) -> Subject:
    """The thing, if the actor may send messages about it.

    Raises:
        NotFound: there is none, or the actor may not know of it.
        NotAllowed: the actor only reads for the organisation ("viewer").
    """
    finder = FINDERS.get(about)
    if finder is None:
        raise NotFound
    actor.require_user()
    return finder(actor, params)


def _id(params: dict[str, Any], name: str) -> int:
    text = str(params.get(name, ""))
    if not (text.isascii() and text.isdigit() and len(text) < 19):  # a longer number is no row's id
        raise NotFound
    return int(text)


def _demand(actor: Actor, params: dict[str, Any]) -> Subject:
    demand = db.session.get(Demand, _id(params, "demand_id"))
    if demand is None:
        raise NotFound
    listing_policy.require_read(actor, demand, demand.organisation, clock.now())
    content = demand.live_content
    return Subject("demand", {"demand_id": demand.id}, content["texts"]["title"],
                   {"names": demand.organisation.names, "lang": content["lang"]})


def _match(actor: Actor, params: dict[str, Any]) -> Subject:
    demand_id, offer_id = _id(params, "demand_id"), _id(params, "offer_id")
    found = match_queries.pair(demand_id, offer_id, actor=actor)
    if found is None:
        raise NotFound
    _judged, demand, offer = found
    side = match_policy.side_of(actor, demand, offer)
    if side is None and not actor.is_organiser:
        raise NotFound
    if side is not None and not actor.may_edit:
        raise NotAllowed("viewer")
    to = {"institution": "supplier", "supplier": "institution"}.get(side or "", str(params.get("to", "supplier")))
    if to not in ("supplier", "institution"):
        raise NotFound
    told = offer.organisation_id if to == "supplier" else demand.organisation_id
    return Subject(
        "match", {"demand_id": demand_id, "offer_id": offer_id, "to": to}, demand.live_content["texts"]["title"],
        {"offer_title": offer.live_content["texts"]["title"], "lang": demand.live_content["lang"],
         "names": (demand if to == "supplier" else offer).organisation.names},
        to_organisation_id=told)


def _notice(actor: Actor, params: dict[str, Any]) -> Subject:
    notice = db.session.scalars(
        sa.select(Notification).where(Notification.id == _id(params, "notification_id"), in_inbox(actor))).first()
    if notice is None or notice.kind == "invitation":
        raise NotFound
    return Subject("notice", {"notification_id": notice.id}, {}, {"kind": notice.kind, "params": notice.params},
                   to_organisation_id=notice.organisation_id)


def _invitation(actor: Actor, params: dict[str, Any]) -> Subject:
    invitation = db.session.get(Invitation, _id(params, "invitation_id"))
    if invitation is None or not invitation.is_open:
        raise NotFound
    organisation_policy.require_manage_members(actor, invitation.organisation)
    return Subject("invitation", {"invitation_id": invitation.id}, invitation.organisation.names,
                   {"names": invitation.organisation.names}, address=invitation.email)


def _event(actor: Actor, params: dict[str, Any]) -> Subject:
    event = event_queries.find(_id(params, "event_id"))
    if event.published_at is None:
        raise NotFound
    return Subject("event", {"event_id": event.id}, event.names,
                   {"starts_on": event.starts_on.isoformat(), "place": event.place})


FINDERS: dict[str, Finder] = {
    "demand": _demand, "match": _match, "notice": _notice, "invitation": _invitation, "event": _event,
}


def target(about: str, params: dict[str, Any], user_id: int, path_of_notice: Callable[[Any], str]) -> str:
    """The page that a used link opens for its user: the very thing, on their own side of it."""
    if about == "invitation":
        invitation = db.session.get(Invitation, params["invitation_id"])
        return url_for("desk.member") if invitation is None else url_for(
            "organisations.invitation", link=invitations.text_of(invitation))
    if about == "event":
        return url_for("events.show", slug=event_queries.find(params["event_id"]).slug)
    if about == "notice":
        notice = db.session.get(Notification, params["notification_id"])
        return url_for("notifications.inbox") if notice is None else path_of_notice(notice)
    if about == "match":
        return _pair_or(params["demand_id"], params["offer_id"], params["to"], user_id)
    offer_id = best_own_offer(params["demand_id"], user_id)
    if offer_id is None:
        return url_for("demands.show", demand_id=params["demand_id"])
    return _pair_or(params["demand_id"], offer_id, "supplier", user_id)


def _pair_or(demand_id: int, offer_id: int, to: str, user_id: int) -> str:
    """The pair with the form of its answer for who belongs to it; the public page of the other side's listing else."""
    owner = owner_of(demand_id, offer_id, to)
    if owner is not None and owner in organisations_of(user_id):
        return url_for("matches.pair", demand_id=demand_id, offer_id=offer_id) + "#answer"
    if to == "supplier":
        return url_for("demands.show", demand_id=demand_id)
    return url_for("offers.show", offer_id=offer_id)


def owner_of(demand_id: int, offer_id: int, to: str) -> int | None:
    """The organisation on one side of a pair."""
    row: Any = db.session.get(Offer, offer_id) if to == "supplier" else db.session.get(Demand, demand_id)
    return row.organisation_id if row is not None else None


def organisations_of(user_id: int) -> set[int]:
    """The organisations that a user belongs to."""
    return set(db.session.scalars(sa.select(Membership.organisation_id).where(Membership.user_id == user_id)))


def best_own_offer(demand_id: int, user_id: int) -> int | None:
    """Which of the offers of a user's organisations meets a demand best, as the matches say; None where none does."""
    return db.session.scalar(
        sa.select(Match.offer_id)
        .join(Offer, Offer.id == Match.offer_id)
        .join(Organisation, Organisation.id == Offer.organisation_id)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(Match.demand_id == demand_id, Membership.user_id == user_id, Match.band != "near miss",
               Offer.live_version_id.is_not(None))
        .order_by(Match.order_key, Match.offer_id).limit(1))
