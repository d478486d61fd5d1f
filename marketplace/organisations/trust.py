"""What is known of an organisation, each fact with its day, and what nobody has checked. There is no one badge: whoever
reads decides what is enough."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from catalogue.credentials import day as region_day
from marketplace import clock
from marketplace.actor import Actor
from marketplace.audit import service as audit
from marketplace.errors import ErrorCode, Invalid, NotAllowed, NotFound
from marketplace.extensions import db
from marketplace.organisations import queries
from marketplace.organisations.models import Credential, Membership, Organisation, Sighting
from marketplace.organisations.registration import CHECKED, is_well_formed
from marketplace.transaction import transaction

# After so long a listing that nobody confirmed counts as not known to stand.
STALE = timedelta(days=90)


@dataclass(frozen=True)
class Fact:
    """One thing known, or not known. `code` is worded in templates/organisations/_trust.html; `day`: since when, or
    until when it holds."""

    code: str
    checked: bool
    day: date | None = None
    params: dict[str, Any] = field(default_factory=dict)


def facts_of(organisation: Organisation, *, confirmed_at: datetime | None = None) -> tuple[Fact, ...]:
    """Number, licence, person, credentials and, where `confirmed_at` is given, the listing, in this order; in two
    statements beside the credentials."""
    found = [_number(organisation), *_licence(organisation.id), _person(organisation.id),
             *_credentials(organisation.credentials)]
    if confirmed_at is not None:
        fresh = clock.now() - confirmed_at <= STALE
        found.append(Fact("listing_confirmed" if fresh else "listing_stale", fresh, region_day(confirmed_at)))
    return tuple(found)


def unchecked(facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """What is said before contacts are exchanged."""
    return tuple(fact for fact in facts if not fact.checked)


def _number(organisation: Organisation) -> Fact:
    number = organisation.registration_number
    if not number:
        return Fact("number_missing", False)
    if organisation.jurisdiction not in CHECKED:
        return Fact("number_not_checkable", False)
    if not is_well_formed(organisation.jurisdiction, number):
        return Fact("number_wrong", False)
    checked_at = organisation.number_checked_at or clock.now()
    # Eight digits are all that Hong Kong's register says of its numbers.
    code = "number_has_its_form" if organisation.jurisdiction == "HK" else "number_well_formed"
    return Fact(code, True, region_day(checked_at))


def _licence(organisation_id: int) -> list[Fact]:
    seen = [Fact("licence_seen", True, one.seen_on, {"document": one.document}) for one in sightings(organisation_id)]
    return seen or [Fact("licence_not_seen", False)]


def _person(organisation_id: int) -> Fact:
    owners = list(db.session.execute(
        sa.select(Membership.authorised_how, Membership.created_at)
        .where(Membership.organisation_id == organisation_id, Membership.role == "owner").order_by(Membership.id)))
    if not owners:
        return Fact("nobody_joined", False)
    for how in ("evidence", "link"):
        for row in owners:
            if row.authorised_how == how:
                return Fact(f"person_{how}", True, region_day(row.created_at))
    return Fact("person_not_checked", False, region_day(owners[0].created_at))


def _credentials(credentials: list[Credential]) -> list[Fact]:
    today, found = region_day(clock.now()), []
    for one in credentials:
        gone = one.is_expired(today)
        code = "credential_expired" if gone else "credential_until" if one.expires_on else "credential_stated"
        found.append(Fact(code, not gone, one.expires_on, {"kind": one.kind}))
    return found if any(fact.checked for fact in found) else [*found, Fact("no_credential", False)]


def sightings(organisation_id: int) -> list[Sighting]:
    """The documents that organisers saw, the last seen first."""
    return list(db.session.scalars(
        sa.select(Sighting).where(Sighting.organisation_id == organisation_id)
        .order_by(Sighting.seen_on.desc().nulls_last(), Sighting.id.desc())))


def record_sighting(
    *, actor: Actor, organisation_id: int, document: str, seen_on: date, credential_id: int | None, submission_id: str
) -> Sighting:
    """Say that the actor saw a document of an organisation with their own eyes, and on which day.

    Raises:
        NotAllowed: not an organiser. NotFound: no such organisation.
        Invalid: a day to come, or a credential of another organisation.
    """
    if not actor.is_organiser:
        raise NotAllowed("organisers_only")
    if seen_on > region_day(clock.now()):
        raise Invalid({"seen_on": ErrorCode("seen_in_the_future")})
    with transaction():
        if queries.find(organisation_id, lock=True) is None:
            raise NotFound
        again = db.session.scalars(sa.select(Sighting).where(Sighting.submission_id == submission_id)).first()
        if again is not None and again.organisation_id == organisation_id:
            return again
        credential = db.session.get(Credential, credential_id) if credential_id else None
        if credential_id and (credential is None or credential.organisation_id != organisation_id):
            raise Invalid({"credential_id": ErrorCode("unknown_choice")})
        sighting = Sighting(
            organisation_id=organisation_id, document=document, seen_on=seen_on, credential_id=credential_id,
            seen_by=actor.user_id, submission_id=None if again is not None else submission_id)
        db.session.add(sighting)
        audit.record(actor=actor, action="organisation.licence_seen", subject_kind="organisation",
                     subject_id=organisation_id,
                     changes={"document": (None, document, "public"), "seen_on": (None, seen_on.isoformat(), "public")})
    return sighting
