"""Running late: whose tables wait for whom, and who is told."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from marketplace import clock
from marketplace.errors import ErrorCode, Invalid
from marketplace.extensions import db
from marketplace.floor.models import Delay
from marketplace.matchmaking import sessions
from marketplace.matchmaking.models import MatchmakingSession, Meeting, Participation
from marketplace.notifications.service import notify
from marketplace.transaction import transaction

MINUTES = (5, 10, 15, 30, 60)


def affected_by(participation_id: int, until: datetime) -> list[Meeting]:
    """The meetings of a participation that begin before `until` and are not over."""
    now = clock.now()
    return [one for one in sessions.live_meetings(participation_id)
            if one.kind == "meeting" and one.starts_at < until and one.ends_at > now]


def say_late(*, participation_id: int, minutes: int) -> list[Meeting]:
    """Note that a counterpart comes `minutes` from now, and tell whom it keeps waiting. For whoever holds its link, and
    for the organisers. Returns the meetings that it touches.

    Raises NotFound; Invalid at "minutes".
    """
    if minutes not in MINUTES:
        raise Invalid({"minutes": ErrorCode("unknown_choice")})
    with transaction():
        row = sessions.locked(participation_id)
        now = clock.now()
        until = now + timedelta(minutes=minutes)
        db.session.add(Delay(participation_id=row.id, minutes=minutes, until=until, said_at=now))
        session = db.session.get_one(MatchmakingSession, row.session_id)
        meetings = affected_by(row.id, until)
        for meeting in meetings:
            other = meeting.b if meeting.a_id == row.id else meeting.a
            if other is not None:
                notify(kind="running_late", organisation_id=other.organisation_id,
                       dedupe_key=f"late:{row.id}:{meeting.id}:{now.isoformat()}",
                       params={"session_id": row.session_id, "names": row.organisation.names, "minutes": minutes,
                               "at": meeting.starts_at.isoformat(), "zone": session.event.time_zone})
    return meetings


def late(session_id: int) -> dict[int, datetime]:
    """Participations that are late now, and until when."""
    rows = db.session.execute(
        sa.select(Delay.participation_id, sa.func.max(Delay.id))
        .join(Participation, Participation.id == Delay.participation_id)
        .where(Participation.session_id == session_id).group_by(Delay.participation_id)).all()
    latest = db.session.scalars(sa.select(Delay).where(Delay.id.in_([number for _one, number in rows]))).all()
    now = clock.now()
    return {one.participation_id: one.until for one in latest if one.until > now}
