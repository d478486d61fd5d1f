"""Cards exchanged by scanning a badge: the scan offers one's own card, and the other side's tap opens both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from catalogue.kinds import all_kinds
from marketplace import clock
from marketplace.accounts import tokens
from marketplace.errors import ErrorCode, Invalid, NotFound
from marketplace.events.models import Person
from marketplace.extensions import db
from marketplace.floor.models import INTERESTS, STEPS, CardExchange
from marketplace.matchmaking.models import Participation, ParticipationPerson
from marketplace.notifications.service import notify
from marketplace.transaction import transaction


@dataclass(frozen=True)
class Notes:
    """What the scanning side notes of the talk, for itself alone."""

    need: str = ""
    interest: str = ""
    next_step: str = ""
    next_on: date | None = None

    def check(self) -> None:
        """Raises Invalid by field."""
        known = {"need": {one.key for one in all_kinds()}, "interest": set(INTERESTS), "next_step": set(STEPS)}
        errors = {name: ErrorCode("unknown_choice") for name, values in known.items()
                  if getattr(self, name) and getattr(self, name) not in values}
        if errors:
            raise Invalid(errors)


def phone_token(person: Person) -> str:
    """What a phone keeps to say whose card it offers."""
    return tokens.sign("card", person.id, person.code)


def holder_of(person: Person) -> str:
    """An opaque id of whose card is offered: a phone keeps it with each card that waits for the network, so that none
    is sent in the name of who uses the phone next. It opens nothing."""
    return tokens.sign("holder", person.id, person.code)


def person_of_phone(token: str) -> Person | None:
    """Whose phone it is, None where the token is none."""
    number = tokens.row_id_of(token)
    person = db.session.get(Person, number) if number is not None else None
    return person if person is not None and tokens.matches(token, "card", person.id, person.code) else None


def scan(*, scanner_id: int, scanned_id: int, notes: Notes, submission_id: str | None = None) -> CardExchange:
    """Offer one's card to the person of a badge, with one's notes of the talk. A submission that came before is kept
    once; a later scan of the same badge renews the notes; who was offered the other's card before agrees by it.

    Raises NotFound; Invalid at "badge" for one's own organisation or another event's badge, and by field.
    """
    notes.check()
    with transaction():
        people = {one.id: one for one in db.session.scalars(
            sa.select(Person).where(Person.id.in_([scanner_id, scanned_id])).order_by(Person.id).with_for_update())}
        scanner, scanned = people.get(scanner_id), people.get(scanned_id)
        if scanner is None or scanned is None:
            raise NotFound
        if scanner.event_id != scanned.event_id or scanner.organisation_id == scanned.organisation_id:
            raise Invalid({"badge": ErrorCode("unknown_choice")})
        if submission_id:
            again = db.session.scalar(sa.select(CardExchange).where(CardExchange.submission_id == submission_id))
            if again is not None:
                if again.scanner_id != scanner_id:
                    raise NotFound
                return again
        row = _between(scanner_id, scanned_id)
        if row is None:
            row = CardExchange(event_id=scanner.event_id, scanner_id=scanner_id, scanned_id=scanned_id)
            db.session.add(row)
        row.submission_id = submission_id
        row.need, row.interest, row.next_step, row.next_on = (
            notes.need, notes.interest, notes.next_step, notes.next_on)
        theirs = _between(scanned_id, scanner_id)
        if theirs is not None and theirs.refused_at is None:
            row.agreed_at = row.agreed_at or clock.now()
            theirs.agreed_at = theirs.agreed_at or clock.now()
        db.session.flush()
        if row.agreed_at is None:
            notify(kind="card_offered", organisation_id=scanned.organisation_id, dedupe_key=f"card:{row.id}",
                   params={"names": scanner.organisation.names, "session_id": _session_of(scanned)})
    return row


def _session_of(person: Person) -> int:
    """A session in whose pages the person's organisation finds the card; 0 where it takes part in none."""
    return db.session.scalar(
        sa.select(Participation.session_id)
        .join(ParticipationPerson, ParticipationPerson.participation_id == Participation.id)
        .where(ParticipationPerson.person_id == person.id, Participation.withdrawn_at.is_(None))
        .order_by(Participation.session_id.desc().nulls_last(), Participation.id).limit(1)) or 0


def _between(scanner_id: int, scanned_id: int) -> CardExchange | None:
    return db.session.scalar(sa.select(CardExchange).where(
        CardExchange.scanner_id == scanner_id, CardExchange.scanned_id == scanned_id))


def answer(*, card_id: int, person_ids: list[int], agrees: bool) -> CardExchange:
    """Agree to an offered card, or not; only who was scanned may. Raises NotFound."""
    with transaction():
        row = db.session.scalar(sa.select(CardExchange).where(CardExchange.id == card_id).with_for_update())
        if row is None or row.scanned_id not in person_ids:
            raise NotFound
        if agrees:
            row.agreed_at, row.refused_at = row.agreed_at or clock.now(), None
        elif row.agreed_at is None:
            row.refused_at = clock.now()
    return row


def cards_of(person_ids: list[int]) -> tuple[list[CardExchange], list[CardExchange], list[CardExchange]]:
    """(exchanged, offered to these people and unanswered, offered by them and unanswered), the newest first. A refusal
    looks to the other side like no answer."""
    rows = db.session.scalars(
        sa.select(CardExchange)
        .where(sa.or_(CardExchange.scanner_id.in_(person_ids), CardExchange.scanned_id.in_(person_ids)))
        .options(joinedload(CardExchange.scanner).joinedload(Person.organisation),
                 joinedload(CardExchange.scanned).joinedload(Person.organisation))
        .order_by(CardExchange.created_at.desc().nulls_last(), CardExchange.id.desc())).all()
    agreed = [one for one in rows if one.agreed_at is not None]
    asked = [one for one in rows if one.agreed_at is None and one.refused_at is None and one.scanned_id in person_ids]
    sent = [one for one in rows if one.agreed_at is None and one.scanner_id in person_ids]
    return agreed, asked, sent
