"""After a meeting: one answer of four from each side, and what came of it, said by one side and confirmed by both."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation

import sqlalchemy as sa

from catalogue import currencies
from marketplace import clock
from marketplace.actor import Actor
from marketplace.errors import AlreadyDone, ErrorCode, Invalid, NotFound
from marketplace.extensions import db
from marketplace.matchmaking import policy
from marketplace.matchmaking.after_models import FEEDBACK, STAGES, MeetingFeedback, Outcome
from marketplace.matchmaking.models import Meeting, Participation
from marketplace.matchmaking.sessions import note
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


def record_outcome(
    *, actor: Actor, meeting_id: int, stage: str, happened_on: str, amount: str = "", currency: str = "",
    evidence: str = "", submission_id: str | None = None,
) -> Outcome:
    """Say what came of a meeting. Raises NotFound, AlreadyDone, and Invalid by field."""
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
    with transaction():
        again = sa.select(Outcome.id).where(Outcome.submission_id == submission_id)
        if submission_id and (made := db.session.scalar(again)):
            raise AlreadyDone(made)
        meeting, own = _own(actor, meeting_id)
        row = Outcome(meeting_id=meeting_id, stage=stage, minor=minor, currency=currency if minor is not None else None,
                      happened_on=day, evidence=evidence, said_by=own.id, submission_id=submission_id)
        db.session.add(row)
        db.session.flush()
        note(actor, "session.outcome", meeting.session_id, outcome=row.id, stage=stage)
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
        if own.id == row.said_by:
            raise NotFound
        if row.confirmed_at is None:
            row.confirmed_at = clock.now()
            note(actor, "session.outcome_confirmed", row.meeting.session_id, outcome=outcome_id)
    return row


def _own(actor: Actor, meeting_id: int) -> tuple[Meeting, Participation]:
    """A meeting and the side of it for which the actor speaks."""
    meeting = db.session.get(Meeting, meeting_id)
    if meeting is None or meeting.b is None:
        raise NotFound
    own = next((one for one in (meeting.a, meeting.b) if one.organisation_id == actor.organisation_id), None)
    if own is None:
        raise NotFound
    return meeting, policy.require_act(actor, own)
