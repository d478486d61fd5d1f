"""What came of it, asked of both sides one, three, six and twelve months after the day, and answered by one tap."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from marketplace import clock
from marketplace.accounts import tokens
from marketplace.actor import Actor
from marketplace.errors import ErrorCode, Invalid, NotFound
from marketplace.events.values import zone_of
from marketplace.extensions import db
from marketplace.matchmaking import after, queries
from marketplace.matchmaking.after_models import MONTHS, MeetingFeedback, Outcome, OutcomeAsk, OutcomeRound
from marketplace.matchmaking.models import MatchmakingSession, Meeting, Participation
from marketplace.matchmaking.sessions import note
from marketplace.notifications.service import notify
from marketplace.transaction import transaction

# Nothing changes any more after these.
FINAL = ("in_use", "lapsed")
LIFETIME = timedelta(days=45)
# A site that was down asks late, but not for a month that is long over.
LATE = timedelta(days=21)
BATCH = 100
NAMED = 5


def ask_due() -> int:
    """Ask everybody who is due, in a few at a time; safe to run as often as one likes. Returns how many sides."""
    asked = 0
    for session, month in _due():
        wanted = sorted(_meetings_to_ask(session.id).items())
        for start in range(0, len(wanted), BATCH):
            asked += sum(_ask(session, month, own, ids) for own, ids in wanted[start:start + BATCH])
    return asked


def _due() -> Iterator[tuple[MatchmakingSession, int]]:
    now = clock.now()
    sessions = db.session.scalars(
        sa.select(MatchmakingSession).options(joinedload(MatchmakingSession.event)).where(
            MatchmakingSession.opened_at.is_not(None),
            MatchmakingSession.held_on >= (now - timedelta(days=400)).date(),
            MatchmakingSession.held_on <= (now - timedelta(days=27)).date()).order_by(MatchmakingSession.id)).all()
    for session in sessions:
        today = now.astimezone(zone_of(session.event.time_zone)).date()
        for month in MONTHS:
            due = months_after(session.held_on, month)
            if due <= today < due + LATE:
                yield session, month


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _meetings_to_ask(session_id: int) -> dict[int, list[int]]:
    """Participation to its meetings to ask about: those in which it saw a cooperation itself, or of which an outcome is
    known to both that is not final yet. What the other side thinks of a meeting is told to nobody by asking."""
    meetings = {one.id: (one.a_id, one.b_id) for one in db.session.execute(
        sa.select(Meeting.id, Meeting.a_id, Meeting.b_id).where(
            Meeting.session_id == session_id, Meeting.kind == "meeting", Meeting.cancelled_at.is_(None),
            Meeting.b_id.is_not(None)))}
    here = sa.select(Meeting.id).where(Meeting.session_id == session_id)
    hoped = {(meeting_id, own) for meeting_id, own in db.session.execute(
        sa.select(MeetingFeedback.meeting_id, MeetingFeedback.participation_id)
        .where(MeetingFeedback.meeting_id.in_(here), MeetingFeedback.answer == "possible"))}
    last: dict[int, str] = {}
    for meeting_id, stage in db.session.execute(
        sa.select(Outcome.meeting_id, Outcome.stage).where(Outcome.meeting_id.in_(here))
        .order_by(Outcome.happened_on.asc().nulls_last(), Outcome.id)
    ):
        last[meeting_id] = stage
    gone = set(db.session.scalars(sa.select(Participation.id).where(
        Participation.session_id == session_id, Participation.withdrawn_at.is_not(None))))
    found: dict[int, list[int]] = {}
    for meeting_id, sides in sorted(meetings.items()):
        for own in sides:
            if own in gone or last.get(meeting_id) in FINAL:
                continue
            if meeting_id in last or (meeting_id, own) in hoped:
                found.setdefault(own, []).append(meeting_id)
    return found


def _ask(session: MatchmakingSession, month: int, participation_id: int, meeting_ids: list[int]) -> bool:
    """Ask one side, once for each month; the key answers where two workers ask at the same moment."""
    now = clock.now()
    with transaction():
        known = sa.select(OutcomeRound.id).where(
            OutcomeRound.participation_id == participation_id, OutcomeRound.month == month)
        if db.session.scalar(known) is not None:
            return False
        row = OutcomeRound(participation_id=participation_id, month=month, asked_at=now, expires_at=now + LIFETIME,
                           asks=[OutcomeAsk(meeting_id=one) for one in meeting_ids])
        try:
            with db.session.begin_nested():
                db.session.add(row)
                db.session.flush()
        except sa.exc.IntegrityError:
            if db.session.scalar(known) is not None:
                return False
            raise
        own = db.session.get_one(Participation, participation_id)
        others = [one.other for one in queries.timetable([participation_id]) if one.meeting.id in meeting_ids]
        notify(kind="outcome_asked", organisation_id=own.organisation_id,
               dedupe_key=f"outcome_asked:{participation_id}:{month}",
               params={"round_id": row.id, "nonce": row.nonce, "month": month, "count": len(meeting_ids),
                       "names": session.names, "session_id": session.id,
                       "others": [one.organisation.names for one in others[:NAMED] if one is not None]})
    return True


def link_of_round(row: OutcomeRound) -> str:
    """The text of a round's link."""
    return tokens.sign("outcomes", row.id, row.nonce)


