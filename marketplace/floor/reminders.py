"""Notices of the periodic job: the timetable on the evening before, and each meeting a quarter of an hour ahead."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from marketplace import clock
from marketplace.extensions import db
from marketplace.floor import contact_sheet, freed
from marketplace.matchmaking import queries
from marketplace.matchmaking.models import MatchmakingSession, Meeting
from marketplace.matchmaking.views import place_of
from marketplace.notifications.service import notify
from marketplace.outbox.models import PeriodicRun
from marketplace.transaction import transaction

JOB = "floor_minute"
AHEAD = timedelta(minutes=15)
EVENING = 17  # o'clock where the event is


def every_minute() -> None:
    """Remind of meetings, send tomorrow's timetables, let old offers lapse and offer what they held; safe to run as
    often as one likes: each notice has a key of its own."""
    _forget_runs()
    _remind()
    now = clock.now()
    rows = db.session.execute(
        sa.select(MatchmakingSession).options(joinedload(MatchmakingSession.event)).where(
            MatchmakingSession.opened_at.is_not(None), MatchmakingSession.held_on >= (now - timedelta(days=1)).date(),
            MatchmakingSession.held_on <= (now + timedelta(days=2)).date())).scalars().all()
    for session_id, held_on, zone in [(one.id, one.held_on, one.event.time_zone) for one in rows]:
        local = now.astimezone(ZoneInfo(zone))
        if held_on == local.date() + timedelta(days=1) and local.hour >= EVENING:
            _tell_tomorrow(session_id)
        elif held_on == local.date():
            freed.offer_freed(session_id)
            contact_sheet.tell_ready(session_id, now)


def _forget_runs() -> None:
    with transaction():
        db.session.execute(sa.delete(PeriodicRun).where(
            PeriodicRun.key.startswith(f"{JOB}:"), PeriodicRun.due_at < clock.now() - timedelta(days=1)))


def _remind() -> None:
    """Whose meeting begins within a quarter of an hour; a meeting moved since is another one. Not for the cancelled."""
    now = clock.now()
    with transaction():
        for meeting in db.session.scalars(
            sa.select(Meeting).where(
                Meeting.cancelled_at.is_(None), Meeting.starts_at > now, Meeting.starts_at <= now + AHEAD)
            .options(*queries.loads()).order_by(Meeting.starts_at, Meeting.id)
        ):
            session = db.session.get_one(MatchmakingSession, meeting.session_id)
            for own, other in ((meeting.a, meeting.b), (meeting.b, meeting.a)):
                if own is None or own.no_show_at is not None or own.withdrawn_at is not None:
                    continue
                notify(kind="meeting_soon", organisation_id=own.organisation_id,
                       dedupe_key=f"soon:{meeting.id}:{meeting.starts_at.isoformat()}:{own.id}",
                       params={"session_id": meeting.session_id, "place": place_of(meeting),
                               "hall": meeting.zone.hall.code if meeting.zone else "",
                               "table": meeting.table.number if meeting.table else None,
                               "names": other.organisation.names if other is not None else session.names,
                               "at": meeting.starts_at.isoformat(), "zone": session.event.time_zone})


def _tell_tomorrow(session_id: int) -> None:
    """Each participation's timetable, once."""
    with transaction():
        session = db.session.get_one(MatchmakingSession, session_id)
        rows = queries.participations_of(session_id)
        days: dict[int, list[list[object]]] = {}
        for meeting in queries.meetings_of(session_id):
            for own, other in ((meeting.a, meeting.b), (meeting.b, meeting.a)):
                if own is not None:
                    days.setdefault(own.id, []).append([
                        meeting.starts_at.isoformat(),
                        other.organisation.names if other is not None else None, place_of(meeting)])
        for row in rows:
            if row.id in days and row.no_show_at is None:
                notify(kind="timetable_tomorrow", organisation_id=row.organisation_id,
                       dedupe_key=f"tomorrow:{session_id}:{row.id}",
                       params={"session_id": session_id, "names": session.names, "zone": session.event.time_zone,
                               "day": sorted(days[row.id], key=lambda one: str(one[0]))})
