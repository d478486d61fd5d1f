"""What is there already when a list is read, in a fixed number of statements, and what the list itself adds to it."""

from __future__ import annotations

from dataclasses import dataclass, field

import sqlalchemy as sa

from marketplace.events.models import Booth, Person, Registration, Zone
from marketplace.extensions import db
from marketplace.organisations.models import Membership, Organisation
from marketplace.outreach.models import Delegation, ImportedRow, Invitee
from marketplace.outreach.names import firm_keys, person_key
from marketplace.types import fold_key


@dataclass
class KnownPerson:
    """Somebody of a firm. `line`: where the list names them, 0 for who was known before."""

    name: str
    mobile: str
    email: str = ""
    id: int | None = None
    line: int = 0


@dataclass
class Firm:
    """An organisation as the reading of a list sees it. `token`: "o12", or "l7" for one that line 7 makes."""

    token: str
    names: dict[str, str]
    organisation_id: int | None = None
    registration_id: int | None = None
    booth: str = ""
    email: str = ""
    mobile: str = ""
    claimed: bool = False
    sides: frozenset[str] = frozenset()
    here: bool = False
    lines: list[int] = field(default_factory=list)
    people: list[KnownPerson] = field(default_factory=list)

    def is_called(self, names: dict[str, str]) -> bool:
        """Whether every name in a language that both have is the very same, in at least one."""
        both = [lang for lang in names if self.names.get(lang)]
        return bool(both) and all(fold_key(names[lang]) == fold_key(self.names[lang]) for lang in both)


class Known:
    """The organisations, registrations, people, stands and delegations of the site, for one event and side."""

    def __init__(self, event_id: int, side: str) -> None:
        self.firms: dict[str, Firm] = {}
        self.by_key: dict[str, list[Firm]] = {}
        self.booths: dict[str, int] = {}
        self.holders: dict[str, str] = {}
        self.zones: dict[str, int] = {}
        self.delegations: dict[str, Delegation] = {}
        claimed = set(db.session.scalars(sa.select(Membership.organisation_id).distinct()))
        for row in db.session.execute(
            sa.select(Organisation.id, Organisation.names, Organisation.is_supplier, Organisation.is_institution)
            .order_by(Organisation.id)
        ):
            sides = {side for side, there in (("supply", row.is_supplier), ("demand", row.is_institution)) if there}
            self.add(Firm(f"o{row.id}", row.names or {}, organisation_id=row.id, claimed=row.id in claimed,
                          sides=frozenset(sides)))
        for registration, booth, invitee in db.session.execute(
            sa.select(Registration, Booth.code, Invitee).outerjoin(Booth, Booth.id == Registration.booth_id)
            .outerjoin(Invitee, Invitee.registration_id == Registration.id)
            .where(Registration.event_id == event_id).order_by(Registration.id)
        ):
            firm = self.firms[f"o{registration.organisation_id}"]
            if booth:
                self.holders[fold_key(booth)] = firm.token
            if registration.side == side and registration.state != "withdrawn":
                firm.registration_id, firm.booth, firm.here = registration.id, booth or "", True
                if invitee is not None:
                    firm.email, firm.mobile = invitee.email, invitee.mobile
        for one in db.session.execute(sa.select(Person.id, Person.organisation_id, Person.name, Person.mobile).where(
                Person.event_id == event_id).order_by(Person.id)):
            self.firms[f"o{one.organisation_id}"].people.append(KnownPerson(one.name, one.mobile, id=one.id))
        for booth_id, code in db.session.execute(
                sa.select(Booth.id, Booth.code).where(Booth.event_id == event_id).order_by(Booth.id)):
            self.booths[fold_key(code)] = booth_id
        for zone_id, code in db.session.execute(
                sa.select(Zone.id, Zone.code).where(Zone.event_id == event_id).order_by(Zone.id)):
            self.zones[fold_key(code)] = zone_id
        for delegation in db.session.scalars(
                sa.select(Delegation).where(Delegation.event_id == event_id).order_by(Delegation.id)):
            self.delegations[delegation.key] = delegation
        self.taken = set(db.session.scalars(sa.select(ImportedRow.key).where(ImportedRow.event_id == event_id)))

    def add(self, firm: Firm) -> Firm:
        """Let later rows find `firm`."""
        self.firms[firm.token] = firm
        for key in firm_keys(firm.names):
            self.by_key.setdefault(key, []).append(firm)
        return firm

    def alike(self, names: dict[str, str]) -> list[Firm]:
        """Firms that share a key with these names."""
        found = {firm.token: firm for key in sorted(firm_keys(names)) for firm in self.by_key.get(key, ())}
        return list(found.values())


def same_people(firm: Firm, name: str) -> list[KnownPerson]:
    """People of the firm who are called so, in either script."""
    key = person_key(name)
    return [one for one in firm.people if person_key(one.name) == key]
