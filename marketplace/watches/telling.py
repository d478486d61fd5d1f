"""Tell what was found: at once, or in one digest a day or a week, in the inbox, by mail and in a group's chat."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from marketplace import clock
from marketplace.demands import queries as demands
from marketplace.extensions import db
from marketplace.notifications import queries as told
from marketplace.notifications import service as notifications
from marketplace.offers import queries as offers
from marketplace.outbox import service as outbox
from marketplace.outbox.models import Job
from marketplace.transaction import transaction
from marketplace.watches import queries, robots
from marketplace.watches.models import Robot, Sighting, Watch

JOB = "tell_watches"
# Digests come when an office opens; the readers' clocks in Shanghai, Hong Kong, Macao and Taipei show the same.
ZONE = ZoneInfo("Asia/Shanghai")
OPENING = time(8, 30)
# The matcher tells a supplier of a demand by itself: what only its profile answers is told after that.
AFTER_MATCHES = timedelta(minutes=5)
# So many at a time; the rest follows in a notice of its own.
AT_ONCE = 200
# So many are named in one notice; the others are counted.
NAMED = 20


def due_at(watch: Watch, now: datetime) -> datetime:
    """When what is found now is to be told: at once, the next morning at half past eight, or on Monday's."""
    if watch.cadence == "now":
        return now + (AFTER_MATCHES if watch.what == "profile" else timedelta(0))
    there = now.astimezone(ZONE)
    day = there.date() + timedelta(days=(-there.weekday() % 7) if watch.cadence == "weekly" else 0)
    due = datetime.combine(day, OPENING, ZONE)
    if due <= there:
        due += timedelta(days=7 if watch.cadence == "weekly" else 1)
    return due.astimezone(now.tzinfo)


def recipient_of(watch: Watch) -> str:
    """Whose notice it is: the person's who keeps a search, the organisation's for whose demand or offers it is."""
    return f"user:{watch.user_id}" if watch.what == "search" else f"organisation:{watch.organisation_id}"


def request(recipient: str, due: datetime) -> None:
    """Have everything told to a recipient that is due by then, in the open transaction."""
    outbox.enqueue(JOB, subject=recipient, run_at=due, dedupe_key=f"{JOB}:{recipient}:{due.isoformat()}")


def handle(job: Job) -> None:
    """Tell a recipient what is due. Safe to run twice: what was told is marked in the same transaction."""
    kind, _, number = job.subject.partition(":")
    with transaction():
        due = _due(kind, int(number))
        if not due:
            return
        wanted = _still_wanted(due)
        now = clock.now()
        for sighting in due:
            sighting.done_at, sighting.told = now, sighting.id in wanted
        for by_mail in (True, False):
            rows = [(s, wanted[s.id]) for s in due if s.id in wanted and s.watch.by_mail is by_mail]
            if rows:
                _notify(kind, int(number), rows, by_mail=by_mail)
        for sighting, robot in _for_robots([s for s in due if s.id in wanted]):
            robots.queue(robot.id, _item(sighting, wanted[sighting.id]), dedupe_key=f"sighting:{sighting.id}")
        if len(due) == AT_ONCE:
            outbox.enqueue(JOB, subject=job.subject)


def _for_robots(found: Sequence[Sighting]) -> list[tuple[Sighting, Robot]]:
    """Those that a robot may tell, with it: an organisation's own only while the robot's person belongs to that."""
    rows = [(sighting, sighting.watch.robot) for sighting in found if sighting.watch.robot is not None]
    belongs = queries.organisations_of({robot.user_id for _sighting, robot in rows})
    return [
        (sighting, robot)
        for sighting, robot in rows
        if sighting.watch.what == "search" or sighting.watch.organisation_id in belongs.get(robot.user_id, ())
    ]


def _due(kind: str, number: int) -> Sequence[Sighting]:
    mine = (
        sa.and_(Watch.what == "search", Watch.user_id == number)
        if kind == "user"
        else sa.and_(Watch.what != "search", Watch.organisation_id == number)
    )
    return db.session.scalars(
        sa.select(Sighting)
        .join(Watch, Watch.id == Sighting.watch_id)
        .where(mine, Sighting.done_at.is_(None), Sighting.due_at <= clock.now())
        .order_by(Sighting.id)
        .limit(AT_ONCE)
        .options(joinedload(Sighting.watch, innerjoin=True))
        .with_for_update(of=Sighting)
    ).all()


def _still_wanted(due: Sequence[Sighting]) -> dict[int, Any]:
    """The row of the listing by id of the sighting, for what is open and wanted today.

    Left out: what was closed or withdrawn since, one's own, what a paused watch found, what the matcher told of, and
    what a supplier does not offer any more.
    """
    readers = queries.readers(sighting.watch for sighting in due)
    belongs = queries.organisations_of({sighting.watch.user_id for sighting in due})
    rows: dict[tuple[str, int], Any] = {}
    for kind, published in (("offer", offers.published_offers), ("demand", demands.published_demands)):
        found = published([sighting.listing_id for sighting in due if sighting.kind == kind])
        rows |= {(kind, row.id): row for row in found}
    matched = told.told_among([_told_under(sighting) for sighting in due if sighting.watch.what == "profile"])
    wanted = {}
    for sighting in due:
        watch, row = sighting.watch, rows.get((sighting.kind, sighting.listing_id))
        if row is None or watch.paused_at is not None or watch.id not in readers:
            continue
        owner = row.organisation.id
        if owner == watch.organisation_id or owner in belongs.get(watch.user_id, ()):
            continue
        if watch.what == "profile" and (
            _told_under(sighting) in matched or row.content["kind"] not in watch.query["filters"].get("kind", ())
        ):
            continue
        wanted[sighting.id] = row
    return wanted


def _told_under(sighting: Sighting) -> str:
    """The key of the matcher's own notice to a supplier of a demand."""
    return f"new_match:supplier:{sighting.listing_id}:{sighting.watch.organisation_id}"


def _item(sighting: Sighting, row: Any) -> dict[str, Any]:
    """What a notice says of one listing."""
    return {
        "kind": sighting.kind,
        "id": sighting.listing_id,
        "title": row.content["texts"]["title"],
        "what": sighting.watch.what,
        "watch": sighting.watch.name,
        "watch_id": sighting.watch_id,
        "reason": sighting.reason,
    }


def _notify(kind: str, number: int, rows: Sequence[tuple[Sighting, Any]], *, by_mail: bool) -> None:
    notifications.notify(
        kind="watch_news",
        user_id=number if kind == "user" else None,
        organisation_id=number if kind == "organisation" else None,
        params={"count": len(rows), "items": [_item(sighting, row) for sighting, row in rows[:NAMED]]},
        # Each of them is told once, so the first of them names the notice.
        dedupe_key=f"watch_news:{rows[0][0].id}",
        by_mail=by_mail,
    )
