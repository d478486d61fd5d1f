"""The people whom an organisation sends to an event."""

from __future__ import annotations

from dataclasses import dataclass, field

import sqlalchemy as sa

from marketplace import clock, hooks
from marketplace.actor import Actor
from marketplace.audit import service as audit
from marketplace.errors import AlreadyDone, ErrorCode, Invalid, NotFound
from marketplace.events import policy
from marketplace.events.models import Event, Person, new_code
from marketplace.extensions import db
from marketplace.organisations import languages as spoken
from marketplace.transaction import transaction

MOST = 200


@dataclass(frozen=True)
class PersonValues:
    """A person as filled in. `languages`: code to level; `reads`: scripts."""

    name: str
    role: str = ""
    mobile: str = ""
    languages: dict[str, str] = field(default_factory=dict)
    reads: list[str] = field(default_factory=list)

    def checked(self) -> dict[str, object]:
        """The columns of the row. Raises Invalid by field."""
        errors: dict[str, ErrorCode] = {}
        if not self.name:
            errors["name"] = ErrorCode("required")
        for name, text, most in (("name", self.name, 120), ("role", self.role, 120), ("mobile", self.mobile, 40)):
            if len(text) > most:
                errors[name] = ErrorCode("too_long", {"maximum": most, "length": len(text)})
        languages = [{"code": code, "level": level} for code, level in self.languages.items()]
        if not spoken.known(languages, self.reads):
            errors["languages"] = ErrorCode("unknown_choice")
        if errors:
            raise Invalid(errors)
        return {"name": self.name, "role": self.role, "mobile": self.mobile,
                "languages": languages, "reads": list(self.reads)}


def add_person(
    *, actor: Actor, event_id: int, organisation_id: int, values: PersonValues, submission_id: str | None = None
) -> Person:
    """Name somebody who comes. Raises Invalid by field, NotFound, NotAllowed, AlreadyDone."""
    policy.require_act_for(actor, organisation_id)
    columns = values.checked()
    with transaction():
        policy.require_see(actor, db.session.get(Event, event_id, with_for_update=True))
        if submission_id and (
            made := db.session.scalar(sa.select(Person.id).where(Person.submission_id == submission_id))
        ):
            raise AlreadyDone(made)
        count = db.session.scalar(sa.select(sa.func.count(Person.id)).where(
            Person.event_id == event_id, Person.organisation_id == organisation_id))
        if (count or 0) >= MOST:
            raise Invalid({"name": ErrorCode("too_large", {"maximum": MOST})})
        person = Person(**columns, event_id=event_id, organisation_id=organisation_id, submission_id=submission_id,
                        code=_free_code(event_id))
        db.session.add(person)
        db.session.flush()
        _note(actor, "event.person_added", person)
    return person


def _free_code(event_id: int) -> str:
    while True:
        code = new_code()
        if db.session.scalar(sa.select(Person.id).where(Person.event_id == event_id, Person.code == code)) is None:
            return code


def edit_person(*, actor: Actor, person_id: int, values: PersonValues) -> Person:
    """Change what is known of a person."""
    columns = values.checked()
    with transaction():
        person = _locked(actor, person_id)
        for name, value in columns.items():
            setattr(person, name, value)
        _note(actor, "event.person_edited", person)
    return person


def remove_person(*, actor: Actor, person_id: int) -> None:
    """Take a person off the list. Rooms in which the person has meetings may refuse (hook `person_removed`)."""
    with transaction():
        person = _locked(actor, person_id)
        hooks.call("person_removed", person_id=person_id)
        _note(actor, "event.person_removed", person)
        db.session.delete(person)


def check_in(*, actor: Actor, event_id: int, code: str) -> Person:
    """Note that the person of this badge is here, wherever an organiser does so. A second time changes nothing here;
    other rooms hear of it each time (hook `person_arrived`). Raises Invalid at "code"."""
    policy.require_organise(actor)
    with transaction():
        person = db.session.scalar(
            sa.select(Person).where(Person.event_id == event_id, Person.code == code.strip().upper()).with_for_update())
        if person is None:
            raise Invalid({"code": ErrorCode("unknown_code")})
        if person.arrived_at is None:
            person.arrived_at = clock.now()
            _note(actor, "event.person_arrived", person)
        hooks.call("person_arrived", person_id=person.id)
    return person


def _locked(actor: Actor, person_id: int) -> Person:
    person = db.session.scalar(sa.select(Person).where(Person.id == person_id).with_for_update())
    if person is None:
        raise NotFound
    policy.require_act_for(actor, person.organisation_id)
    return person


def _note(actor: Actor, action: str, person: Person) -> None:
    audit.record(actor=actor, action=action, subject_kind="event", subject_id=person.event_id,
                 changes={"person": (None, person.name, "personal"),
                          "organisation": (None, person.organisation_id, "public")})