def round_of(text: str) -> OutcomeRound:
    """The round of a link, whether it still works or not. Raises NotFound."""
    number = tokens.row_id_of(text)
    row = db.session.get(OutcomeRound, number) if number is not None else None
    if row is None or not tokens.matches(text, "outcomes", row.id, row.nonce):
        raise NotFound
    return row


def is_open(row: OutcomeRound, now: datetime) -> bool:
    """Whether its link still answers."""
    return row.expires_at > now and row.participation.withdrawn_at is None


def asks_of(round_id: int) -> list[OutcomeAsk]:
    """The meetings of a round with both sides, in the order of the day."""
    return list(db.session.scalars(
        sa.select(OutcomeAsk).join(OutcomeAsk.meeting).where(OutcomeAsk.round_id == round_id)
        .options(joinedload(OutcomeAsk.meeting).options(*queries.loads()))
        .order_by(Meeting.starts_at, Meeting.id)))


def outcomes_of(meeting_ids: list[int]) -> dict[int, list[Outcome]]:
    """What was said of each meeting, in the order it was said."""
    found: dict[int, list[Outcome]] = {}
    for row in db.session.scalars(sa.select(Outcome).where(Outcome.meeting_id.in_(meeting_ids)).order_by(Outcome.id)):
        found.setdefault(row.meeting_id, []).append(row)
    return found


def speaker(row: OutcomeRound) -> Actor:
    """Who a link speaks for, in the audit and for its files: the organisation, and no account."""
    return Actor(organisation_id=row.participation.organisation_id)


def require_open(text: str, meeting_id: int, *, lock: bool = False) -> OutcomeAsk:
    """The question that a link asks about a meeting. Raises NotFound, and Invalid at "link" where it is too old."""
    row = round_of(text)
    query = sa.select(OutcomeAsk).where(OutcomeAsk.round_id == row.id, OutcomeAsk.meeting_id == meeting_id)
    ask = db.session.scalar(query.with_for_update() if lock else query)
    if ask is None:
        raise NotFound
    if not is_open(row, clock.now()):
        raise Invalid({"link": ErrorCode("link_expired")})
    return ask


def answer(
    *, text: str, meeting_id: int, answer: str, happened_on: str = "", amount: str = "", currency: str = "",
    evidence: str = "", file_id: int | None = None,
) -> bool:
    """Answer one question of a link: a stage, "nothing", or "confirmed" for what the other side said last. The first
    answer stands: a second tap changes nothing and returns False.

    Raises:
        NotFound: no such link, or not a meeting of it, or nothing to confirm.
        Invalid: by field, and at "link" where it is too old.
    """
    with transaction():
        ask = require_open(text, meeting_id, lock=True)
        if ask.answered_at is not None:
            return False
        own, meeting = ask.round.participation, ask.meeting
        by = speaker(ask.round)
        if answer == "confirmed":
            row = to_confirm(outcomes_of([meeting_id]).get(meeting_id, []), own.id)
            if row is None:
                raise NotFound
            after.keep_confirmation(by, row, own)
        elif answer != "nothing":
            today = clock.now().astimezone(zone_of(queries.session(own.session_id).event.time_zone)).date()
            said = after.read_said(stage=answer, happened_on=happened_on or today.isoformat(), amount=amount,
                                   currency=currency, evidence=evidence, file_id=file_id)
            after.keep_outcome(by, meeting, own, said, f"ask:{ask.round_id}:{meeting_id}")
        ask.answer, ask.answered_at = answer, clock.now()
        note(by, "session.outcome_answered", own.session_id, meeting=meeting_id, month=ask.round.month)
    return True


def to_confirm(rows: list[Outcome], own_id: int) -> Outcome | None:
    """What the other side said last and this side has not confirmed."""
    last = rows[-1] if rows else None
    return last if last is not None and last.said_by != own_id and last.confirmed_at is None else None
