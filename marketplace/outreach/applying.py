"""Do what the reading of a list says, all of it or nothing."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.actor import Actor
from marketplace.audit import service as audit
from marketplace.errors import AlreadyDone, ErrorCode, Invalid, NotFound
from marketplace.events.models import Booth, Event, Person, Registration, Zone, new_code
from marketplace.extensions import db
from marketplace.hooks import call
from marketplace.organisations.languages import with_levels
from marketplace.organisations.models import Organisation
from marketplace.outreach import policy
from marketplace.outreach.known import Known
from marketplace.outreach.models import Delegation, ImportedList, ImportedRow, Invitee
from marketplace.outreach.names import locale_for, script_of
from marketplace.outreach.reading import Entry, read_list
from marketplace.outreach.values import SIDE_OF
from marketplace.transaction import transaction
from marketplace.types import fold_key


def apply_list(*, actor: Actor, list_id: int, owner_id: int | None = None) -> dict[str, int]:
    """Make and change what the list says; rows that are wrong, asked about or left out change nothing.

    `owner_id`: the organiser who looks after what is new. Returns the counts of rows by outcome.

    Raises:
        NotAllowed, NotFound; AlreadyDone; Invalid at "owner" for no organiser, at "answers" while questions are open.
    """
    policy.require_organise(actor)
    with transaction():
        row = db.session.scalar(sa.select(ImportedList).where(ImportedList.id == list_id).with_for_update())
        if row is None:
            raise NotFound
        if row.applied_at is not None:
            raise AlreadyDone(row.id)
        owner = db.session.get(User, owner_id) if owner_id is not None else None
        if owner_id is not None and (owner is None or not owner.is_organiser):
            raise Invalid({"owner": ErrorCode("unknown_choice")})
        db.session.get_one(Event, row.event_id, with_for_update=True)  # two lists of one event go one after the other
        reading = read_list(row)
        if reading.open_questions:
            raise Invalid({"answers": ErrorCode("questions_open", {"number": reading.open_questions})})
        _Writer(actor, row, reading.known, owner_id).write(
            [entry for entry in reading.entries if entry.outcome in ("made", "changed")])
        row.applied_at, row.result = clock.now(), reading.counts
        audit.record(actor=actor, action="outreach.list_applied", subject_kind="event", subject_id=row.event_id,
                     changes={"list": (None, row.id, "public"),
                              **{name: (None, count, "public") for name, count in reading.counts.items()}})
        return dict(reading.counts)


class _Writer:
    """Rows are made in bulk: what a service would check one by one was checked by the reading."""

    def __init__(self, actor: Actor, row: ImportedList, known: Known, owner_id: int | None) -> None:
        self.actor, self.row, self.known, self.owner_id = actor, row, known, owner_id
        self.side = SIDE_OF[row.kind]
        self.now = clock.now()
        self.organisations: dict[str, Organisation] = {}
        self.registrations: dict[str, Registration] = {}
        self.invitees: dict[str, Invitee] = {}
        self.renamed: set[int] = set()

    def write(self, entries: list[Entry]) -> None:
        self._load(entries)
        for entry in entries:
            if entry.values.delegation:
                self._delegation(entry)
            if entry.firm is not None:
                self._organisation(entry)
        db.session.flush()  # ids of what is new
        for entry in entries:
            if entry.firm is not None:
                self._registration(entry)
        db.session.flush()
        for entry in entries:
            if entry.firm is not None:
                self._invitee(entry)
            db.session.add(ImportedRow(
                event_id=self.row.event_id, key=entry.key,
                registration_id=self.registrations[entry.firm.token].id if entry.firm else None))
        self._people(entries)
        db.session.flush()
        for organisation_id in sorted(self.renamed):
            call("organisation_renamed", organisation_id=organisation_id)

    def _load(self, entries: list[Entry]) -> None:
        firms = {entry.firm.token: entry.firm for entry in entries if entry.firm is not None}
        ids = [firm.organisation_id for firm in firms.values() if firm.organisation_id is not None]
        for organisation in db.session.scalars(
                sa.select(Organisation).where(Organisation.id.in_(ids)).with_for_update()):
            self.organisations[f"o{organisation.id}"] = organisation
        event = self.row.event_id
        for registration in db.session.scalars(sa.select(Registration).where(
                Registration.event_id == event, Registration.organisation_id.in_(ids), Registration.side == self.side)):
            self.registrations[f"o{registration.organisation_id}"] = registration
        for invitee in db.session.scalars(sa.select(Invitee).join(Invitee.registration).where(
                Invitee.event_id == event, Registration.organisation_id.in_(ids), Registration.side == self.side)):
            self.invitees[f"o{invitee.registration.organisation_id}"] = invitee
        self.booths = {fold_key(one.code): one for one in db.session.scalars(
            sa.select(Booth).where(Booth.event_id == event))}
        self.zones = {fold_key(one.code): one for one in db.session.scalars(
            sa.select(Zone).where(Zone.event_id == event))}
        self.codes = set(db.session.scalars(sa.select(Person.code).where(Person.event_id == event)))

    def _delegation(self, entry: Entry) -> None:
        values = entry.values
        key = fold_key(values.delegation)[:200]
        delegation = self.known.delegations.get(key)
        if delegation is None:
            lang = script_of(values.delegation)
            delegation = Delegation(event_id=self.row.event_id, names={lang: values.delegation}, key=key,
                                    locale=locale_for({lang: values.delegation}))
            self.known.delegations[key] = delegation
            db.session.add(delegation)
        if delegation.coordinator_id is None:
            for name, value in (("coordinator", values.coordinator), ("email", values.coordinator_email),
                                ("mobile", values.coordinator_mobile)):
                if value and not getattr(delegation, name):
                    setattr(delegation, name, value)

    def _organisation(self, entry: Entry) -> None:
        firm, values = entry.firm, entry.values
        assert firm is not None
        organisation = self.organisations.get(firm.token)
        if organisation is None:
            organisation = Organisation(
                names=dict(values.names), is_supplier=self.side == "supply", is_institution=self.side == "demand",
                place_id=values.place_id, languages=with_levels(values.languages, (), ()), contact=values.contact,
                approved_at=self.now)
            self.organisations[firm.token] = organisation
            db.session.add(organisation)
            return
        if firm.claimed:
            return  # what an organisation says of itself is its own
        names = {**values.names, **organisation.names}
        if names != organisation.names:
            organisation.names = names
            if organisation.id is not None:
                self.renamed.add(organisation.id)
        organisation.is_supplier |= self.side == "supply"
        organisation.is_institution |= self.side == "demand"
        organisation.place_id = organisation.place_id or values.place_id
        organisation.languages = organisation.languages or with_levels(values.languages, (), ())
        if not any((organisation.contact or {}).values()):
            organisation.contact = values.contact

    def _registration(self, entry: Entry) -> None:
        firm, values = entry.firm, entry.values
        assert firm is not None
        registration = self.registrations.get(firm.token)
        if registration is None:
            registration = Registration(
                event_id=self.row.event_id, organisation_id=self.organisations[firm.token].id, side=self.side,
                approved_at=self.now, owner_id=self.owner_id)
            self.registrations[firm.token] = registration
            db.session.add(registration)
        elif registration.withdrawn_at is not None:
            registration.withdrawn_at = registration.rejected_at = None
            registration.approved_at = self.now
        if values.booth:
            booth = self.booths.get(fold_key(values.booth))
            if booth is None:
                booth = Booth(event_id=self.row.event_id, zone_id=self.zones[fold_key(values.zone)].id,
                              code=values.booth)
                self.booths[fold_key(values.booth)] = booth
                db.session.add(booth)
                db.session.flush()  # its id goes onto the registration
            registration.booth_id = booth.id

    def _invitee(self, entry: Entry) -> None:
        firm, values = entry.firm, entry.values
        assert firm is not None
        invitee = self.invitees.get(firm.token)
        if invitee is None:
            invitee = Invitee(
                event_id=self.row.event_id, registration_id=self.registrations[firm.token].id, name="", email="",
                mobile="", locale=locale_for(self.organisations[firm.token].names))
            self.invitees[firm.token] = invitee
            db.session.add(invitee)
        if not (invitee.name or invitee.email or invitee.mobile):
            invitee.name, invitee.email, invitee.mobile = values.person, values.email, values.mobile
        elif fold_key(invitee.name) == fold_key(values.person):
            invitee.email, invitee.mobile = invitee.email or values.email, invitee.mobile or values.mobile
        if values.delegation:
            invitee.delegation = self.known.delegations[fold_key(values.delegation)[:200]]

    def _people(self, entries: list[Entry]) -> None:
        made: dict[tuple[str, int], Person] = {}
        for entry in entries:
            firm, values = entry.firm, entry.values
            if firm is None or not entry.names_person:
                continue
            if entry.person is not None:
                person: Any = (db.session.get(Person, entry.person.id) if entry.person.id is not None
                               else made.get((firm.token, entry.person.line)))
                if person is not None and values.mobile and not person.mobile:
                    person.mobile = values.mobile
                continue
            person = Person(
                event_id=self.row.event_id, organisation_id=self.organisations[firm.token].id, name=values.person,
                role=values.role, mobile=values.mobile, code=self._code(),
                languages=with_levels(values.languages, (), ()))
            made[(firm.token, entry.line)] = person
            db.session.add(person)

    def _code(self) -> str:
        while (code := new_code()) in self.codes:
            pass
        self.codes.add(code)
        return code
