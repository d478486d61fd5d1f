"""After a meeting: one answer of four from each side, and what came of it, said by one side and confirmed by both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

import sqlalchemy as sa

from catalogue import currencies
from marketplace import clock
from marketplace.actor import Actor
from marketplace.errors import AlreadyDone, ErrorCode, Invalid, NotFound
from marketplace.extensions import db
from marketplace.files import service as files
from marketplace.files.models import StoredFile
from marketplace.matchmaking import policy
from marketplace.matchmaking.after_models import FEEDBACK, STAGES, MeetingFeedback, Outcome
from marketplace.matchmaking.models import Meeting, Participation
from marketplace.matchmaking.sessions import note
from marketplace.notifications.service import notify
from marketplace.transaction import transaction


def give_feedback(*, actor: Actor, meeting_id: int, answer: str, words: str = "") -> MeetingFeedback:
    """Answer for one's own side; a later answer replaces an earlier one.

    Raises:
        NotFound: not one's own meeting. Invalid: at "answer", "words", or "too_early" before it began.
    """
    if answer not in FEEDBACK:
        raise Invalid({"answer": ErrorCode("unknown_choice")})
    if len(words) > 1000:
        raise Invalid({"words": ErrorCode("too_long", {"maximum": 1000, "length": len(words)})})
    with transaction():
        meeting, own = _own(actor, meeting_id)
        if meeting.starts_at > clock.now():
            raise Invalid({"answer": ErrorCode("too_early")})
        row = db.session.get(MeetingFeedback, (meeting_id, own.id), with_for_update=True)
        row = row or MeetingFeedback(meeting_id=meeting_id, participation_id=own.id)
        row.answer, row.words, row.answered_at = answer, words, clock.now()
        db.session.add(row)
        note(actor, "session.feedback", meeting.session_id, meeting=meeting_id)
    return row


@dataclass(frozen=True)
class Said:
    """What one side says came of a meeting. `minor`: in the smallest unit of `currency`, None where no amount is
    given. `file_id`: a file that shows it."""

    stage: str
    happened_on: date
    minor: int | None = None
    currency: str | None = None
    evidence: str = ""
    file_id: int | None = None


def read_said(*, stage: str, happened_on: str, amount: str = "", currency: str = "", evidence: str = "",
              file_id: int | None = None) -> Said:
    """Read what was filled in. Raises Invalid by field."""
    errors: dict[str, ErrorCode] = {}
    if stage not in STAGES:
        errors["stage"] = ErrorCode("unknown_choice")
    try:
        day = date.fromisoformat(happened_on)
    except ValueError:
        day = None
        errors["happened_on"] = ErrorCode("not_a_date" if happened_on else "required")
    minor = _minor(amount, currency, errors)
    if len(evidence) > 2000:
        errors["evidence"] = ErrorCode("too_long", {"maximum": 2000, "length": len(evidence)})
    if errors or day is None:
        raise Invalid(errors)
    return Said(stage, day, minor, currency if minor is not None else None, evidence, file_id)


def record_outcome(
    *, actor: Actor, meeting_id: int, stage: str, happened_on: str, amount: str = "", currency: str = "",
    evidence: str = "", file_id: int | None = None, submission_id: str | None = None,
) -> Outcome:
    """Say what came of a meeting; the other side is told and can confirm it. `file_id`: a file of the actor's own.

    Raises NotFound, AlreadyDone, and Invalid by field.
    """
    said = read_said(stage=stage, happened_on=happened_on, amount=amount, currency=currency, evidence=evidence,
                     file_id=file_id)
    with transaction():
        again = sa.select(Outcome.id).where(Outcome.submission_id == submission_id)
        if submission_id and (made := db.session.scalar(again)):
            raise AlreadyDone(made)
        meeting, own = _own(actor, meeting_id)
        if file_id is not None and file_id not in files.usable(actor=actor, ids=[file_id]):
            raise NotFound
        row = keep_outcome(actor, meeting, own, said, submission_id)
    return row


def keep_outcome(
    actor: Actor, meeting: Meeting, own: Participation, said: Said, submission_id: str | None = None
) -> Outcome:
    """Keep what `own`, a side of the meeting, says, in the open transaction, and tell the other side."""
    row = Outcome(meeting_id=meeting.id, stage=said.stage, minor=said.minor, currency=said.currency,
                  happened_on=said.happened_on, evidence=said.evidence, said_by=own.id, file_id=said.file_id,
                  submission_id=submission_id)
    db.session.add(row)
    db.session.flush()
    note(actor, "session.outcome", meeting.session_id, outcome=row.id, stage=said.stage)
    other = meeting.b if meeting.a_id == own.id else meeting.a
    if other is not None:
        notify(kind="outcome_said", organisation_id=other.organisation_id, dedupe_key=f"outcome_said:{row.id}",
               params={"names": own.organisation.names, "stage": said.stage, "session_id": meeting.session_id})
    return row


def _minor(amount: str, currency: str, errors: dict[str, ErrorCode]) -> int | None:
    text = amount.replace(",", "").strip()
    if not text:
        return None
    if not currencies.is_known(currency):
        errors["currency"] = ErrorCode("unknown_currency", {"value": currency[:10]})
        return None
    try:
        value = Decimal(text)
        if not value.is_finite() or not 0 <= value < Decimal("1e12"):
            raise InvalidOperation
        return currencies.to_minor(value, currency)
    except (InvalidOperation, ValueError):
        errors["amount"] = ErrorCode("not_a_number")
        return None


def confirm_outcome(*, actor: Actor, outcome_id: int) -> Outcome:
    """Say for the other side that it is so. Raises NotFound to whoever is not the other side."""
    with transaction():
        row = db.session.scalar(sa.select(Outcome).where(Outcome.id == outcome_id).with_for_update())
        if row is None:
            raise NotFound
        _meeting, own = _own(actor, row.meeting_id)
        keep_confirmation(actor, row, own)
    return row


def keep_confirmation(actor: Actor, row: Outcome, own: Participation) -> None:
    """Note in the open transaction that `own` says so, too. Raises NotFound where it is no other side's word."""
    if own.id == row.said_by or own.id not in (row.meeting.a_id, row.meeting.b_id):
        raise NotFound
    if row.confirmed_at is None:
        row.confirmed_at = clock.now()
        note(actor, "session.outcome_confirmed", row.meeting.session_id, outcome=row.id)


def may_read_evidence(actor: Actor, file: StoredFile) -> bool:
    """Organisers and the two sides of the meeting read what shows an outcome; nobody else does."""
    found = sa.select(Outcome.id).join(Meeting, Meeting.id == Outcome.meeting_id).where(Outcome.file_id == file.id)
    if not actor.is_organiser:
        if actor.organisation_id is None:
            return False
        own = sa.select(Participation.id).where(Participation.organisation_id == actor.organisation_id)
        found = found.where(sa.or_(Meeting.a_id.in_(own), Meeting.b_id.in_(own)))
    return db.session.scalar(found.limit(1)) is not None


def _own(actor: Actor, meeting_id: int) -> tuple[Meeting, Participation]:
    """A meeting and the side of it for which the actor speaks."""
    meeting = db.session.get(Meeting, meeting_id)
    if meeting is None or meeting.b is None:
        raise NotFound
    own = next((one for one in (meeting.a, meeting.b) if one.organisation_id == actor.organisation_id), None)
    if own is None:
        raise NotFound
    return meeting, policy.require_act(actor, own)
