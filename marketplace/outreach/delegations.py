"""A delegation's coordinator registers its homes, names their people, and sees who is missing what."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from marketplace import clock, hooks
from marketplace.actor import Actor
from marketplace.audit import service as audit
from marketplace.errors import AlreadyDone, ErrorCode, Invalid, NotAllowed, NotFound
from marketplace.events import people as event_people
from marketplace.events import registration as registrations
from marketplace.events.models import Person, Registration
from marketplace.events.people import PersonValues
from marketplace.extensions import db
from marketplace.moderation import service as moderation
from marketplace.moderation.models import Case
from marketplace.organisations import queries as organisations
from marketplace.organisations import states
from marketplace.organisations.models import Membership, Organisation
from marketplace.outreach import policy
from marketplace.outreach.models import Delegation, Invitee
from marketplace.outreach.names import firm_keys, locale_for
from marketplace.outreach.values import Values, read_values
from marketplace.transaction import transaction

MOST_HOMES = 300


@dataclass(frozen=True)
class Home:
    """A home as filled in. `same`: "" while not asked, "other", or the id of a known organisation that it is."""

    names: dict[str, str]
    district: str = ""
    person: str = ""
    email: str = ""
    mobile: str = ""
    same: str = ""

    def read(self) -> Values:
        """The values. Raises Invalid by field."""
        values = read_values({"name_hans": self.names.get("zh-Hans", ""), "name_hant": self.names.get("zh-Hant", ""),
                              "name_en": self.names.get("en", ""), "district": self.district, "person": self.person,
                              "email": self.email, "mobile": self.mobile}, "buyers")
        errors = values.errors | values.remarks
        if errors:
            raise Invalid({("name_zh_hant" if name == "name" else name): code for name, code in errors.items()})
        return values


@dataclass
class Alike(Exception):
    """Known organisations of a like name: whoever adds the home says whether it is one of them."""

    found: list[Organisation] = field(default_factory=list)


def get(actor: Actor, delegation_id: int) -> Delegation:
    """A delegation, to its coordinator and the organisers. Raises NotFound."""
    return policy.require_coordinate(actor, db.session.get(Delegation, delegation_id))


def of_event(event_id: int) -> list[tuple[Delegation, int]]:
    """The delegations of an event with the number of their homes, by name."""
    rows = db.session.execute(
        sa.select(Delegation, sa.func.count(Invitee.id)).outerjoin(Invitee, Invitee.delegation_id == Delegation.id)
        .where(Delegation.event_id == event_id).group_by(Delegation.id).order_by(Delegation.key, Delegation.id))
    return [(row, count) for row, count in rows]


def of_user(user_id: int | None, event_id: int | None = None) -> list[Delegation]:
    """What a user coordinates, of one event or of all."""
    if user_id is None:
        return []
    query = sa.select(Delegation).where(Delegation.coordinator_id == user_id)
    if event_id is not None:
        query = query.where(Delegation.event_id == event_id)
    return list(db.session.scalars(query.order_by(Delegation.id)))


def people_of(delegation: Delegation) -> dict[int, list[Person]]:
    """Organisation to the people who come for it."""
    found: dict[int, list[Person]] = {}
    for person in db.session.scalars(
        sa.select(Person).join(Registration, sa.and_(
            Registration.organisation_id == Person.organisation_id, Registration.event_id == Person.event_id))
        .join(Invitee, Invitee.registration_id == Registration.id)
        .where(Invitee.delegation_id == delegation.id).order_by(Person.name, Person.id)
    ):
        found.setdefault(person.organisation_id, []).append(person)
    return found


def add_home(*, actor: Actor, delegation_id: int, home: Home, submission_id: str | None = None) -> Invitee:
    """Register a home. What is new waits for the organisers; one that nobody owns yet and everybody may see is taken
    into the delegation where the coordinator says that it is the same; until the organisers have approved that, the
    coordinator neither changes nor claims it.

    Raises:
        NotFound; Invalid by field; AlreadyDone for the same form again.
        Alike: organisations of a like name are known and `home.same` does not say which it is.
        NotAllowed: "home_claimed" where the known one has an account of its own, or the organisers or another
            delegation look after it: the organisers are to be asked.
    """
    values = home.read()
    with transaction():
        delegation = get(actor, delegation_id)
        event_id = delegation.event_id
        if submission_id and db.session.scalar(
                sa.select(Organisation.id).where(Organisation.submission_id == submission_id)):
            raise AlreadyDone(delegation_id)
        count = db.session.scalar(
            sa.select(sa.func.count(Invitee.id)).where(Invitee.delegation_id == delegation_id)) or 0
        if count >= MOST_HOMES:
            raise Invalid({"name_zh_hant": ErrorCode("too_large", {"maximum": MOST_HOMES})})
        alike = _alike(values.names, delegation)
        known = next((one for one in alike if str(one.id) == home.same), None)
        if alike and known is None and home.same != "other":
            raise Alike(alike)
        if known is not None and db.session.scalar(
                sa.select(Membership.id).where(Membership.organisation_id == known.id).limit(1)):
            raise NotAllowed("home_claimed")
        organisation = known or _new(actor, values, submission_id)
        row = db.session.scalar(sa.select(Registration).where(
            Registration.event_id == event_id, Registration.organisation_id == organisation.id,
            Registration.side == "demand").with_for_update())
        if row is None:
            row = Registration(event_id=event_id, organisation_id=organisation.id, side="demand")
            db.session.add(row)
            db.session.flush()
        invitee = db.session.scalar(sa.select(Invitee).where(Invitee.registration_id == row.id))
        listed = row.state == "approved" and not actor.is_organiser  # whose contact only the organisers may change
        if (invitee.delegation_id if invitee is not None else None) != delegation_id and (
                listed or (invitee is not None and invitee.delegation_id is not None)):
            raise NotAllowed("home_claimed")
        if invitee is None:
            invitee = Invitee(event_id=event_id, registration_id=row.id, locale=locale_for(organisation.names))
            db.session.add(invitee)
        invitee.delegation_id = delegation_id
        invitee.name, invitee.email, invitee.mobile = values.person, values.email, values.mobile
        db.session.flush()
        audit.record(actor=actor, action="delegation.home_added", subject_kind="delegation", subject_id=delegation_id,
                     changes={"organisation": (None, organisation.id, "public")})
    return invitee


def _alike(names: dict[str, str], delegation: Delegation) -> list[Organisation]:
    """Public organisations of a like name: others may not be shown to a coordinator."""
    keys = firm_keys(names)
    rows = db.session.execute(
        sa.select(Organisation.id, Organisation.names).where(states.is_public(Organisation)).order_by(Organisation.id))
    ids = [row.id for row in rows if firm_keys(row.names or {}) & keys]
    own = sa.select(Registration.organisation_id).join(Invitee, Invitee.registration_id == Registration.id).where(
        Invitee.delegation_id == delegation.id)
    mine = [row.id for row in db.session.scalars(sa.select(Organisation).where(Organisation.id.in_(own)))
            if firm_keys(row.names or {}) & keys]
    return list(db.session.scalars(
        sa.select(Organisation).where(Organisation.id.in_([*ids, *mine])).order_by(Organisation.id).limit(5)))


def _new(actor: Actor, values: Values, submission_id: str | None) -> Organisation:
    now = clock.now()
    organisation = Organisation(
        names=values.names, is_institution=True, place_id=values.place_id, contact=values.contact, submitted_at=now,
        submission_id=submission_id)
    db.session.add(organisation)
    db.session.flush()  # the question to the organisers carries its id
    db.session.add(Case(subject_kind="organisation", subject_id=organisation.id, asked_at=now, asked_by=actor.user_id))
    return organisation


def require_home(actor: Actor, invitee_id: int) -> Invitee:
    """A home of a delegation. Raises NotFound to others."""
    invitee = db.session.get(Invitee, invitee_id)
    if invitee is None:
        raise NotFound
    policy.require_coordinate(actor, invitee.delegation)
    return invitee


def is_claimed(organisation_id: int) -> bool:
    """Whether the organisation has an account of its own."""
    return db.session.scalar(
        sa.select(Membership.id).where(Membership.organisation_id == organisation_id).limit(1)) is not None


def edit_home(*, actor: Actor, invitee_id: int, home: Home) -> None:
    """Change a home's names and contact. Raises NotFound; Invalid by field; NotAllowed("home_claimed") once it has an
    account of its own, and as `policy.require_entrusted`."""
    values = home.read()
    with transaction():
        invitee = require_home(actor, invitee_id)
        organisation = organisations.find(invitee.registration.organisation_id, lock=True)
        assert organisation is not None
        if is_claimed(organisation.id):
            raise NotAllowed("home_claimed")
        policy.require_entrusted(actor, invitee)
        renamed = organisation.names != values.names
        organisation.names = values.names
        organisation.place_id = values.place_id or organisation.place_id
        organisation.contact = values.contact
        organisation.lock_version += 1
        organisation.updated_at = clock.now()
        invitee.name, invitee.email, invitee.mobile = values.person, values.email, values.mobile
        invitee.locale = locale_for(values.names)
        audit.record(actor=actor, action="delegation.home_changed", subject_kind="organisation",
                     subject_id=organisation.id)
        if renamed:
            hooks.call("organisation_renamed", organisation_id=organisation.id)


def add_person(*, actor: Actor, invitee_id: int, name: str, mobile: str, languages: str, submission_id: str | None
               ) -> None:
    """Name somebody who comes for a home. Raises NotFound, Invalid by field, AlreadyDone; NotAllowed as `edit_home`."""
    with transaction():
        invitee = require_home(actor, invitee_id)
        values = read_values({"name": "-", "person": name, "mobile": mobile, "languages": languages}, "buyers")
        if errors := values.errors | values.remarks:
            raise Invalid({("name" if key == "person" else key): code for key, code in errors.items()})
        organisation_id = invitee.registration.organisation_id
        if is_claimed(organisation_id):
            raise NotAllowed("home_claimed")
        event_people.add_person(
            actor=Actor(actor.user_id, organisation_id, frozenset({"editor"}), "member"), event_id=invitee.event_id,
            organisation_id=organisation_id, submission_id=submission_id,
            values=PersonValues(name=name, mobile=values.mobile, languages=dict.fromkeys(values.languages, "fluent")))


def approve_homes(*, actor: Actor, delegation_id: int) -> int:
    """Approve every home of a delegation that waits, and its registration; returns how many. Raises NotAllowed,
    NotFound."""
    policy.require_organise(actor)
    with transaction():
        get(actor, delegation_id)
        rows: list[Any] = list(db.session.scalars(
            sa.select(Registration).join(Invitee, Invitee.registration_id == Registration.id)
            .where(Invitee.delegation_id == delegation_id).order_by(Registration.id)))
        done = 0
        for row in rows:
            waits = row.organisation.state == "waiting"
            if waits:
                moderation.decide(actor=actor, kind="organisation", subject_id=row.organisation_id, decision="approved")
            if row.state == "waiting":
                registrations.decide(actor=actor, registration_id=row.id, approve=True)
                waits = True
            done += waits
    return done
