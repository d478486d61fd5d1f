"""What happens at each table now and next: the live board of the halls."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from marketplace import clock
from marketplace.accounts import tokens
from marketplace.errors import NotFound
from marketplace.extensions import db
from marketplace.floor import arrivals, delays
from marketplace.matchmaking import queries
from marketplace.matchmaking.models import MatchmakingSession, Meeting, Participation
from marketplace.matchmaking.views import place_of


@dataclass(frozen=True)
class Seat:
    """One side of a meeting: `state` is here, late, missing or absent."""

    names: dict[str, str]
    state: str


@dataclass(frozen=True)
class Line:
    """A meeting on the board."""

    starts_at: str
    place: str
    seats: tuple[Seat, ...]


@dataclass(frozen=True)
class Live:
    """The board: meetings under way and those of the next start, by hall; `tag` changes with what is shown."""

    now: dict[str, list[Line]]
    soon: dict[str, list[Line]]
    tag: str
    counts: dict[str, int]


def live(session_id: int) -> Live:
    """The board of a session at this moment, in a fixed number of statements."""
    now = clock.now()
    here = set(db.session.scalars(arrivals.here()))
    late = delays.late(session_id)
    rows = queries.meetings_between(session_id, now)
    under_way = [one for one in rows if one.starts_at <= now]
    first = min((one.starts_at for one in rows if one.starts_at > now), default=None)
    coming = [one for one in rows if one.starts_at == first]

    def seat(row: Participation) -> Seat:
        state = "here" if row.id in here else "missing"
        if row.id in late:
            state = "late"
        if row.no_show_at is not None:
            state = "absent"
        return Seat(row.organisation.names, state)

    def lines(found: list[Meeting]) -> dict[str, list[Line]]:
        halls: dict[str, list[Line]] = {}
        for one in found:
            hall = one.zone.hall.code if one.zone is not None else ""
            halls.setdefault(hall, []).append(Line(
                one.starts_at.isoformat(), place_of(one),
                tuple(seat(row) for row in (one.a, one.b) if row is not None)))
        return dict(sorted(halls.items()))

    shown = lines(under_way), lines(coming)
    people = db.session.execute(
        sa.select(sa.func.count(Participation.id), sa.func.count(Participation.no_show_at)).where(
            Participation.session_id == session_id, Participation.withdrawn_at.is_(None))).one()
    missing = len(arrivals.missing(session_id))
    counts = {"all": people[0], "absent": people[1], "missing": missing, "here": people[0] - people[1] - missing}
    plain: Any = [counts, [[key, [(one.starts_at, one.place, [(s.names, s.state) for s in one.seats]) for one in rows]]
                           for part in shown for key, rows in part.items()]]
    tag = hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()[:24]
    return Live(*shown, tag, counts)


def screen_token(session: MatchmakingSession) -> str:
    """The link of a screen in the hall: it shows what stands on the tables there, and nothing else."""
    return tokens.sign("screen", session.id, session.created_at.isoformat())


def session_of_screen(token: str) -> MatchmakingSession:
    """The session of a screen's link. Raises NotFound."""
    number = tokens.row_id_of(token)
    session = db.session.get(MatchmakingSession, number) if number is not None else None
    if session is None or not tokens.matches(token, "screen", session.id, session.created_at.isoformat()):
        raise NotFound
    return session
