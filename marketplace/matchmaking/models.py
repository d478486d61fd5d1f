"""Sessions of an event: their parts, who takes part, whom they want to meet, requests, plans and meetings."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace import clock
from marketplace.events.models import Event, Person, Registration, Table, Zone
from marketplace.extensions import db
from marketplace.organisations.models import Organisation
from marketplace.types import JSONValue, UTCDateTime, primary_key

# Parts in which pairs meet in slots, and parts whose turns are laid one after the other.
MEETING_PARTS = ("tables", "booth", "one_buyer")
TURN_PARTS = ("presentation", "pitch", "route", "signing")
PART_KINDS = (*TURN_PARTS[:2], *MEETING_PARTS, *TURN_PARTS[2:])
CHOICES = ("must", "would", "no")
ACCEPTS = ("all", "matched", "invited", "none")
DECLINE_REASONS = ("no_fit", "no_time", "met_already", "other")
# What a wish, a request and a point of the match are worth in the plan, and what a meeting missing to a minimum costs.
WEIGHTS = {"match": 1, "buyer_must": 60, "buyer_would": 25, "supplier_must": 45, "supplier_would": 20, "both": 30,
           "request": 80, "shortfall": 300}


class MatchmakingSession(db.Model):
    """One day of meetings. `breaks`: [[from, to]] as local "HH:MM"; `zone_ids`: zones whose tables are used, all
    where empty; `most`, `fewest`, `in_a_row`: limits for whoever names none; `request_quota`: requests a supplier may
    send, None without limit; `request_hours`: after how long an unanswered request lapses."""

    __tablename__ = "matchmaking_sessions"

    id: Mapped[int] = primary_key()
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id", ondelete="CASCADE"), index=True)
    names: Mapped[Any] = mapped_column(JSONValue)
    held_on: Mapped[date] = mapped_column(sa.Date)
    slot_minutes: Mapped[int] = mapped_column(default=20)
    gap_minutes: Mapped[int] = mapped_column(default=5)
    breaks: Mapped[Any] = mapped_column(JSONValue, default=list)
    zone_ids: Mapped[Any] = mapped_column(JSONValue, default=list)
    most: Mapped[int] = mapped_column(default=12)
    fewest: Mapped[int] = mapped_column(default=0)
    in_a_row: Mapped[int | None] = mapped_column()
    walking: Mapped[bool] = mapped_column(default=True)
    request_quota: Mapped[int | None] = mapped_column()
    request_hours: Mapped[int] = mapped_column(default=72)
    weights: Mapped[Any] = mapped_column(JSONValue, default=dict)
    opened_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    lock_version: Mapped[int] = mapped_column(default=1)
    submission_id: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    event: Mapped[Event] = relationship()

    def weight(self, name: str) -> float:
        """What `name` (of WEIGHTS) is worth in this session."""
        return (self.weights or {}).get(name, WEIGHTS[name])


class Part(db.Model):
    """A part of a session between two local times ("HH:MM"). `minutes`: of one turn; `participation_id`: the buyer of a
    part in which one buyer meets several suppliers."""

    __tablename__ = "session_parts"
    __table_args__ = (sa.CheckConstraint(f"kind IN {PART_KINDS}", name="kind"),)

    id: Mapped[int] = primary_key()
    session_id: Mapped[int] = mapped_column(sa.ForeignKey("matchmaking_sessions.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(20))
    name: Mapped[str] = mapped_column(sa.String(200), default="")
    starts: Mapped[str] = mapped_column(sa.String(5))
    ends: Mapped[str] = mapped_column(sa.String(5))
    minutes: Mapped[int] = mapped_column(default=5)
    participation_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("session_participations.id", ondelete="SET NULL"), index=True)


class Participation(db.Model):
    """A counterpart in a session: an organisation's people together, or one of them.

    `person_key`: 0, or the id of the one person. `away`: [[from tick, to tick]]. `accepts`: which requests a buyer
    takes. `manages`: does without an interpreter. `nonce`: makes its private links, and unmakes them when changed.
    """

    __tablename__ = "session_participations"
    __table_args__ = (
        sa.UniqueConstraint("session_id", "registration_id", "person_key"),
        sa.CheckConstraint("side IN ('supply', 'demand')", name="side"),
    )

    id: Mapped[int] = primary_key()
    session_id: Mapped[int] = mapped_column(sa.ForeignKey("matchmaking_sessions.id", ondelete="CASCADE"))
    registration_id: Mapped[int] = mapped_column(
        sa.ForeignKey("event_registrations.id", ondelete="CASCADE"), index=True)
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisations.id", ondelete="CASCADE"), index=True)
    person_key: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    side: Mapped[str] = mapped_column(sa.String(10))
    most: Mapped[int | None] = mapped_column()
    fewest: Mapped[int | None] = mapped_column()
    in_a_row: Mapped[int | None] = mapped_column()
    away: Mapped[Any] = mapped_column(JSONValue, default=list)
    accepts: Mapped[str] = mapped_column(sa.String(10), default="all")
    manages: Mapped[bool] = mapped_column(default=False)
    at_booth: Mapped[bool] = mapped_column(default=False)
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    no_show_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    nonce: Mapped[str] = mapped_column(sa.String(43), default=lambda: secrets.token_urlsafe(16))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    organisation: Mapped[Organisation] = relationship()
    registration: Mapped[Registration] = relationship()
    people: Mapped[list[Person]] = relationship(secondary="participation_people", order_by=Person.id)


class ParticipationPerson(db.Model):
    """That a person sits in the meetings of a participation."""

    __tablename__ = "participation_people"

    participation_id: Mapped[int] = mapped_column(
        sa.ForeignKey("session_participations.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(
        sa.ForeignKey("event_people.id", ondelete="CASCADE"), primary_key=True, index=True)


class Preference(db.Model):
    """What one side thinks of a counterpart. Only that side ever sees it."""

    __tablename__ = "session_preferences"
    __table_args__ = (sa.CheckConstraint("choice IN ('must', 'would', 'no')", name="choice"),)

    participation_id: Mapped[int] = mapped_column(
        sa.ForeignKey("session_participations.id", ondelete="CASCADE"), primary_key=True)
    other_id: Mapped[int] = mapped_column(
        sa.ForeignKey("session_participations.id", ondelete="CASCADE"), primary_key=True, index=True)
    choice: Mapped[str] = mapped_column(sa.String(10))


class MeetingRequest(db.Model):
    """That one side asks the other to meet. `turn_id`: who must answer; `starts_at`: the time proposed last, if any."""

    __tablename__ = "meeting_requests"

    id: Mapped[int] = primary_key()
    session_id: Mapped[int] = mapped_column(sa.ForeignKey("matchmaking_sessions.id", ondelete="CASCADE"), index=True)
    from_id: Mapped[int] = mapped_column(sa.ForeignKey("session_participations.id", ondelete="CASCADE"), index=True)
    to_id: Mapped[int] = mapped_column(sa.ForeignKey("session_participations.id", ondelete="CASCADE"), index=True)
    turn_id: Mapped[int] = mapped_column(sa.BigInteger)
    message: Mapped[str] = mapped_column(sa.Text, default="")
    starts_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    declined_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reason: Mapped[str] = mapped_column(sa.String(20), default="")
    answer: Mapped[str] = mapped_column(sa.Text, default="")
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    submission_id: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    sender: Mapped[Participation] = relationship(foreign_keys=[from_id])
    receiver: Mapped[Participation] = relationship(foreign_keys=[to_id])

    @property
    def state(self) -> str:
        """accepted, declined, withdrawn, expired or open."""
        for name in ("accepted", "declined", "withdrawn"):
            if getattr(self, f"{name}_at") is not None:
                return name
        return "expired" if self.expires_at <= clock.now() else "open"


class PlanVersion(db.Model):
    """A frozen problem and its plan. `frame`: what slots, tables and interpreters of the problem stand for. `board`:
    the figures that edits by hand keep, once the plan is laid out in rows (planned_models).

    Waiting until `started_at`, solved between it and `finished_at`; then a draft until shown as provisional or
    published; `replaced_at` when another took its place.
    """

    __tablename__ = "plan_versions"
    __table_args__ = (sa.UniqueConstraint("session_id", "number"),)

    id: Mapped[int] = primary_key()
    session_id: Mapped[int] = mapped_column(sa.ForeignKey("matchmaking_sessions.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column()
    mode: Mapped[str] = mapped_column(sa.String(12), default="new")
    seconds: Mapped[int] = mapped_column(default=20)
    pins: Mapped[Any] = mapped_column(JSONValue, default=list)
    problem: Mapped[Any | None] = mapped_column(JSONValue, nullable=True)
    frame: Mapped[Any | None] = mapped_column(JSONValue, nullable=True)
    plan: Mapped[Any | None] = mapped_column(JSONValue, nullable=True)
    progress: Mapped[Any | None] = mapped_column(JSONValue, nullable=True)
    board: Mapped[Any | None] = mapped_column(JSONValue, nullable=True)
    failure: Mapped[str] = mapped_column(sa.Text, default="")
    created_by: Mapped[int | None] = mapped_column(sa.BigInteger)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    started_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    stop_asked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    provisional_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    replaced_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    lock_version: Mapped[int] = mapped_column(default=1)
    session: Mapped[MatchmakingSession] = relationship()

    @property
    def state(self) -> str:
        """failed, waiting, running, draft, provisional, published or replaced."""
        if self.failure:
            return "failed"
        if self.finished_at is None:
            return "waiting" if self.started_at is None else "running"
        for name in ("replaced", "published", "provisional"):
            if getattr(self, f"{name}_at") is not None:
                return name
        return "draft"


class Meeting(db.Model):
    """What stands in the timetables: a meeting of a pair, or a turn (pitch, presentation, stop of a route, signing).

    `origin`: plan, request or turn. A cancelled one stays readable and holds nobody.
    """

    __tablename__ = "meetings"
    __table_args__ = (
        sa.Index("ix_meetings_session", "session_id", "starts_at", "id"),
        sa.CheckConstraint("ends_at > starts_at", name="times"),
    )

    id: Mapped[int] = primary_key()
    session_id: Mapped[int] = mapped_column(sa.ForeignKey("matchmaking_sessions.id", ondelete="CASCADE"))
    part_id: Mapped[int | None] = mapped_column(sa.ForeignKey("session_parts.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(20), default="meeting")
    origin: Mapped[str] = mapped_column(sa.String(10), default="plan")
    a_id: Mapped[int] = mapped_column(sa.ForeignKey("session_participations.id", ondelete="CASCADE"), index=True)
    b_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("session_participations.id", ondelete="CASCADE"), index=True)
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)
    zone_id: Mapped[int | None] = mapped_column(sa.ForeignKey("event_zones.id", ondelete="SET NULL"))
    table_id: Mapped[int | None] = mapped_column(sa.ForeignKey("event_tables.id", ondelete="SET NULL"))
    interpreter_id: Mapped[int | None] = mapped_column(sa.ForeignKey("event_interpreters.id", ondelete="SET NULL"))
    pinned: Mapped[bool] = mapped_column(default=False)
    revision: Mapped[int] = mapped_column(default=0)
    cancelled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    a: Mapped[Participation] = relationship(foreign_keys=[a_id])
    b: Mapped[Participation | None] = relationship(foreign_keys=[b_id])
    zone: Mapped[Zone | None] = relationship()
    table: Mapped[Table | None] = relationship()


class Occupancy(db.Model):
    """That a person, table or interpreter is taken for five minutes. The key is what refuses every double booking."""

    __tablename__ = "occupancy"

    resource_kind: Mapped[str] = mapped_column(sa.String(12), primary_key=True)
    resource_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    tick: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    meeting_id: Mapped[int] = mapped_column(sa.ForeignKey("meetings.id", ondelete="CASCADE"), index=True)
