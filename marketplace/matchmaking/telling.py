"""Tell organisations what concerns them, and nobody else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

import sqlalchemy as sa

from marketplace.extensions import db
from marketplace.matchmaking import queries
from marketplace.matchmaking.models import MatchmakingSession, Meeting, MeetingRequest, Participation, PlanVersion
from marketplace.notifications.service import notify
from marketplace.outbox import service as outbox
from marketplace.outbox.models import Job
from marketplace.transaction import transaction

JOB = "tell_of_plan"
AT_ONCE = 50
NAMED = 12   # changes that one notice names; the timetable shows all


def tell_of_request(request: MeetingRequest, *, turn: str) -> None:
    """Tell who must answer: the receiver of a new request, or who is proposed another time."""
    to, about = (request.receiver, request.sender)
    if request.turn_id == request.from_id:
        to, about = about, to
    kind = "meeting_request" if turn == "new" else "request_answered"
    notify(kind=kind, organisation_id=to.organisation_id, dedupe_key=f"request:{request.id}:{turn}",
           params={"session_id": request.session_id, "names": about.organisation.names, "answer": "countered"})


def tell_of_answer(request: MeetingRequest, *, by: Participation, answer: str) -> None:
    """Tell the other side what was answered."""
    to = request.sender if by.id == request.to_id else request.receiver
    notify(kind="request_answered", organisation_id=to.organisation_id, dedupe_key=f"request:{request.id}:{answer}",
           params={"session_id": request.session_id, "names": by.organisation.names, "answer": answer})


def tell_of_plan(
    version: PlanVersion, changes: Mapping[int, int], lines: Mapping[int, list[list[object]]], *, provisional: bool
) -> int:
    """Have each organisation told whose timetable changed, once a version; returns how many.

    `changes`: participation to how many of its meetings are new, moved or cancelled; `lines`: to what becomes of each
    (see Changes.lines), of which a notice names the first.
    """
    by_organisation: dict[int, int] = {}
    named: dict[int, list[list[object]]] = {}
    for organisation_id, participation_id in db.session.execute(
        sa.select(Participation.organisation_id, Participation.id).where(Participation.id.in_(list(changes)))
    ):
        by_organisation[organisation_id] = by_organisation.get(organisation_id, 0) + changes[participation_id]
        named.setdefault(organisation_id, []).extend(lines.get(participation_id, []))
    if by_organisation:
        outbox.enqueue(JOB, subject=f"plan:{version.id}", payload={
            "version_id": version.id, "provisional": provisional,
            "changes": [[one, count, named[one][:NAMED]] for one, count in sorted(by_organisation.items())]})
    return len(by_organisation)


def handle(job: Job) -> None:
    """Write what a plan changes into the inboxes, some at a time, so that nobody who writes waits long."""
    version = db.session.get(PlanVersion, job.payload["version_id"])
    if version is None:
        return
    version_id, session_id, names = version.id, version.session_id, version.session.names
    changes, provisional = job.payload["changes"], job.payload["provisional"]
    zone = version.session.event.time_zone
    others = {one.id: one.names for one in queries.names_of(session_id).values()}
    for first in range(0, len(changes), AT_ONCE):
        with transaction():
            for organisation_id, count, *rest in changes[first:first + AT_ONCE]:
                lines = [[what, others.get(other), before, after] for what, other, before, after in (rest or [[]])[0]]
                notify(kind="timetable_changed", organisation_id=organisation_id,
                       dedupe_key=f"timetable:{version_id}:{provisional}:{organisation_id}",
                       params={"session_id": session_id, "names": names, "changes": count,
                               "provisional": provisional, "lines": lines, "zone": zone})


def tell_cancelled(leaving: Participation, meetings: Iterable[Meeting], at: datetime) -> None:
    """Tell the counterparts of who leaves how many of their meetings fall away."""
    session = db.session.get_one(MatchmakingSession, leaving.session_id)
    counts: dict[int, int] = {}
    for meeting in meetings:
        other = meeting.b if meeting.a_id == leaving.id else meeting.a
        if other is not None:
            counts[other.organisation_id] = counts.get(other.organisation_id, 0) + 1
    for organisation_id, count in sorted(counts.items()):
        notify(kind="timetable_changed", organisation_id=organisation_id,
               dedupe_key=f"left:{leaving.id}:{at.isoformat()}:{organisation_id}",
               params={"session_id": leaving.session_id, "names": session.names, "changes": count,
                       "provisional": False})


def ask_to_confirm(session: MatchmakingSession, participations: Iterable[Participation]) -> int:
    """Ask who has not confirmed yet to do so; once for each participation. Returns how many were asked."""
    return sum(
        notify(kind="timetable_confirm", organisation_id=row.organisation_id, dedupe_key=f"confirm:{row.id}",
               params={"session_id": session.id, "names": session.names})
        for row in participations if row.confirmed_at is None and row.withdrawn_at is None)
