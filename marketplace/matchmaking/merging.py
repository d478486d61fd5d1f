"""Parts in sessions follow an organisation that was merged; what stands in a timetable is never merged away."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from marketplace import clock, hooks
from marketplace.errors import ErrorCode, Invalid
from marketplace.events.models import Registration
from marketplace.extensions import db
from marketplace.matchmaking.models import MatchmakingSession, Meeting, MeetingRequest, Participation
from marketplace.matchmaking.sessions import lock
from marketplace.organisations.merging import Moved


def refuse(*, kept_id: int, merged_id: int) -> None:
    """Raises Invalid ("meetings_first", with the names of the session) where both take part in a session in which the
    one that goes has meetings: they would stand in nobody's timetable, or twice at once in one."""
    one, other = aliased(Participation), aliased(Participation)
    sessions = list(db.session.scalars(
        sa.select(one.session_id).join(other, other.session_id == one.session_id)
        .where(one.organisation_id == merged_id, other.organisation_id == kept_id, one.withdrawn_at.is_(None))
        .distinct().order_by(one.session_id)))
    for session_id in sessions:
        lock(session_id)  # a plan that is being published is waited for
    names = db.session.scalar(
        sa.select(MatchmakingSession.names)
        .join(Meeting, Meeting.session_id == MatchmakingSession.id)
        .join(one, sa.or_(one.id == Meeting.a_id, one.id == Meeting.b_id))
        .where(MatchmakingSession.id.in_(sessions), one.organisation_id == merged_id, Meeting.cancelled_at.is_(None))
        .order_by(MatchmakingSession.id).limit(1))
    if names is not None:
        raise Invalid({"kept": ErrorCode("meetings_first", {"names": names})})


def follow(*, kept_id: int, merged_id: int, moved: Moved) -> None:
    """Give the parts in sessions to the organisation that stays, in the open transaction; where it takes part on that
    side itself, the other part is withdrawn with its requests."""
    rows = list(db.session.scalars(
        sa.select(Participation).where(Participation.organisation_id.in_((kept_id, merged_id)))
        .order_by(Participation.id).with_for_update()))
    own = {(row.session_id, row.side): row for row in rows if row.organisation_id == kept_id}
    registered = {
        (one.event_id, one.side): one.id
        for one in db.session.scalars(sa.select(Registration).where(Registration.organisation_id == kept_id))}
    events = {
        one.id: one.event_id
        for one in db.session.scalars(sa.select(MatchmakingSession).where(
            MatchmakingSession.id.in_({row.session_id for row in rows})))}
    moved["parts in sessions"], moved["parts withdrawn"], now = [], [], clock.now()
    for row in rows:
        if row.organisation_id != merged_id:
            continue
        mine = own.get((row.session_id, row.side))
        if mine is not None:
            if row.withdrawn_at is None:
                row.withdrawn_at, mine.withdrawn_at = now, None
                moved["parts withdrawn"].append(row.id)
            continue
        row.organisation_id = kept_id
        row.registration_id = registered.get((events[row.session_id], row.side), row.registration_id)
        moved["parts in sessions"].append(row.id)
    db.session.flush()  # requests are looked for by who takes part now
    moved["requests withdrawn"] = _withdraw_requests(kept_id, merged_id)
    for session_id in sorted({row.session_id for row in rows if row.id in moved["parts withdrawn"]}):
        hooks.call("slots_freed", session_id=session_id)


def _withdraw_requests(kept_id: int, merged_id: int) -> list[int]:
    """Requests of and to the parts that were withdrawn, and those that an organisation now has with itself."""
    sender, receiver = aliased(Participation), aliased(Participation)
    waiting = db.session.scalars(
        sa.select(MeetingRequest)
        .join(sender, sender.id == MeetingRequest.from_id).join(receiver, receiver.id == MeetingRequest.to_id)
        .where(MeetingRequest.accepted_at.is_(None), MeetingRequest.declined_at.is_(None),
               MeetingRequest.withdrawn_at.is_(None),
               sa.or_(sender.organisation_id == merged_id, receiver.organisation_id == merged_id,
                      sa.and_(sender.organisation_id == kept_id, receiver.organisation_id == kept_id)))
        .order_by(MeetingRequest.id)).all()
    for one in waiting:
        one.withdrawn_at = clock.now()
    return [one.id for one in waiting]
