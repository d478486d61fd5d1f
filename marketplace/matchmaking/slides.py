"""Slides collected before a part of turns: until when, by whose people, and who may fetch them."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import IO

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from marketplace import clock
from marketplace.actor import Actor
from marketplace.errors import ErrorCode, Invalid, NotAllowed, NotFound
from marketplace.events import policy as event_policy
from marketplace.events.values import zone_of
from marketplace.extensions import db
from marketplace.files import service as files
from marketplace.files.models import StoredFile
from marketplace.files.sniffing import suffix_of
from marketplace.matchmaking import policy
from marketplace.matchmaking.models import TURN_PARTS, MatchmakingSession, Part, Participation
from marketplace.matchmaking.sessions import lock, note
from marketplace.matchmaking.slides_models import TurnRule, TurnSlides
from marketplace.transaction import transaction

SUFFIXES = (".pdf", ".pptx")
# Whose turn a part gives, where only one side speaks.
SPEAKS = {"presentation": "demand", "pitch": "supply"}


def rule_of(part_id: int) -> TurnRule | None:
    """What is settled about the turns of a part; None where nothing is."""
    return db.session.get(TurnRule, part_id)


def ask_until(*, actor: Actor, part_id: int, day: date | None) -> None:
    """Take slides for a part until the end of a day at the event; None takes none any more.

    Raises: NotAllowed, NotFound.
    """
    policy.require_organise(actor)
    with transaction():
        part = db.session.get(Part, part_id)
        if part is None or part.kind not in TURN_PARTS:
            raise NotFound
        session = lock(part.session_id)
        rule = db.session.get(TurnRule, part_id)
        if rule is None:
            rule = TurnRule(part_id=part_id)
            db.session.add(rule)
        rule.slides_until = None if day is None else datetime.combine(
            day, time(23, 59, 59), tzinfo=zone_of(session.event.time_zone))
        note(actor, "session.slides_asked", session.id, part=part_id)


def hand_in(
    *, actor: Actor, part_id: int, participation_id: int, stream: IO[bytes], filename: str
) -> TurnSlides:
    """Keep the slides of one's own participation; an earlier file is replaced.

    Raises:
        NotFound: another organisation's, or a part that takes no slides of this side. NotAllowed: "role", or
        "slides_closed" after the day. Invalid: at "file".
    """
    _require_open(actor, part_id, participation_id)
    if suffix_of(filename) not in SUFFIXES:
        raise Invalid({"file": ErrorCode("slides_type")})
    file_id = files.store(actor=actor, stream=stream, filename=filename, purpose="document").id
    with transaction():
        part = _require_open(actor, part_id, participation_id)
        row = db.session.scalar(sa.select(TurnSlides).where(
            TurnSlides.part_id == part_id, TurnSlides.participation_id == participation_id).with_for_update())
        if row is None:
            row = TurnSlides(part_id=part_id, participation_id=participation_id, file_id=file_id)
            db.session.add(row)
        row.file_id, row.uploaded_at = file_id, clock.now()
        note(actor, "session.slides_handed_in", part.session_id, part=part_id, participation=participation_id)
    return row


def _require_open(actor: Actor, part_id: int, participation_id: int) -> Part:
    part, own, rule = (db.session.get(Part, part_id), db.session.get(Participation, participation_id),
                       db.session.get(TurnRule, part_id))
    if part is None or own is None or rule is None or rule.slides_until is None or own.session_id != part.session_id:
        raise NotFound
    event_policy.require_act_for(actor, own.organisation_id)
    if own.withdrawn_at is not None or SPEAKS.get(part.kind, own.side) != own.side:
        raise NotFound
    if rule.slides_until < clock.now():
        raise NotAllowed("slides_closed")
    return part


def handed_in(part_id: int) -> list[TurnSlides]:
    """The slides of a part with whose they are and their files, in the order they came."""
    return list(db.session.scalars(
        sa.select(TurnSlides).where(TurnSlides.part_id == part_id)
        .options(joinedload(TurnSlides.participation).joinedload(Participation.organisation),
                 joinedload(TurnSlides.file)).order_by(TurnSlides.uploaded_at, TurnSlides.id)))


def asked_of(session: MatchmakingSession, own: list[Participation]) -> list[tuple[Part, Participation, datetime,
                                                                                  TurnSlides | None]]:
    """(part, participation, until when, what was handed in) for each part that takes slides of these participations."""
    parts = db.session.execute(
        sa.select(Part, TurnRule.slides_until).join(TurnRule, TurnRule.part_id == Part.id)
        .where(Part.session_id == session.id, TurnRule.slides_until.is_not(None)).order_by(Part.starts, Part.id)).all()
    if not parts or not own:
        return []
    given = {(one.part_id, one.participation_id): one for one in db.session.scalars(
        sa.select(TurnSlides).where(TurnSlides.participation_id.in_([row.id for row in own]))
        .options(joinedload(TurnSlides.file)))}
    return [(part, row, until, given.get((part.id, row.id))) for part, until in parts for row in own
            if SPEAKS.get(part.kind, row.side) == row.side]


def may_read_file(actor: Actor, file: StoredFile) -> bool:
    """Organisers fetch the slides; nobody else, besides who handed them in."""
    if not actor.is_organiser:
        return False
    return db.session.scalar(sa.select(TurnSlides.id).where(TurnSlides.file_id == file.id).limit(1)) is not None
